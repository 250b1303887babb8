"""Writing JSON of what a caller said. Its answer-side twin is `lenient.written`."""

from typing import Any

import orjson

from .errors import NestedTooDeep

# orjson reads deeper than it writes. Its other complaints are about types that no JSON
# holds: mistakes of ours.
_TOO_DEEP = "Recursion limit reached"


def is_too_deep(error: TypeError) -> bool:
    """Return whether it is orjson's word for deep nesting, whose class is `TypeError` itself."""
    return str(error) == _TOO_DEEP


def written(value: Any, at: str = "The body") -> bytes:
    """Return the value as JSON. Raises `NestedTooDeep`, naming `at` as its place."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        if not is_too_deep(error):
            raise
        raise NestedTooDeep(f"{at} is nested too deeply.", field=at) from None
