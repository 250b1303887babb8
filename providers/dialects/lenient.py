"""Reading a provider's JSON, of which nothing is believed: what is not as expected is absent."""

from typing import Any

import orjson

from providers.errors import UpstreamBroken
from providers.usage import reading
from providers.usage.reading import object_ as object_
from providers.usage.reading import objects as objects
from providers.usage.reading import text as text


def object_in(data: bytes) -> dict[str, Any]:
    """Return the JSON object. Raises `UpstreamBroken`."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise UpstreamBroken("the answer is not JSON") from error
    if not isinstance(value, dict):
        raise UpstreamBroken("the answer is not a JSON object")
    return value


def count(value: dict[str, Any], name: str) -> int:
    return reading.count(value, name) or 0


def written(value: Any) -> str:
    """Return a provider's value as JSON text. Raises `UpstreamBroken` when it is nested too deeply."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError as error:
        raise UpstreamBroken("the answer is nested too deeply") from error
