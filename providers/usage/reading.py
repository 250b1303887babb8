"""Reading JSON of which nothing is believed: what is not as expected is absent.

No model reads or writes `MOST_TOKENS`; a larger number is a mistake or an attack.
"""

from typing import Any

import orjson

MOST_TOKENS = 1_000_000_000


def object_in(data: bytes) -> dict[str, Any]:
    """Return the JSON object; an empty one for anything else."""
    value = json_in(data)
    return value if isinstance(value, dict) else {}


def json_in(data: bytes) -> Any:
    """Return what the JSON says; None when it is none."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def compact(value: Any) -> str:
    """Return the value as JSON text; empty when it is nested beyond all sense."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return ""


def count(value: dict[str, Any], name: str) -> int | None:
    found = value.get(name)
    return found if type(found) is int and 0 <= found <= MOST_TOKENS else None


def text(value: dict[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def object_(value: dict[str, Any], name: str) -> dict[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def objects(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = value.get(name)
    if not isinstance(found, list):
        return []
    return [each for each in found if isinstance(each, dict)]


def index_of(value: dict[str, Any], place: int) -> int:
    """Return the index the value says it has, or else its place in its list."""
    index = value.get("index")
    return index if type(index) is int else place
