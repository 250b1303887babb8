import json

import pytest

from gateway_project.dataplane.asks import generating, others
from gateway_project.dataplane.errors import BadRequest
from gateway_project.dataplane.parsers import ChatParser, MessageParser, ResponseParser
from providers.dialects.errors import BadField
from providers.operations import Operation

GOOD = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}


class NoPath:
    path_args = {}


def read(body, parser=ChatParser):
    return parser().parse(body, b"", NoPath)


def parse(**changes):
    body = {**GOOD, **changes}
    return read(json.dumps(body).encode())


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
        read(json.dumps(body).encode())

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
        read(body)


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
        read(body)

    assert (refused.value.code, refused.value.param) == ("invalid_unicode", path)


def test_a_pair_of_surrogates_is_a_character():
    body = rb'{"model":"m","messages":[{"role":"user","content":"\ud83d\ude80"}]}'

    assert read(body).model == "m"


@pytest.mark.parametrize(
    "body",
    [
        b'{"model":"cheap","messages":[{"role":"user","content":"x"}],"model":"dear"}',
        b'{"model":"cheap","messages":[{"role":"user","content":"x"}],"mod\\u0065l":"dear"}',
    ],
)
def test_a_model_named_twice_is_refused_under_any_spelling(body):
    with pytest.raises(BadRequest) as refused:
        read(body)

    assert (refused.value.code, refused.value.param) == ("duplicate_parameter", "model")


def test_the_text_of_a_prompt_is_not_repeated_in_an_error():
    with pytest.raises(BadRequest) as refused:
        parse(messages="a secret prompt")

    assert "secret" not in refused.value.message


def test_a_system_text_beside_the_messages_is_the_first_of_them():
    asked = parse(system="Be brief.")

    assert json.loads(asked.body) == asked.fields
    assert asked.fields == {
        **GOOD,
        "messages": [{"role": "system", "content": "Be brief."}, *GOOD["messages"]],
    }


@pytest.mark.parametrize("system", [None, ""])
def test_a_system_that_says_nothing_is_no_field_for_a_provider(system):
    asked = parse(system=system)

    assert b'"system":' not in asked.body


def test_a_body_without_that_field_goes_on_as_it_came():
    body = b'{ "model":"m" ,"messages":[{"role":"user","content":"hi"}], "x" : 1e400 }'

    with pytest.raises(BadRequest):
        read(body)
    body = body.replace(b"1e400", b"1.10")
    assert read(body).body is body


def test_a_moderation_without_a_model_is_for_the_default_one():
    asked = others.moderation(b'{ "input": "x" }')

    assert asked.model == "omni-moderation-latest"
    assert json.loads(asked.body) == {"model": asked.model, "input": "x"}


@pytest.mark.parametrize(
    ("fields", "ceiling", "name"),
    [
        ({}, None, "generationConfig.maxOutputTokens"),
        ({"generationConfig": {}}, None, "generationConfig.maxOutputTokens"),
        (
            {"generationConfig": {"maxOutputTokens": 7}},
            7,
            "generationConfig.maxOutputTokens",
        ),
        (
            {"generation_config": {"max_output_tokens": 9}},
            9,
            "generation_config.max_output_tokens",
        ),
    ],
)
def test_geminis_ceiling_is_found_in_either_spelling(fields, ceiling, name):
    body = json.dumps({"contents": [{"parts": [{"text": "hi"}]}], **fields}).encode()

    asked = generating.generate(body, "g", stream=False)

    assert (asked.max_tokens, asked.max_tokens_name) == (ceiling, name)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "contents"),
        ({"contents": []}, "contents"),
        ({"contents": 3}, "contents"),
        ({"contents": "x", "generationConfig": 3}, "generationConfig"),
        (
            {"contents": "x", "generationConfig": {}, "generation_config": {}},
            "generation_config",
        ),
        (
            {"contents": "x", "systemInstruction": "a", "system_instruction": "b"},
            "system_instruction",
        ),
        (
            {"contents": "x", "generationConfig": {"maxOutputTokens": "7"}},
            "generationConfig.maxOutputTokens",
        ),
    ],
)
def test_what_is_wrong_in_geminis_dialect_is_named(fields, field):
    with pytest.raises(BadField) as wrong:
        generating.generate(json.dumps(fields).encode(), "g", stream=False)

    assert wrong.value.field == field


@pytest.mark.parametrize(
    ("parser", "fields", "param"),
    [
        (MessageParser, {"model": "m", "max_tokens": 1}, "messages"),
        (MessageParser, {**GOOD}, "max_tokens"),
        (MessageParser, {**GOOD, "max_tokens": 0}, "max_tokens"),
        (MessageParser, {**GOOD, "max_tokens": 1, "temperature": 1.5}, "temperature"),
        (ResponseParser, {"model": "m", "input": 4}, "input"),
        (ResponseParser, {"model": "m", "input": "x", "stream": "y"}, "stream"),
        (ResponseParser, {"input": "x"}, "model"),
        (
            ResponseParser,
            {"model": "m", "previous_response_id": 7},
            "previous_response_id",
        ),
    ],
)
def test_other_dialects_name_their_fields_too(parser, fields, param):
    with pytest.raises(BadRequest) as refused:
        read(json.dumps(fields).encode(), parser)

    assert refused.value.param == param


def test_an_operation_is_known_by_its_parser():
    asked = read(json.dumps({**GOOD, "max_tokens": 3}).encode(), MessageParser)

    assert (asked.operation, asked.max_tokens) == (Operation.MESSAGES, 3)


@pytest.mark.parametrize(
    "config",
    [
        b'{"maxOutputTokens":9999,"maxOutputTokens":1}',
        b'{"maxOutputTokens":1,"maxOutputToken\\u0073":9999}',
        b'{"max_output_tokens":9999,"max_output_tokens":1}',
        b'{"maxOutputTokens":1,"MaxOutputTokens":9999}',
    ],
)
@pytest.mark.parametrize("name", [b"generationConfig", b"generation_config"])
def test_the_ceiling_inside_a_config_is_given_once(name, config):
    body = b'{"contents":"x","%b":%b}' % (name, config)

    with pytest.raises(
        BadRequest, match=r"max_?[Oo]utput_?[Tt]okens occurs"
    ) as refused:
        generating.generate(body, "g", stream=False)

    assert refused.value.code == "duplicate_parameter"


def test_a_property_named_like_the_ceiling_is_none():
    named = {"properties": {"maxOutputTokens": {"type": "INTEGER"}}}
    body = {
        "contents": "x",
        "tools": [{"functionDeclarations": [{"name": "f", "parameters": named}]}],
        "generationConfig": {"maxOutputTokens": 7, "responseSchema": named},
    }

    asked = generating.generate(json.dumps(body).encode(), "g", stream=False)

    assert asked.max_tokens == 7
