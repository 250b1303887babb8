import orjson
import pytest

from providers.dialects.calls import arguments_object, id_for, schema_of
from providers.dialects.conversation import Tool


def test_an_id_stands_for_another_always_and_for_no_third() -> None:
    assert id_for("a b", "call_") == id_for("a b", "call_")
    assert id_for("a b", "call_") != id_for("a c", "call_")
    assert len(id_for("x" * 999, "call_")) == len("call_") + 24


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", b"{}"),
        ('{"n": 1.0}', b'{"n": 1.0}'),
        ('{"n":\r\n12345678901234567890123}', b'{"n":  12345678901234567890123}'),
    ],
)
def test_arguments_stay_as_they_were_written(text: str, written: bytes) -> None:
    found = arguments_object(text)

    assert orjson.dumps(found) == written


@pytest.mark.parametrize("text", ["[]", "1", "null", '{"a":', "a"])
def test_arguments_are_an_object_or_none(text: str) -> None:
    assert arguments_object(text) is None


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        (None, {"type": "object", "properties": {}}),
        ({}, {"type": "object", "properties": {}}),
        ({"properties": {"a": {}}}, {"type": "object", "properties": {"a": {}}}),
        ({"type": "object"}, {"type": "object"}),
    ],
)
def test_a_schema_says_that_arguments_are_an_object(
    schema: dict[str, object] | None, told: dict[str, object]
) -> None:
    assert schema_of(Tool("look", schema=schema)) == told
