"""Where the members of a JSON object stand in its text."""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

# Another way to write an ASCII letter in a key: an escape, or one of the two characters
# outside ASCII that a case-insensitive reader takes for k and s (Go's encoding/json does).
_ESCAPED = re.compile(rb"\\u(?:00[2-7]|017[fF]|212[aA])")
_FOLDING_TO_ASCII = (
    "\N{KELVIN SIGN}".encode(),
    "\N{LATIN SMALL LETTER LONG S}".encode(),
)

_COLON = re.compile(rb"[ \t\r\n]*+:[ \t\r\n]*+")
_BRACKET = re.compile(rb"[{}\[\]]")
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]]')
_BLANK = re.compile(r"[ \t\r\n]*+")
# An int of thousands of digits is legal JSON that Python's int refuses; its value is not needed.
_DECODER = json.JSONDecoder(parse_int=float)


class Member(NamedTuple):
    key: str
    start: int
    end: int


def may_be_respelt(body: bytes) -> bool:
    """True when a key may be there that its plain spelling does not find."""
    if not body.isascii() and any(letter in body for letter in _FOLDING_TO_ASCII):
        return True
    return b"\\" in body and _ESCAPED.search(body) is not None


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
    if not found or may_be_respelt(body) or _may_be_nested(body, start, found.end()):
        return None
    return found.span()


def members(text: str, at: int = 0) -> Iterator[Member]:
    """Yield each member of the object at `at`, and where its value stands.

    Raises `ValueError` when there is no object.
    """
    at = _after_blank(text, at)
    if not text.startswith("{", at):
        raise ValueError("not a JSON object")
    at = _after_blank(text, at + 1)
    while not text.startswith("}", at):
        key, at = _DECODER.raw_decode(text, at)
        start = _after_blank(text, _after_blank(text, at) + 1)
        end = _end_of_value(text, start)
        yield Member(key, start, end)
        at = _after_comma(text, end)


def items(text: str, at: int) -> Iterator[int]:
    """Yield where each item of the list at `at` begins; nothing when there is no list."""
    if not text.startswith("[", at):
        return
    at = _after_blank(text, at + 1)
    while not text.startswith("]", at):
        yield at
        at = _after_comma(text, _end_of_value(text, at))


def _may_be_nested(body: bytes, start: int, end: int) -> bool:
    # Brackets inside strings count as well; they only send us the longer way.
    first = _BRACKET.search(body)
    if first and _BRACKET.search(body, first.end(), start) is None:
        return False
    last = _BRACKET.search(body, end)
    return last is None or _BRACKET.search(body, last.end()) is not None


def _end_of_value(text: str, start: int) -> int:
    try:
        return _DECODER.raw_decode(text, start)[1]
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


def _after_blank(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _after_comma(text: str, at: int) -> int:
    at = _after_blank(text, at)
    return _after_blank(text, at + 1) if text.startswith(",", at) else at
