import orjson
import pytest

from providers.adapters.mock.replies import MOST_ANSWER_BYTES
from providers.adapters.mock.schemas import example
from providers.dialects.errors import BadField

from .asking import CHAT, ask_json, events_of, refused_field

HELLO = [{"role": "user", "content": "hi"}]
PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer"},
        "nick": {"type": "string"},
    },
    "required": ["name", "age"],
}
TREE = {
    "type": "object",
    "properties": {"children": {"type": "array", "items": {"$ref": "#"}}},
    "required": ["children"],
}


def as_format(schema):
    described = {"name": "person", "strict": True, "schema": schema}
    return {"type": "json_schema", "json_schema": described}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (PERSON, {"name": "mock", "age": 1}),
        (TREE, {"children": []}),
        (True, "mock"),
        ({}, "mock"),
        ({"type": "boolean"}, True),
        ({"type": "null"}, None),
        ({"type": ["null", "integer"]}, 1),
        ({"type": "array", "items": {"type": "number"}}, []),
        ({"type": "array", "items": {"type": "number"}, "minItems": 2}, [1, 1]),
        ({"prefixItems": [{"const": 7}], "type": "array"}, [7]),
        ({"items": {"type": "null"}, "minItems": 1}, [None]),
        ({"enum": ["b", "a"]}, "b"),
        ({"const": {"x": [1]}}, {"x": [1]}),
        ({"required": ["x"]}, {"x": "mock"}),
        ({"type": "string", "minLength": 6}, "mockkk"),
        ({"type": "string", "maxLength": 2}, "mo"),
        ({"type": "string", "format": "date"}, "2026-01-31"),
        ({"type": "string", "format": "other"}, "mock"),
        ({"type": "integer", "minimum": 5}, 5),
        ({"type": "integer", "minimum": 4.5}, 5),
        ({"type": "integer", "maximum": -3}, -3),
        ({"type": "integer", "exclusiveMinimum": 5}, 6),
        ({"type": "integer", "exclusiveMaximum": 0}, -1),
        ({"type": "integer", "minimum": 5, "multipleOf": 4}, 8),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.5),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, 1),
        ({"oneOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"const": 3}}}, 3),
        ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "integer"}}}, 1),
        (
            {"allOf": [PERSON, {"required": ["nick"]}]},
            {"name": "mock", "age": 1, "nick": "mock"},
        ),
    ],
)
def test_the_example_is_the_simplest_that_fits(schema, value):
    assert example(schema, "schema") == value


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"x": {"$ref": "#"}}, "required": ["x"]},
        {
            "properties": {"x": {"$ref": "#"}, "y": {"$ref": "#"}},
            "required": ["x", "y"],
        },
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}, {"$ref": "#"}]},
        {"$ref": "#/missing"},
        {"$ref": "https://example.com/schema"},
        {"$ref": 7},
        {"type": "array", "minItems": 10**6},
        {"type": "string", "minLength": 10**12},
        {"type": "array", "minItems": 9, "items": {"const": "x" * 2**19}},
        {"type": "array", "minItems": 9, "items": {"required": ["x" * 2**19]}},
        {
            "required": ["x", "y"],
            "properties": {
                "x": {"type": "string", "minLength": -(10**15)},
                "y": {"type": "string", "minLength": 10**15},
            },
        },
    ],
)
def test_what_is_large_or_leads_nowhere_is_refused(schema):
    with pytest.raises(BadField) as refused:
        example(schema, "tools[0]")

    assert refused.value.field == "tools[0]"


def test_what_is_deeper_than_can_be_written_is_refused():
    deep = orjson.loads(b'{"const":' + b"[" * 500 + b"]" * 500 + b"}")

    with pytest.raises(BadField, match="too deep"):
        example(deep, "schema")


@pytest.mark.parametrize(
    "schema",
    [
        {"type": 7},
        {"type": []},
        {"type": {}},
        {"enum": []},
        {"enum": 3},
        {"properties": 3, "required": "xy"},
        {"required": [1, None]},
        {"type": "array", "prefixItems": 3, "minItems": "x"},
        {"type": "array", "minItems": -4},
        {"type": "string", "format": [], "maxLength": -1},
        {"type": "number", "minimum": 1e308, "multipleOf": 1e-308},
        {"type": "integer", "multipleOf": 0},
        {"type": "integer", "exclusiveMinimum": True},
        {"allOf": 3, "anyOf": [], "oneOf": [1]},
    ],
)
def test_a_schema_that_is_none_gives_a_value_all_the_same(schema):
    orjson.dumps(example(schema, "schema"))


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ({"type": "json_object"}, {"mock": "This is a mock response."}),
        (as_format(PERSON), {"name": "mock", "age": 1}),
    ],
)
async def test_an_answer_is_the_json_it_was_asked_for(form, value):
    _, plain = await ask_json(CHAT, messages=HELLO, response_format=form)
    chunks = await events_of(CHAT, messages=HELLO, response_format=form)

    text = plain["choices"][0]["message"]["content"]
    deltas = [chunk["choices"][0]["delta"].get("content", "") for chunk in chunks]
    assert orjson.loads(text) == value
    assert "".join(deltas) == text


async def test_text_may_be_asked_for_by_name():
    _, answer = await ask_json(CHAT, messages=HELLO, response_format={"type": "text"})

    assert answer["choices"][0]["message"]["content"].endswith("You said: 'hi'")


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ("json", "response_format"),
        ({"type": "xml"}, "response_format.type"),
        ({"type": "json_schema"}, "response_format.type"),
        (
            as_format({"$ref": "#"}),
            "response_format.json_schema.schema",
        ),
    ],
)
async def test_a_format_that_cannot_be_given_is_refused(form, field):
    assert await refused_field(CHAT, messages=HELLO, response_format=form) == field


async def test_many_large_values_are_refused_together():
    form = as_format({"const": "x" * (MOST_ANSWER_BYTES // 2)})

    assert await refused_field(CHAT, messages=HELLO, response_format=form, n=3) == "n"
