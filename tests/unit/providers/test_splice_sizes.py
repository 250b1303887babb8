import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.splice import holds_more_values

from .test_splice import values, writings


def count(value: object) -> int:
    match value:
        case {}:
            return 1 + sum(map(count, value.values()))
        case []:
            return 1
        case [*_]:
            return 1 + sum(map(count, value))
    return 1


def empty(value: object) -> int:
    if value in ([], {}):
        return 1
    inner = value.values() if isinstance(value, dict) else value
    return sum(map(empty, inner)) if isinstance(value, dict | list) else 0


@given(values, writings)
def test_as_many_values_are_found_as_a_parser_makes(value, write):
    body = write(value).encode()
    made = count(orjson.loads(body)) + empty(orjson.loads(body))

    assert not holds_more_values(body, made)
    assert holds_more_values(body, made - 1) or len(body) <= 2 * (made - 1)


@pytest.mark.parametrize(
    "text", ["[" * 4000, ",{[" * 2000, '","' * 2000, '\\","' * 2000, "\\" * 4001]
)
def test_what_stands_in_texts_is_one_value(text):
    assert not holds_more_values(json.dumps({"a": text}).encode(), 3)


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"0," * 1000 + b"0]",
        b"[" + b"[]," * 1000 + b"[]]",
        b"[" + b'"",' * 1000 + b'""]',
        b"{" + b'"a":"",' * 1000 + b'"a":""}',
        b"[" * 1001 + b"]" * 1001,
        b'["\\\\",' + b'"\\"",' * 1000 + b'"\\\\"]',
    ],
)
def test_many_small_values_are_many(body):
    assert holds_more_values(body, 1000)


@given(st.text(alphabet='"\\[{,:x', max_size=200))
def test_what_is_no_json_raises_nothing(text):
    holds_more_values(text.encode(), 5)
