from collections import Counter
from collections.abc import Iterable, Set

from .members import members
from .spelling import (
    in_any_spelling,
    in_either_case,
    may_be_respelt,
    without_escaped_quotes,
)


def repeated_keys(body: bytes, protected: Set[str]) -> frozenset[str]:
    """Return which of the `protected` keys another parser may read differently than we did.

    That is a key that occurs more than once at the top level under any escaping, or in
    another letter case, which case-insensitive parsers take for the same key.
    """
    if _is_plainly_unambiguous(body, protected):
        return frozenset()
    return _ambiguous((each.key for each in members(body.decode())), protected)


def repeated_below(body: bytes, above: Set[str], protected: Set[str]) -> frozenset[str]:
    """Return the same for the objects that are the top-level members `above`."""
    if _is_plainly_unambiguous(body, protected):
        return frozenset()
    text = body.decode()
    found: frozenset[str] = frozenset()
    for outer in members(text):
        if outer.key in above and text.startswith("{", outer.start):
            keys = (each.key for each in members(text, outer.start))
            found |= _ambiguous(keys, protected)
    return found


def _ambiguous(keys: Iterable[str], protected: Set[str]) -> frozenset[str]:
    spelt = {name.lower(): name for name in protected}
    found: Counter[str] = Counter()
    for key in keys:
        if name := spelt.get(_folded(key)):
            found[name] += 1 if key == name else 2
    return frozenset(name for name, times in found.items() if times > 1)


def _folded(key: str) -> str:
    if key.isascii():
        return key.lower()
    return key.replace("\N{LATIN SMALL LETTER LONG S}", "s").lower()


def _is_plainly_unambiguous(body: bytes, protected: Set[str]) -> bool:
    names = frozenset(protected)
    wanted = in_any_spelling(names) if may_be_respelt(body) else in_either_case(names)
    # Every quote is looked at, and those that are escaped are no key's.
    found = wanted.findall(without_escaped_quotes(body))
    return len(set(found)) == len(found) and all(key.decode() in names for key in found)
