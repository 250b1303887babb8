"""From the bytes of a WebSocket's frame to a JSON object, and what it takes until it is served."""

from typing import Any

import orjson

from providers.splice import holds_more_values

from .bodies import MOST_VALUES, load
from .errors import BadRequest

# What a value takes once it is parsed, beside its bytes: about that of a small object.
_BYTES_OF_VALUE = 64


def decoded(text: bytes) -> dict[str, Any]:
    """Return the object. Raises `BadRequest`."""
    if holds_more_values(text, MOST_VALUES):
        raise BadRequest(
            f"The frame holds more than {MOST_VALUES} values.", code="too_many_values"
        )
    try:
        value = load(text)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise BadRequest("A frame must be a JSON object.", code="invalid_json")
    return value


def cost_of(text: bytes) -> int:
    """Return about how many bytes the frame takes, parsed: never less than it has."""
    values = sum(text.count(mark) for mark in (b",", b"[", b"{"))
    return len(text) + _BYTES_OF_VALUE * min(values, MOST_VALUES)
