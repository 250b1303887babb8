"""Reading a provider's JSON, of which nothing is believed: what is not as expected is absent."""

from typing import Any

import orjson

from providers.errors import UpstreamBroken
from providers.usage import MOST_TOKENS


def object_in(data: bytes) -> dict[str, Any]:
    """Return the JSON object. Raises `UpstreamBroken`."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise UpstreamBroken("the answer is not JSON") from error
    if not isinstance(value, dict):
        raise UpstreamBroken("the answer is not a JSON object")
    return value


def text(value: dict[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def count(value: dict[str, Any], name: str) -> int:
    found = value.get(name)
    return found if type(found) is int and 0 <= found <= MOST_TOKENS else 0


def object_(value: dict[str, Any], name: str) -> dict[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def objects(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = value.get(name)
    if not isinstance(found, list):
        return []
    return [each for each in found if isinstance(each, dict)]
