"""Writing JSON of what a caller said. Its answer-side twin is `lenient.written`."""

from typing import Any

import orjson

from .errors import NestedTooDeep

# orjson reads deeper than it writes. Its other complaints are about types that no JSON
# holds: mistakes of ours.
_TOO_DEEP = "Recursion limit reached"


def written(value: Any, at: str = "The body") -> bytes:
    """Return the value as JSON. Raises `NestedTooDeep`, naming `at` as its place."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        if str(error) != _TOO_DEEP:
            raise
        raise NestedTooDeep(f"{at} is nested too deeply.", field=at) from None
