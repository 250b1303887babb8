from typing import Any

import pytest

from providers.dialects.errors import BadField
from providers.dialects.gemini.schemas import json_schema


def test_googles_schema_becomes_json_schema():
    schema = {
        "type": "OBJECT",
        "description": "A person.",
        "properties": {
            "any_of": {"type": "STRING", "format": "date-time", "nullable": True},
            "tags": {
                "type": "array",
                "items": {"type": "STRING", "enum": ["a", "b"], "nullable": True},
                "min_items": "1",
                "maxItems": "9",
            },
            "age": {
                "anyOf": [{"type": "INTEGER"}, {"type": "NULL"}],
                "nullable": False,
            },
            "pet": {"ref": "#/defs/Pet", "title": None},
            "friend": {"ref": "#/defs/Pet", "nullable": True},
            "free": {"anyOf": [{"type": "NUMBER"}], "nullable": True},
        },
        "required": ["any_of"],
        "propertyOrdering": ["tags", "any_of"],
        "additionalProperties": {"type": "BOOLEAN"},
        "defs": {"Pet": {"type": "OBJECT", "additional_properties": False}},
    }

    assert json_schema(schema, "at") == {
        "type": "object",
        "description": "A person.",
        "properties": {
            "any_of": {"type": ["string", "null"], "format": "date-time"},
            "tags": {
                "type": "array",
                "items": {"type": ["string", "null"], "enum": ["a", "b", None]},
                "minItems": 1,
                "maxItems": 9,
            },
            "age": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
            "pet": {"$ref": "#/$defs/Pet"},
            "friend": {"anyOf": [{"$ref": "#/$defs/Pet"}, {"type": "null"}]},
            "free": {"anyOf": [{"type": "number"}, {"type": "null"}]},
        },
        "required": ["any_of"],
        "additionalProperties": {"type": "boolean"},
        "$defs": {"Pet": {"type": "object", "additionalProperties": False}},
    }


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "STRING"}
    for _ in range(levels):
        schema = {"type": "ARRAY", "items": schema}
    return schema


def test_a_schema_nested_without_end_is_refused():
    json_schema(nested(60), "at")

    with pytest.raises(BadField, match="nested too deeply"):
        json_schema(nested(400), "at")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"type": 1}, "at.type"),
    ({"type": "TYPE_UNSPECIFIED"}, "at.type"),
    ({"items": "STRING"}, "at.items"),
    ({"properties": []}, "at.properties"),
    ({"properties": {"a": {"type": "?"}}}, "at.properties.a.type"),
    ({"any_of": {}}, "at.any_of"),
    ({"anyOf": [{"type": "?"}]}, "at.anyOf[0].type"),
]


@pytest.mark.parametrize(("schema", "field"), WRONG, ids=[f for _, f in WRONG])
def test_a_wrong_schema_is_named_by_its_place(schema, field):
    with pytest.raises(BadField) as caught:
        json_schema(schema, "at")

    assert caught.value.field == field
