"""Surgery on a caller's JSON without writing it anew: every byte we do not mean to change stays.

Bodies given here have already been parsed once, so they are valid JSON objects. Two views of
them are at work: regular expressions over the raw bytes, which may see a key where there is
none (inside a nested object) but never miss one, and for the cases they cannot settle the
JSON decoder itself, led along the top-level members.
"""

import json
import re
from collections.abc import Iterator, Set
from functools import lru_cache
from typing import NamedTuple

import orjson

# Another way to write an ASCII letter in a key: an escape, or one of the two characters
# outside ASCII that a case-insensitive reader takes for k and s (Go's encoding/json does).
_ESCAPED = re.compile(rb"\\u(?:00[2-7]|017[fF]|212[aA])")
_FOLDING_TO_ASCII = (
    "\N{KELVIN SIGN}".encode(),
    "\N{LATIN SMALL LETTER LONG S}".encode(),
)

_MODEL = b'"model"'
_COLON = re.compile(rb"[ \t\r\n]*+:[ \t\r\n]*+")
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"')
_BRACKET = re.compile(rb"[{}\[\]]")
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]]')
_BLANK = re.compile(r"[ \t\r\n]*+")
# An int of thousands of digits is legal JSON that Python's int refuses; its value is not needed.
_DECODER = json.JSONDecoder(parse_int=float)


class _Member(NamedTuple):
    key: str
    start: int
    end: int


def replace_model(body: bytes, model: str) -> bytes:
    """Return the body with the value of its top-level `model` replaced.

    The same object comes back when the value is already that. Raises `ValueError` unless
    the key occurs exactly once at the top level.
    """
    start, end = _plain_model(body) or _only_model(body)
    value = orjson.dumps(model)
    if body[start:end] == value:
        return body
    return b"".join((body[:start], value, body[end:]))


def repeated_keys(body: bytes, protected: Set[str]) -> frozenset[str]:
    """Return which of the `protected` keys another parser may read differently than we did.

    That is a key that occurs more than once at the top level under any escaping, or in
    another letter case, which case-insensitive parsers take for the same key. The names in
    `protected` are lower case.
    """
    if _is_plainly_unambiguous(body, protected):
        return frozenset()
    found: set[str] = set()
    ambiguous: set[str] = set()
    for member in _members(body.decode()):
        key = member.key.replace("\N{LATIN SMALL LETTER LONG S}", "s").lower()
        if key in protected:
            if key in found or key != member.key:
                ambiguous.add(key)
            found.add(key)
    return frozenset(ambiguous)


def _is_plainly_unambiguous(body: bytes, protected: Set[str]) -> bool:
    if _may_be_respelt(body):
        return False
    seen = _spellings(frozenset(protected)).findall(body)
    return len(set(seen)) == len(seen) and all(
        key.decode() in protected for key in seen
    )


def _may_be_respelt(body: bytes) -> bool:
    if not body.isascii() and any(letter in body for letter in _FOLDING_TO_ASCII):
        return True
    return b"\\" in body and _ESCAPED.search(body) is not None


@lru_cache(maxsize=64)
def _spellings(protected: frozenset[str]) -> re.Pattern[bytes]:
    # Spelt-out classes and a look at the first letter are three times as fast as re.I.
    names = "|".join("".join(map(_either_case, key)) for key in sorted(protected))
    first = "".join(sorted({key[0] + key[0].upper() for key in protected}))
    return re.compile(rf'"(?=[{first}])({names})"[ \t\r\n]*+:'.encode())


def _either_case(letter: str) -> str:
    return f"[{letter}{letter.upper()}]"


def _plain_model(body: bytes) -> tuple[int, int] | None:
    """Find the value if the text occurs once, as a key, and is not nested."""
    start = body.find(_MODEL)
    # A backslash before it makes it the end of a longer key that holds a quote.
    if start < 1 or body[start - 1] == ord("\\") or body.find(_MODEL, start + 1) >= 0:
        return None
    colon = _COLON.match(body, start + len(_MODEL))
    value = colon and _STRING.match(body, colon.end())
    if not value or _may_be_respelt(body) or _may_be_nested(body, start, value.end()):
        return None
    return value.span()


def _may_be_nested(body: bytes, start: int, end: int) -> bool:
    # Brackets inside strings count as well; they only send us the longer way.
    first = _BRACKET.search(body)
    if first and _BRACKET.search(body, first.end(), start) is None:
        return False
    last = _BRACKET.search(body, end)
    return last is None or _BRACKET.search(body, last.end()) is not None


def _only_model(body: bytes) -> tuple[int, int]:
    # Latin-1 maps each byte to one character, so positions in the text are positions in
    # the bytes; the structure of JSON is ASCII and looks the same either way.
    found = [each for each in _members(body.decode("latin-1")) if each.key == "model"]
    if len(found) != 1:
        raise ValueError(f"model occurs {len(found)} times at the top level, not once")
    return found[0].start, found[0].end


def _members(text: str) -> Iterator[_Member]:
    """Yield each top-level key and where its value stands. Raises `ValueError`."""
    at = _after_blank(text, 0)
    if not text.startswith("{", at):
        raise ValueError("not a JSON object")
    at = _after_blank(text, at + 1)
    while not text.startswith("}", at):
        key, at = _DECODER.raw_decode(text, at)
        start = _after_blank(text, _after_blank(text, at) + 1)
        end = _end_of_value(text, start)
        yield _Member(key, start, end)
        at = _after_blank(text, end)
        if text.startswith(",", at):
            at = _after_blank(text, at + 1)


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
