import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.splice import replace_named

from .test_splice import members, values, writings

INNER = ({"wrap", "w_rap"}, {"model"})


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (({"model"},), b'{"model":"a"}', b'{"model":"NEW"}'),
        (({"model"},), b'{"m\\u006fdel" : {"model":1} }', b'{"m\\u006fdel" : "NEW" }'),
        (({"model"},), b'{"model":1,"model":[2]}', b'{"model":"NEW","model":"NEW"}'),
        (INNER, b'{"wrap":{"model":"a"}}', b'{"wrap":{"model":"NEW"}}'),
        (INNER, b'{"w_rap": { "model":"a"}}', b'{"w_rap": { "model":"NEW"}}'),
        (
            INNER,
            b'{"model":"a","wrap":[{"model":"a"}, 1, {"x":{"model":"a"},"model":null}]}',
            b'{"model":"a","wrap":[{"model":"NEW"}, 1, {"x":{"model":"a"},"model":"NEW"}]}',
        ),
        (
            INNER,
            '{"é":1,"wrap":[{"ü":"日","model":"ä"}]}'.encode(),
            '{"é":1,"wrap":[{"ü":"日","model":"NEW"}]}'.encode(),
        ),
    ],
)
def test_every_value_at_the_end_of_the_path_is_replaced(path, body, expected):
    assert replace_named(body, path, "NEW") == expected


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"model":"a"}',
        b'{"wrap":"model"}',
        b'{"wrap":[]}',
        b'{"wrap":{"x":{"model":1}}}',
        b'{"wrap":[[{"model":1}]]}',
        b'{"WRAP":{"model":1}}',
    ],
)
def test_where_nothing_is_at_the_end_the_same_body_comes_back(body):
    assert replace_named(body, INNER, "NEW") is body


@given(members, st.lists(members), values, writings)
def test_a_list_of_objects_is_the_same_but_for_its_models(outer, inner, value, write):
    inner = [{**each, "model": value} for each in inner]
    outer = {**outer, "wrap": inner}

    spliced = replace_named(write(outer).encode(), INNER, 'né"w')

    renamed = [{**each, "model": 'né"w'} for each in inner]
    assert orjson.loads(spliced) == {**outer, "wrap": renamed}


def test_lists_as_deep_as_the_parser_lets_in_are_passed_over():
    deep = b'{"x":' + b"[" * 1000 + b"]" * 1000 + b',"wrap":[{"model":'

    assert replace_named(deep + b'"a"}]}', INNER, "b") == deep + b'"b"}]}'
