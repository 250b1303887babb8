import orjson
import pytest

from providers.dialects.errors import NestedTooDeep
from providers.dialects.written import written


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


def test_json_is_written():
    assert written({"a": [1, "é"]}) == '{"a":[1,"é"]}'.encode()


def test_what_can_be_read_but_not_written_is_refused_by_its_place():
    deep = orjson.loads(b"[" * 1000 + b"]" * 1000)

    with pytest.raises(NestedTooDeep, match=r"^tools\[0\] is nested") as refused:
        written(deep, "tools[0]")

    assert refused.value.field == "tools[0]"
    assert written(nested(200))


def test_a_mistake_of_ours_is_not_blamed_on_the_caller():
    with pytest.raises(TypeError, match="not JSON serializable") as broken:
        written({"a": object()})

    assert not isinstance(broken.value, NestedTooDeep)
