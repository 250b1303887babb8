"""Reading a caller's JSON field by field, so that nothing it says is overlooked.

Each reader returns None for a field that is absent or null, and raises `BadField` with the
field's whole path when it is something else than asked for. `rest` is what nobody read.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from .errors import BadField, MissingField

# JSON knows no bounds, what writes it again does. Nothing that is counted comes near the
# first, and seeds are of 64 bits at most.
MOST_COUNTED = 10**12
_WHOLE = range(-(2**63), 2**63)


class Fields:
    """A JSON object and where it stands in the request."""

    __slots__ = ("_read", "_value", "at")

    def __init__(self, value: Any, at: str = "") -> None:
        if not isinstance(value, dict):
            raise wrong(at or "The body", "an object", value)
        self._value = value
        self._read: set[str] = set()
        self.at = at

    def path(self, name: str) -> str:
        return f"{self.at}.{name}" if self.at else name

    def __contains__(self, name: str) -> bool:
        return self._value.get(name) is not None

    def any(self, name: str) -> Any:
        self._read.add(name)
        return self._value.get(name)

    def skip(self, names: Iterable[str]) -> None:
        """Read past these fields, whatever they hold."""
        self._read.update(names)

    def text(self, name: str) -> str | None:
        value = self.any(name)
        if value is not None and not isinstance(value, str):
            raise wrong(self.path(name), "a text", value)
        return value

    def one_of(self, name: str, allowed: Collection[str]) -> str | None:
        value = self.any(name)
        if value is not None and (not isinstance(value, str) or value not in allowed):
            raise wrong(self.path(name), "one of " + ", ".join(sorted(allowed)), value)
        return value

    def flag(self, name: str) -> bool | None:
        value = self.any(name)
        if value is not None and not isinstance(value, bool):
            raise wrong(self.path(name), "true or false", value)
        return value

    def number(self, name: str, low: float, high: float) -> float | None:
        value = self.any(name)
        if value is None:
            return None
        good = isinstance(value, int | float) and not isinstance(value, bool)
        if not good or not low <= value <= high:
            raise wrong(self.path(name), f"a number from {low:g} to {high:g}", value)
        return value  # type: ignore[no-any-return]  # checked just now

    def count(self, name: str, low: int = 1) -> int | None:
        value = self.any(name)
        if value is None:
            return None
        if type(value) is not int or value < low:
            raise wrong(self.path(name), f"a whole number from {low}", value)
        if value > MOST_COUNTED:
            expected = f"a whole number from {low} to {MOST_COUNTED}"
            raise wrong(self.path(name), expected, value)
        return value

    def whole(self, name: str) -> int | None:
        value = self.any(name)
        if value is None:
            return None
        if type(value) is not int:
            raise wrong(self.path(name), "a whole number", value)
        if value not in _WHOLE:
            raise wrong(self.path(name), "a whole number of 64 bits", value)
        return value

    def object(self, name: str) -> "Fields | None":
        value = self.any(name)
        return None if value is None else Fields(value, self.path(name))

    def mapping(self, name: str) -> Mapping[str, Any] | None:
        value = self.any(name)
        if value is not None and not isinstance(value, dict):
            raise wrong(self.path(name), "an object", value)
        return value

    def items(self, name: str) -> list[Any] | None:
        value = self.any(name)
        if value is not None and not isinstance(value, list):
            raise wrong(self.path(name), "a list", value)
        return value

    def objects(self, name: str) -> "Iterator[Fields]":
        """Yield the objects of a list, each with its place; none when it is absent."""
        for index, value in enumerate(self.items(name) or ()):
            yield Fields(value, f"{self.path(name)}[{index}]")

    def texts(self, name: str) -> tuple[str, ...]:
        values = self.items(name) or []
        for index, value in enumerate(values):
            if not isinstance(value, str):
                raise wrong(f"{self.path(name)}[{index}]", "a text", value)
        return tuple(values)

    def need(self, name: str, expected: str) -> None:
        """Raise `MissingField` unless the field is there."""
        if self._value.get(name) is None:
            path = self.path(name)
            raise MissingField(f"{path} is missing; it must be {expected}.", field=path)

    def needed_text(self, name: str) -> str:
        """Return a text that must be there, even if empty."""
        self.need(name, "a text")
        return self.text(name) or ""

    def rest(self) -> dict[str, Any]:
        """Return what was not read and is not null, by its path."""
        return {
            self.path(name): value
            for name, value in self._value.items()
            if name not in self._read and value is not None
        }


def wrong(field: str, expected: str, value: Any) -> BadField:
    """Return the error for a field that is not what it must be."""
    return BadField(f"{field} must be {expected}, not {shown(value)}.", field=field)


def shown(value: Any) -> str:
    """Name a value by its kind; only numbers and booleans are repeated, never text."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)[:40]
        case str():
            return "an empty text" if not value else "that text"
        case list():
            return "an empty list" if not value else "a list"
        case _:
            return "an object"
