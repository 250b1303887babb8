"""One spelling for one value: the part of RFC 8785 that the ledger is hashed over.

Text, whole numbers, true, false, null, lists and objects; keys in the order of their
UTF-16 code units, no white space, UTF-8. Everything else, fractions above all, is
refused rather than rounded: two machines must never hash one entry differently.
"""

import hashlib

import orjson

# A reader that holds numbers as doubles sees another number beyond this.
MAX_INT = 2**53 - 1
MAX_DEPTH = 100

Path = tuple[str | int, ...]


class NotCanonical(ValueError):
    """A value the ledger has no single spelling for."""


def canonical(value: object) -> bytes:
    """Return the one spelling of `value`. Raises `NotCanonical` naming the part at fault."""
    ordered = _ordered(value, ())
    try:
        return orjson.dumps(ordered)
    except TypeError as error:
        raise NotCanonical(f"a text is not UTF-8: {error}") from None


def digest(value: object) -> str:
    """Return the SHA-256 of the canonical spelling, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _ordered(value: object, path: Path) -> object:
    # Exact types on purpose: True is an int to isinstance, and a subclass may spell
    # itself as it likes.
    kind = type(value)
    if value is None or kind is str or kind is bool:
        return value
    if kind is int:
        return _whole(value, path)
    if len(path) > MAX_DEPTH:
        raise NotCanonical(f"{_where(path)}is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict) and kind is dict:
        keys = _keys(value, path)
        return {key: _ordered(value[key], (*path, key)) for key in keys}
    if isinstance(value, list) and kind is list:
        return [_ordered(item, (*path, at)) for at, item in enumerate(value)]
    raise NotCanonical(
        f"{_where(path)}is a {kind.__name__}; only text, whole numbers, true, false, "
        "null, lists and objects have one spelling"
    )


def _whole(value: object, path: Path) -> object:
    if isinstance(value, int) and -MAX_INT <= value <= MAX_INT:
        return value
    raise NotCanonical(
        f"{_where(path)}is {value}, beyond ±(2^53 - 1); write it as text"
    )


def _keys(value: dict[object, object], path: Path) -> list[str]:
    keys = [key for key in value if type(key) is str]
    if len(keys) != len(value):
        raise NotCanonical(f"{_where(path)}has a key that is not text")
    if "".join(keys).isascii():
        return sorted(keys)
    # Code units, not code points: they differ above U+FFFF.
    return sorted(keys, key=lambda key: key.encode("utf-16-be", "surrogatepass"))


def _where(path: Path) -> str:
    return "".join(f"[{step!r}]" for step in path) + " " if path else "the value "
