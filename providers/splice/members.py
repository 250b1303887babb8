"""Where the members of a JSON object stand in its text."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .spelling import is_escaped

_COLON = re.compile(rb"[ \t\r\n]*+:[ \t\r\n]*+")
_BRACKET = re.compile(rb"[{}\[\]]")
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]]')
_BLANK = re.compile(r"[ \t\r\n]*+")
_BETWEEN = re.compile(r"[ \t\r\n]*+[:,]?+[ \t\r\n]*+")
# An int of thousands of digits is legal JSON that Python's int refuses; its value is not needed.
# Not by `raw_decode`, which costs three times as much for the members that are small.
_scan: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder(
    parse_int=float
).scan_once  # type: ignore[attr-defined]  # typeshed leaves it out


# No request has so many, and each takes its time to be led along.
MOST_MEMBERS = 1_000


class TooManyMembers(ValueError):
    """An object is larger than anybody would write it."""


class Member(NamedTuple):
    key: str
    start: int
    end: int


def plain_value(
    body: bytes, key: bytes, value: re.Pattern[bytes]
) -> tuple[int, int] | None:
    """Return where the key's value stands if the quoted `key` occurs once and is not nested.

    None says nothing: the value may be there, or not match the pattern of simple ones.
    """
    start = body.find(key)
    # A backslash before it makes it the end of a longer key that holds a quote.
    if start < 1 or body[start - 1] == ord("\\") or body.find(key, start + 1) >= 0:
        return None
    colon = _COLON.match(body, start + len(key))
    found = colon and value.match(body, colon.end())
    if not found or _may_be_nested(body, start, found.end()):
        return None
    if is_escaped(body, key[1:-1].decode()):
        return None
    return found.span()


def members(text: str, at: int = 0) -> Iterator[Member]:
    """Yield each member of the object at `at`, and where its value stands.

    Raises `ValueError` when there is no object, and `TooManyMembers`.
    """
    at = _past(_BLANK, text, at)
    if not text.startswith("{", at):
        raise ValueError("not a JSON object")
    at, led = _past(_BLANK, text, at + 1), 0
    while not text.startswith("}", at):
        led += 1
        if led > MOST_MEMBERS:
            raise TooManyMembers(f"an object has more than {MOST_MEMBERS} members")
        key, at = _scan(text, at)
        start = _past(_BETWEEN, text, at)
        end = _end_of_value(text, start)
        yield Member(key, start, end)
        at = _past(_BETWEEN, text, end)


def items(text: str, at: int) -> Iterator[int]:
    """Yield where each item of the list at `at` begins; nothing when there is no list."""
    if not text.startswith("[", at):
        return
    at = _past(_BLANK, text, at + 1)
    while not text.startswith("]", at):
        yield at
        at = _past(_BETWEEN, text, _end_of_value(text, at))


def _may_be_nested(body: bytes, start: int, end: int) -> bool:
    # Brackets inside strings count as well; they only send us the longer way.
    first = _BRACKET.search(body)
    if first and _BRACKET.search(body, first.end(), start) is None:
        return False
    last = _BRACKET.search(body, end)
    return last is None or _BRACKET.search(body, last.end()) is not None


def _end_of_value(text: str, start: int) -> int:
    try:
        return _scan(text, start)[1]
    except RecursionError:
        # Deeper than Python's decoder goes, though not than the parser that let it in.
        return _end_of_container(text, start)


def _end_of_container(text: str, start: int) -> int:
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text, start):
        if token[0] in "{[":
            depth += 1
        elif token[0] in "}]":
            depth -= 1
            if depth == 0:
                return token.end()
    raise ValueError("a value without an end")


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
