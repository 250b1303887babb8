"""The simplest value that a JSON Schema describes, as far as it is simple itself."""

import math
from collections.abc import Mapping
from typing import Any

import orjson

from providers.dialects.errors import BadField
from providers.dialects.fields import Fields

from .replies import MOST_ANSWER_BYTES

# A schema may refer to itself, and small ones describe large values.
_MOST_VALUES = 2000
_DEEPEST = 64
_LARGEST = 1e15

_COMBINING = frozenset({"$ref", "allOf", "anyOf", "oneOf"})
_FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "PT1S",
    "email": "mock@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/mock",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def text_for(response_format: Fields | None, at: str) -> str | None:
    """Return the JSON that a `response_format` asks for, None when it asks for none."""
    kind = response_format and response_format.text("type")
    if response_format is None or kind in (None, "text"):
        return None
    if kind == "json_object":
        return '{"mock":"This is a mock response."}'
    described = response_format.object("json_schema")
    if kind != "json_schema" or described is None:
        raise BadField(
            f"{at}.type must be text, json_object or json_schema with its schema.",
            field=f"{at}.type",
        )
    value = example(described.any("schema"), described.path("schema"))
    return orjson.dumps(value).decode()


def example(schema: Any, at: str) -> Any:
    """Return a value with all that the schema requires. Raises `BadField` naming `at`."""
    return _Example(schema, at).of(schema, 0)


class _Example:
    def __init__(self, root: Any, at: str) -> None:
        self._root = root
        self._at = at
        self._values_left = _MOST_VALUES
        self._bytes_left = MOST_ANSWER_BYTES

    def of(self, schema: Any, depth: int) -> Any:
        self._spend(0, depth)
        if not isinstance(schema, dict):
            return "mock"
        schema = self._resolved(schema, depth)
        if "const" in schema:
            return self._given(schema["const"], depth)
        if isinstance(choices := schema.get("enum"), list) and choices:
            return self._given(choices[0], depth)
        return self._of_kind(_kind(schema), schema, depth)

    def _given(self, value: Any, depth: int) -> Any:
        try:
            self._spend(len(orjson.dumps(value)), depth)
        except orjson.JSONEncodeError:
            raise self._wrong("describes a value too deep for the mock") from None
        return value

    def _spend(self, size: int, depth: int) -> None:
        self._values_left -= 1
        self._bytes_left -= size
        if self._values_left < 0 or self._bytes_left < 0 or depth > _DEEPEST:
            raise self._wrong("describes a value too large for the mock")

    def _of_kind(self, kind: str, schema: Mapping[str, Any], depth: int) -> Any:
        match kind:
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, depth)
            case "integer" | "number":
                return _number(schema, whole=kind == "integer")
            case "boolean":
                return True
            case "null":
                return None
            case _:
                return self._text(schema, depth)

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        properties = schema.get("properties")
        described = properties if isinstance(properties, dict) else {}
        required = schema.get("required")
        names = required if isinstance(required, list) else []
        made = {}
        for name in names:
            if isinstance(name, str):
                self._spend(len(name), depth)
                made[name] = self.of(described.get(name), depth + 1)
        return made

    def _array(self, schema: Mapping[str, Any], depth: int) -> list[Any]:
        prefix = schema.get("prefixItems")
        items = list(prefix) if isinstance(prefix, list) else []
        wanted = _bound(schema, "minItems", 0)
        missing = min(int(wanted), _MOST_VALUES + 1) - len(items)
        items += [schema.get("items")] * missing
        return [self.of(item, depth + 1) for item in items]

    def _text(self, schema: Mapping[str, Any], depth: int) -> str:
        kind = schema.get("format")
        text = _FORMATS.get(kind, "mock") if isinstance(kind, str) else "mock"
        shortest = max(0, int(_bound(schema, "minLength", 0)))
        self._spend(shortest, depth)
        longest = int(_bound(schema, "maxLength", _LARGEST))
        return text.ljust(shortest, "k")[: max(longest, 0)]

    def _resolved(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        """Return the schema with its references and alternatives taken in."""
        self._spend(0, depth)
        others = _others(schema)
        if "$ref" in schema:
            others.append(self._referred(schema["$ref"]))
        if not others:
            return schema
        own = {key: schema[key] for key in schema if key not in _COMBINING}
        return _merged([*(self._resolved(each, depth + 1) for each in others), own])

    def _referred(self, reference: Any) -> dict[str, Any]:
        found = self._root
        steps = reference.split("/") if isinstance(reference, str) else [""]
        for step in steps[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, dict) else None
        if steps[0] != "#" or not isinstance(found, dict):
            raise self._wrong("refers to what is not in it")
        return found

    def _wrong(self, what: str) -> BadField:
        return BadField(f"The schema in {self._at} {what}.", field=self._at)


def _others(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return all of `allOf`, and the first of the alternatives."""
    found = [*_listed(schema, "allOf")]
    for name in ("anyOf", "oneOf"):
        found += _listed(schema, name)[:1]
    return [each for each in found if isinstance(each, dict)]


def _listed(schema: Mapping[str, Any], name: str) -> list[Any]:
    value = schema.get(name)
    return value if isinstance(value, list) else []


def _merged(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for schema in schemas:
        for key, value in schema.items():
            known = merged.get(key)
            if key == "properties" and isinstance(known, dict):
                merged[key] = {**known, **value} if isinstance(value, dict) else known
            elif key == "required" and isinstance(known, list):
                merged[key] = [*known, *(value if isinstance(value, list) else [])]
            else:
                merged[key] = value
    return merged


def _kind(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), "null")
    if isinstance(kind, str):
        return kind
    if "properties" in schema or "required" in schema:
        return "object"
    return "array" if "items" in schema else "string"


def _number(schema: Mapping[str, Any], *, whole: bool) -> float:
    low = _bound(schema, "minimum", -math.inf)
    high = _bound(schema, "maximum", math.inf)
    # One step from what is excluded, or half the way where there is not that much room.
    above = _bound(schema, "exclusiveMinimum", -math.inf)
    below = _bound(schema, "exclusiveMaximum", math.inf)
    step = 1 if whole or below - above > 1 else (below - above) / 2
    value = min(max(1, low, above + step), high, below - step)
    multiple = _bound(schema, "multipleOf", 0)
    if multiple > 1 / _LARGEST:
        value = math.ceil(value / multiple) * multiple
    return math.ceil(value) if whole else value


def _bound(schema: Mapping[str, Any], name: str, default: float) -> float:
    value = schema.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    return value if abs(value) <= _LARGEST else default
