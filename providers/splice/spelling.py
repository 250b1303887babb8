"""Ways to write a key so that some reader takes it for another, and a plain search does not."""

import re
from functools import lru_cache

# Another way to write an ASCII letter in a key: an escape, or one of the two characters
# outside ASCII that a case-insensitive reader takes for k and s (Go's encoding/json does).
_ESCAPED = re.compile(rb"\\u(?:00[2-7]|017[fF]|212[aA])")
_FOLDING_TO_ASCII = {
    "k": "\N{KELVIN SIGN}",
    "s": "\N{LATIN SMALL LETTER LONG S}",
}


def may_be_respelt(body: bytes) -> bool:
    """True when a key may be there that its plain spelling, in either case, does not find."""
    if not body.isascii() and any(
        letter.encode() in body for letter in _FOLDING_TO_ASCII.values()
    ):
        return True
    return b"\\" in body and _ESCAPED.search(body) is not None


def is_escaped(body: bytes, name: str) -> bool:
    """True when `name` may be a key in the body that is written with an escape."""
    if b"\\" not in body or _ESCAPED.search(body) is None:
        return False
    return _escaped(name).search(without_escaped_quotes(body)) is not None


def without_escaped_quotes(body: bytes) -> bytes:
    r"""Return the JSON without `\\` and `\"`: quotes that are left begin or end a text."""
    if b"\\" not in body:
        return body
    return body.replace(b"\\\\", b"").replace(b'\\"', b"")


@lru_cache(maxsize=64)
def in_either_case(names: frozenset[str]) -> re.Pattern[bytes]:
    """Return what finds the keys that are `names` but for their case."""
    # Spelt-out classes and a look at the first letter are three times as fast as re.I.
    ways = "|".join("".join(map(_either_case, name)) for name in sorted(names))
    return re.compile(rf'"(?=[{_first(names)}])({ways})"[ \t\r\n]*+:'.encode())


@lru_cache(maxsize=64)
def in_any_spelling(names: frozenset[str]) -> re.Pattern[bytes]:
    """Return what finds the keys that any reader may take for `names`."""
    ways = "|".join("".join(map(_any_way, name)) for name in sorted(names))
    # Or a backslash, or the first byte of a character that is not ASCII.
    first = rf"[{_first(names)}\\\x80-\xff]"
    return re.compile(rf'"(?={first})({ways})"[ \t\r\n]*+:'.encode())


@lru_cache(maxsize=64)
def _escaped(name: str) -> re.Pattern[bytes]:
    ways = "".join(f"(?:{letter}|{_escape_of(letter)})" for letter in name)
    return re.compile(rf'"(?!{name}"){ways}"[ \t\r\n]*+:'.encode())


def _first(names: frozenset[str]) -> str:
    return "".join(sorted({name[0] + name[0].upper() for name in names}))


def _either_case(letter: str) -> str:
    return f"[{letter.lower()}{letter.upper()}]"


def _any_way(letter: str) -> str:
    cases = {letter.lower(), letter.upper()}
    ways = [_either_case(letter), *map(_escape_of, sorted(cases))]
    if folding := _FOLDING_TO_ASCII.get(letter.lower()):
        ways += [folding, _escape_of(folding)]
    return f"(?:{'|'.join(ways)})"


def _escape_of(letter: str) -> str:
    digits = f"{ord(letter):04x}"
    return r"\\u" + "".join(_either_case(digit) for digit in digits)
