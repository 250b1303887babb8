from copy import deepcopy
from itertools import pairwise
from time import process_time
from typing import Any

import pytest

from providers.dialects.conversation import Tool
from providers.dialects.errors import NestedTooDeep, Unsayable
from providers.dialects.grammars import (
    Ungrammatical,
    grammatical,
    told_arguments,
    told_output,
)

TEXT = {"type": "string"}
CITY = {"type": "object", "properties": {"city": TEXT}}
CLOSED = {**CITY, "additionalProperties": False}
TREE = {
    "type": "object",
    "properties": {"twigs": {"type": "array", "items": {"$ref": "#"}}},
}
OPEN = {"type": "object", "additionalProperties": TEXT}


def holding(schema: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": schema}}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            {"type": "integer", "minimum": 1, "maximum": 10},
            "{minimum: 1, maximum: 10}",
        ),
        (
            {"type": "integer", "exclusiveMinimum": 0, "multipleOf": 2},
            "{exclusiveMinimum: 0, multipleOf: 2}",
        ),
        (
            {"type": "string", "minLength": 1, "pattern": "^[a-z]+$"},
            '{minLength: 1, pattern: "^[a-z]+$"}',
        ),
        ({"type": "string", "format": "int64"}, '{format: "int64"}'),
        ({"type": "integer", "format": "date"}, '{format: "date"}'),
        (
            {"type": "array", "minItems": 2, "maxItems": 3, "uniqueItems": True},
            "{minItems: 2, maxItems: 3, uniqueItems: true}",
        ),
        (
            {"type": "array", "prefixItems": [TEXT]},
            '{prefixItems: [{"type":"string"}]}',
        ),
        ({"type": "array", "items": [TEXT]}, '{items: [{"type":"string"}]}'),
        ({"type": "string", "not": {"const": "a"}}, '{not: {"const":"a"}}'),
        ({"type": "array", "enum": [["a"]]}, '{enum: [["a"]]}'),
        ({"type": "object", "properties": {}, "const": {}}, "{const: {}}"),
    ],
)
def test_words_no_grammar_knows_are_told_in_the_description(said, words):
    told = grammatical(holding({**said, "description": "Of old."}))

    description = told["properties"]["a"]["description"]
    assert description == f"Of old.\n\n{words}"
    assert grammatical(holding(said))["properties"]["a"]["description"] == words
    left = words[1:].partition(":")[0]
    assert left not in told["properties"]["a"]


@pytest.mark.parametrize(
    "schema",
    [
        {},
        True,
        {"type": "integer", "description": "Years.", "title": "Age", "default": 3},
        {"type": ["string", "null"], "enum": ["a", None]},
        {"const": "a"},
        {"type": "string", "format": "date-time"},
        {"type": ["string", "null"], "format": "uuid"},
        {"type": "array", "items": TEXT, "minItems": 1},
        {"type": "array", "minItems": 0},
        {"anyOf": [TEXT, {"type": "null"}]},
        {"allOf": [TEXT]},
        CLOSED,
        {**CLOSED, "type": ["object", "null"]},
        {"type": "object", "additionalProperties": False},
    ],
)
def test_what_grammars_know_is_told_as_it_is(schema):
    assert grammatical(holding(schema))["properties"]["a"] == schema


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (CITY, CLOSED),
        ({**CITY, "additionalProperties": True}, CLOSED),
        ({"properties": {"city": TEXT}}, CLOSED),
        ({"type": "object", "properties": {}}, {**CLOSED, "properties": {}}),
        ({"oneOf": [CITY, TEXT]}, {"anyOf": [CLOSED, TEXT]}),
        (
            {"oneOf": [CITY, TEXT], "discriminator": {"propertyName": "city"}},
            {"anyOf": [CLOSED, TEXT]},
        ),
        ({"anyOf": [TEXT], "oneOf": [TEXT], "uniqueItems": False}, None),
        ({"type": "object", "anyOf": [CITY]}, {"anyOf": [CLOSED]}),
        ({"$schema": "https://json-schema.org", "$id": "a", **TEXT}, TEXT),
        ({"type": "array", "items": CITY}, {"type": "array", "items": CLOSED}),
        (
            {**CITY, "anyOf": [{"required": ["city"]}]},
            {**CLOSED, "description": '{anyOf: [{"required":["city"]}]}'},
        ),
    ],
)
def test_what_can_be_said_otherwise_is(said, told):
    if told is None:
        told = {"anyOf": [TEXT], "description": '{oneOf: [{"type":"string"}]}'}

    assert grammatical(holding(said))["properties"]["a"] == told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"$ref": "#/$defs/City"}, {"$ref": "#/$defs/City"}),
        (
            {"$ref": "#/$defs/City", "description": "Where?"},
            {"description": "Where?", "anyOf": [{"$ref": "#/$defs/City"}]},
        ),
        (
            {"allOf": [{"$ref": "#/$defs/City"}], "default": None},
            {"anyOf": [{"$ref": "#/$defs/City"}], "default": None},
        ),
        ({"$ref": "#/%24defs/a~1b~0c"}, {"$ref": "#/%24defs/a~1b~0c"}),
        ({"$ref": "#/properties/b/anyOf/1"}, {"$ref": "#/properties/b/anyOf/1"}),
    ],
)
def test_references_stand_alone(said, told):
    schema = {
        "$defs": {"City": CITY, "a/b~c": TEXT},
        "type": "object",
        "properties": {"a": said, "b": {"anyOf": [TEXT, CITY]}},
    }

    assert grammatical(schema) == {
        "$defs": {"City": CLOSED, "a/b~c": TEXT},
        "type": "object",
        "properties": {"a": told, "b": {"anyOf": [TEXT, CLOSED]}},
        "additionalProperties": False,
    }


def test_a_whole_schema_may_be_a_reference():
    schema = {"$ref": "#/$defs/City", "$defs": {"City": CITY}}

    assert grammatical(schema) == {
        "$ref": "#/$defs/City",
        "$defs": {"City": CLOSED},
    }


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = dict(TEXT)
    for _ in range(levels):
        schema = {"type": "array", "items": schema}
    return schema


DEEP: list[Any] = []
for _ in range(300):
    DEEP = [DEEP]

UNTELLABLE = [
    TREE,
    {"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}, TEXT]}}},
    holding({"$ref": "https://example.com/schema"}),
    holding({"$ref": "#/$defs/none"}),
    holding({"$ref": "#/properties"}),
    holding({"$ref": "#/properties/a/enum/7"}),
    holding({"$ref": 7}),
    {"type": "object"},
    OPEN,
    holding({"type": ["object", "null"]}),
    holding({**OPEN, "properties": {}}),
    holding({"type": "object", "patternProperties": {"^x": TEXT}}),
    holding({**CITY, "oneOf": [{"properties": {"lake": TEXT}}]}),
    holding({**CITY, "allOf": [{"$ref": "#"}]}),
    holding({"allOf": [{"$ref": "#/$defs/a"}, CITY]}),
    holding({"$ref": "#/$defs/a", "properties": {"b": TEXT}}),
    nested(65),
    {"anyOf": [TEXT] * 4096},
]


@pytest.mark.parametrize("schema", UNTELLABLE)
def test_what_no_grammar_has_an_equal_for_is_refused_for_an_answer(schema):
    with pytest.raises(Unsayable, match=r"^Claude cannot hold") as refused:
        told_output(schema, "Claude", "text.format")

    assert refused.value.field == "text.format"


def test_words_too_deep_to_be_written_are_refused_by_their_place():
    with pytest.raises(NestedTooDeep) as refused:
        told_output({**TEXT, "examples": DEEP}, "Claude", "text.format")

    assert refused.value.field == "text.format"


@pytest.mark.parametrize(
    "schema",
    [OPEN, TREE, {"type": "object", "$ref": "#/$defs/a", "$defs": {"a": CITY}}],
)
def test_a_tool_no_grammar_has_an_equal_for_is_not_strict(schema):
    assert told_arguments(Tool("f", schema=schema, strict=True)) == (schema, False)


@pytest.mark.parametrize("strict", [None, False])
def test_a_tool_that_is_not_strict_is_told_in_its_own_words(strict):
    schema = holding({"type": "integer", "minimum": 1})

    told, is_strict = told_arguments(Tool("f", schema=schema, strict=strict))

    assert told is schema
    assert not is_strict


def test_a_strict_tool_is_told_in_the_words_of_a_grammar():
    told = told_arguments(Tool("f", schema={"properties": {"city": TEXT}}, strict=True))

    assert told == (CLOSED, True)
    assert told_arguments(Tool("f", strict=True)) == (
        {**CLOSED, "properties": {}},
        True,
    )


@pytest.mark.parametrize("schema", [*UNTELLABLE, holding({"minimum": 1, **CITY})])
def test_a_schema_is_never_changed_and_always_told_alike(schema):
    before = deepcopy(schema)

    said = [attempt(schema), attempt(schema)]

    assert schema == before
    assert said[0] == said[1]


def attempt(schema: Any) -> Any:
    try:
        return list(grammatical(schema).items())
    except Ungrammatical as error:
        return str(error)


@pytest.mark.parametrize(
    "odd",
    [
        {"properties": 5},
        {"properties": {"a": 5}},
        {"type": "object", "properties": []},
        {"type": 5, "items": None, "anyOf": {}, "enum": 7, "required": "a"},
        {"type": [{}], "allOf": [5], "$defs": []},
        {"type": "object", "properties": {"a": {}}, "oneOf": [{"properties": 5}]},
        {"description": 5, "format": [], "minItems": True},
    ],
)
def test_what_is_no_schema_stumbles_over_nothing(odd):
    assert attempt(odd)


def test_a_long_chain_of_references_is_told_in_time():
    names = [f"n{index}" for index in range(2000)]
    chain = {
        name: {"anyOf": [{"$ref": f"#/$defs/{after}"}]}
        for name, after in pairwise(names)
    }
    begun = process_time()

    grammatical({**CITY, "$defs": {**chain, names[-1]: TEXT}})

    assert process_time() - begun < 1
