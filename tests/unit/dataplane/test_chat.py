import json

import pytest

from gateway_project.dataplane import chat
from gateway_project.dataplane.errors import BadRequest

GOOD = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}


def parse(**changes):
    body = {**GOOD, **changes}
    return chat.parse(json.dumps(body).encode())


def test_unknown_fields_are_none_of_our_business():
    asked = parse(reasoning={"effort": "high"}, stream=True, max_tokens=5)

    assert (asked.model, asked.stream, asked.max_tokens) == ("m", True, 5)
    assert b'"reasoning"' in asked.body


def test_null_is_as_good_as_absent():
    asked = parse(stream=None, temperature=None, max_tokens=None, n=None)

    assert (asked.stream, asked.max_tokens) == (False, None)


def test_the_larger_of_two_token_ceilings_counts():
    assert parse(max_tokens=5, max_completion_tokens=9).max_tokens == 9


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"model": ""}, "model"),
        ({"model": None}, "model"),
        ({"model": 4}, "model"),
        ({"model": ["m"]}, "model"),
        ({"messages": []}, "messages"),
        ({"messages": None}, "messages"),
        ({"messages": "hi"}, "messages"),
        ({"messages": {"role": "user"}}, "messages"),
        ({"messages": ["hi"]}, "messages[0]"),
        ({"messages": [*GOOD["messages"], {"content": "x"}]}, "messages[1].role"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": ["user"], "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": {}}]}, "messages[0].content"),
        ({"stream": "yes"}, "stream"),
        ({"stream": 1}, "stream"),
        ({"stream_options": True}, "stream_options"),
        ({"temperature": 2.1}, "temperature"),
        ({"temperature": "hot"}, "temperature"),
        ({"temperature": True}, "temperature"),
        ({"top_p": -0.1}, "top_p"),
        ({"presence_penalty": 3}, "presence_penalty"),
        ({"frequency_penalty": -3}, "frequency_penalty"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": 1.5}, "max_tokens"),
        ({"max_tokens": True}, "max_tokens"),
        ({"max_completion_tokens": -1}, "max_completion_tokens"),
        ({"n": 0}, "n"),
    ],
)
def test_the_field_that_is_wrong_is_named(changes, param):
    with pytest.raises(BadRequest) as refused:
        parse(**changes)

    assert refused.value.param == param
    assert param in str(refused.value)


@pytest.mark.parametrize("field", ["model", "messages"])
def test_a_missing_field_is_called_missing(field):
    body = {name: value for name, value in GOOD.items() if name != field}

    with pytest.raises(BadRequest, match=f"{field} is missing") as refused:
        chat.parse(json.dumps(body).encode())

    assert refused.value.code == "missing_required_parameter"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"{", "not valid JSON"),
        (b"hello", "not valid JSON"),
        (b"[]", "must be a JSON object, not a list"),
        (b'"x"', "must be a JSON object, not a text"),
        (b"3", "must be a JSON object, not a number"),
        (b"null", "must be a JSON object, not null"),
        (b"true", "must be a JSON object, not a boolean"),
        (b'{"model": NaN}', "not valid JSON"),
        (b'{"model": "a\0b"}', "not valid JSON"),
        (b'{"model": "\xed\xa0\x80"}', "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "not valid JSON"),
    ],
)
def test_what_is_no_json_object_is_said_to_be_none(body, message):
    with pytest.raises(BadRequest, match=message):
        chat.parse(body)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (
            rb'{"model":"m","messages":[{"role":"user","content":"\ud83d"}]}',
            "messages[0].content",
        ),
        (rb'{"model":"\udc00","messages":[]}', "model"),
        (rb'{"tools":[[{"x":"ok"},"\ud800"]]}', "tools[0][1]"),
        (rb'{"\ud800":1}', "A key of the body"),
    ],
)
def test_a_lone_surrogate_is_found_where_it_stands(body, path):
    with pytest.raises(BadRequest) as refused:
        chat.parse(body)

    assert (refused.value.code, refused.value.param) == ("invalid_unicode", path)


def test_a_pair_of_surrogates_is_a_character():
    body = rb'{"model":"m","messages":[{"role":"user","content":"\ud83d\ude80"}]}'

    assert chat.parse(body).model == "m"


@pytest.mark.parametrize(
    "body",
    [
        b'{"model":"cheap","messages":[{"role":"user","content":"x"}],"model":"dear"}',
        b'{"model":"cheap","messages":[{"role":"user","content":"x"}],"mod\\u0065l":"dear"}',
    ],
)
def test_a_model_named_twice_is_refused_under_any_spelling(body):
    with pytest.raises(BadRequest) as refused:
        chat.parse(body)

    assert (refused.value.code, refused.value.param) == ("duplicate_parameter", "model")


def test_the_text_of_a_prompt_is_not_repeated_in_an_error():
    with pytest.raises(BadRequest) as refused:
        parse(messages="a secret prompt")

    assert "secret" not in refused.value.as_body().decode()
