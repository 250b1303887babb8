"""Google's own schema language, a part of OpenAPI's, put into JSON Schema."""

from collections.abc import Mapping
from typing import Any

from providers.dialects.errors import BadField
from providers.dialects.fields import wrong

from .spelling import as_integer, camel

# Deeper than any schema a person writes, and shallower than Python recurses.
_MOST_LEVELS = 64

_TYPES = frozenset(
    {"STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"}
)
# `int64` in the protocol, so that clients may write them as texts.
_COUNTS = frozenset(
    {
        "minItems",
        "maxItems",
        "minLength",
        "maxLength",
        "minProperties",
        "maxProperties",
    }
)


def json_schema(schema: Mapping[str, Any], at: str) -> dict[str, Any]:
    """Return what the schema says in JSON Schema. Raises `BadField`.

    `propertyOrdering` is an instruction to Gemini's own decoder and is left out; keywords
    that are no part of Google's language are kept as they are.
    """
    return _schema(schema, at, 0)


def _schema(schema: Any, at: str, level: int) -> dict[str, Any]:
    if not isinstance(schema, dict):
        raise wrong(at, "a schema", schema)
    if level > _MOST_LEVELS:
        raise BadField(f"{at} is nested too deeply.", field=at)
    found: dict[str, Any] = {}
    for spelt, value in schema.items():
        name, path = camel(spelt), f"{at}.{spelt}"
        if value is None:
            continue
        if name in ("nullable", "propertyOrdering"):
            continue
        found[_KEYWORDS.get(name, name)] = _value(name, value, path, level)
    nullable = schema.get("nullable")
    return _or_null(found) if nullable is True else found


_KEYWORDS = {"ref": "$ref", "defs": "$defs"}


def _value(name: str, value: Any, at: str, level: int) -> Any:
    if name == "type":
        return _type(value, at)
    if name == "items" or (
        name == "additionalProperties" and not isinstance(value, bool)
    ):
        return _schema(value, at, level + 1)
    if name in ("properties", "defs", "$defs"):
        return _schemas_by_name(value, at, level)
    if name in ("anyOf", "oneOf", "allOf", "prefixItems"):
        return _schema_list(value, at, level)
    if name in ("ref", "$ref") and isinstance(value, str):
        return value.replace("#/defs/", "#/$defs/", 1)
    return as_integer(value) if name in _COUNTS else value


def _type(value: Any, at: str) -> Any:
    if isinstance(value, list):
        return [_type(each, at) for each in value]
    if not isinstance(value, str) or value.upper() not in _TYPES:
        raise wrong(at, "one of " + ", ".join(sorted(_TYPES)), value)
    return value.lower()


def _schemas_by_name(value: Any, at: str, level: int) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong(at, "an object", value)
    return {
        name: _schema(each, f"{at}.{name}", level + 1) for name, each in value.items()
    }


def _schema_list(value: Any, at: str, level: int) -> list[Any]:
    if not isinstance(value, list):
        raise wrong(at, "a list", value)
    return [
        _schema(each, f"{at}[{index}]", level + 1) for index, each in enumerate(value)
    ]


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that null fits as well."""
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
        if isinstance(schema.get("enum"), list):
            schema["enum"] = [*schema["enum"], None]
    elif isinstance(schema.get("anyOf"), list):
        schema["anyOf"] = [*schema["anyOf"], {"type": "null"}]
    else:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema
