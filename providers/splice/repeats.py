import re
from collections.abc import Set
from functools import lru_cache

from .members import may_be_respelt, members


def repeated_keys(body: bytes, protected: Set[str]) -> frozenset[str]:
    """Return which of the `protected` keys another parser may read differently than we did.

    That is a key that occurs more than once at the top level under any escaping, or in
    another letter case, which case-insensitive parsers take for the same key. The names in
    `protected` are lower case.
    """
    if _is_plainly_unambiguous(body, protected):
        return frozenset()
    spelt = {name.lower(): name for name in protected}
    found: set[str] = set()
    ambiguous: set[str] = set()
    for member in members(body.decode()):
        key = member.key.replace("\N{LATIN SMALL LETTER LONG S}", "s").lower()
        if name := spelt.get(key):
            if name in found or name != member.key:
                ambiguous.add(name)
            found.add(name)
    return frozenset(ambiguous)


def _is_plainly_unambiguous(body: bytes, protected: Set[str]) -> bool:
    if may_be_respelt(body):
        return False
    seen = _spellings(frozenset(protected)).findall(body)
    return len(set(seen)) == len(seen) and all(
        key.decode() in protected for key in seen
    )


@lru_cache(maxsize=64)
def _spellings(protected: frozenset[str]) -> re.Pattern[bytes]:
    # Spelt-out classes and a look at the first letter are three times as fast as re.I.
    names = "|".join("".join(map(_either_case, key)) for key in sorted(protected))
    first = "".join(sorted({key[0] + key[0].upper() for key in protected}))
    return re.compile(rf'"(?=[{first}])({names})"[ \t\r\n]*+:'.encode())


def _either_case(letter: str) -> str:
    return f"[{letter.lower()}{letter.upper()}]"
