"""Google's JSON of protocol buffers, which has more than one way to write a thing.

A field may be spelt `inlineData` or `inline_data`, a list of one may be its item alone, and a
whole number may come as `40.0` or `"40"`. Errors name a field as the caller spelt it.
"""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any, Self

from providers.dialects.errors import BadField
from providers.dialects.fields import Fields, wrong

_HUMP = re.compile(r"_([a-z0-9])")
_DIGITS = re.compile(r"-?[0-9]{1,18}")


@lru_cache(maxsize=1024)
def camel(name: str) -> str:
    return _HUMP.sub(lambda found: found[1].upper(), name)


class ProtoFields(Fields):
    """A message; its fields are asked for in camelCase."""

    __slots__ = ("_spelt",)

    def __init__(self, value: Any, at: str = "") -> None:
        super().__init__(value, at)
        self._spelt: dict[str, str] = {}
        if any("_" in name for name in value):
            self._value = self._respelt(value)

    def _respelt(self, value: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, each in value.items():
            known = camel(name)
            if found.get(known) is not None and each is not None:
                path = super().path(name)
                raise BadField(f"{path} is given twice, in two spellings.", field=path)
            if each is not None or known not in found:
                found[known] = each
                self._spelt[known] = name
        return found

    def path(self, name: str) -> str:
        return super().path(self._spelt.get(name, name))

    def object(self, name: str) -> Self | None:
        value = self.any(name)
        return None if value is None else type(self)(value, self.path(name))

    def message(self, name: str) -> Self:
        """Return the object that must be there."""
        return type(self)(self.any(name), self.path(name))

    def objects(self, name: str) -> Iterator[Self]:
        path = self.path(name)
        if isinstance(value := self.any(name), dict):
            yield type(self)(value, path)
            return
        for index, each in enumerate(self.items(name) or ()):
            yield type(self)(each, f"{path}[{index}]")

    def integer(self, name: str, low: int) -> int | None:
        value = self.any(name)
        if value is None:
            return None
        number = as_integer(value)
        if type(number) is not int or number < low:
            raise wrong(self.path(name), f"a whole number from {low}", value)
        return number

    def enum(self, name: str, allowed: Collection[str]) -> str | None:
        value = self.any(name)
        if value is None:
            return None
        if not isinstance(value, str) or value.upper() not in allowed:
            raise wrong(self.path(name), "one of " + ", ".join(sorted(allowed)), value)
        return value.upper()


def as_integer(value: Any) -> Any:
    """Return the whole number that is meant, or the value itself when none is."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    return value
