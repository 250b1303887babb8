"""How much a body holds, told without parsing it: a parser makes an object of each value."""

from .spelling import without_escaped_quotes

# The shortest value is a digit with the comma before it.
_LEAST_BYTES = 2
# Of a member whose value is a text.
_MOST_QUOTES = 4


def holds_more_values(body: bytes, most: int) -> bool:
    """Return whether the JSON holds more than `most` values; an empty list or object is two."""
    # What only looks like values, inside texts, counts here as well.
    if len(body) <= _LEAST_BYTES * most or _values(body) <= most:
        return False
    bare = without_escaped_quotes(body)
    if bare.count(b'"') > _MOST_QUOTES * most:
        return True
    return _values(b"".join(bare.split(b'"')[::2])) > most


def _values(text: bytes) -> int:
    # Each follows a comma or is the first in a list or an object.
    return 1 + text.count(b",") + text.count(b"[") + text.count(b"{")
