"""From the bytes of a request to a JSON object, or to a sentence that says what is wrong."""

import json
import re
from collections.abc import Set
from typing import Any

import orjson

from providers.splice import repeated_keys

from .errors import BadRequest

_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_object(body: bytes, protected: Set[str]) -> dict[str, Any]:
    """Return the object. Raises `BadRequest`.

    A `protected` key that occurs twice is refused: parsers differ in which of the two they
    keep, and the provider must not act on another one than we did.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _unreadable(body, error) from None
    if not isinstance(value, dict):
        raise BadRequest(
            f"The body must be a JSON object, not {_kind(value)}.", code="invalid_json"
        )
    if repeated := repeated_keys(body, protected):
        name = sorted(repeated)[0]
        raise BadRequest(
            f"{name} occurs more than once, or in another letter case.",
            param=name,
            code="duplicate_parameter",
        )
    return value


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def _unreadable(body: bytes, error: orjson.JSONDecodeError) -> BadRequest:
    if not body.strip():
        return BadRequest(
            "The body is empty; a JSON object is needed.", code="invalid_json"
        )
    if (path := _path_of_surrogate(body)) is not None:
        return BadRequest(
            f"{path} holds half a surrogate pair, which is not a character.",
            param=path,
            code="invalid_unicode",
        )
    return BadRequest(
        f"The body is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
        code="invalid_json",
    )


def _path_of_surrogate(body: bytes) -> str | None:
    """Return where a lone surrogate stands, if that is all that is wrong with the body."""
    try:
        value = json.loads(body.decode("utf-8"))
        return _find(value, "")
    except (ValueError, RecursionError):
        return None


def _find(value: Any, path: str) -> str | None:
    if isinstance(value, str):
        return path if _SURROGATE.search(value) else None
    if isinstance(value, dict):
        pairs = [(f"{path}.{key}" if path else key, v) for key, v in value.items()]
        if any(_SURROGATE.search(key) for key in value):
            return path or "A key of the body"
    elif isinstance(value, list):
        pairs = [(f"{path}[{index}]", v) for index, v in enumerate(value)]
    else:
        return None
    return next((found for at, v in pairs if (found := _find(v, at)) is not None), None)
