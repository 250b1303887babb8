"""What a body may hold at most: reading it happens before the limits, and uncharged."""

import json

import pytest

from gateway_project.dataplane import parsers
from gateway_project.dataplane.errors import BadRequest

CHAT = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
MESSAGE = {**CHAT, "max_tokens": 5}
RESPONSE = {"model": "m", "input": "hi"}
CONTENTS = {"contents": [{"parts": [{"text": "hi"}]}]}
FUNCTION = {"name": "f"}


class Path:
    path_args = {"model": "m"}


def read(parser, body):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return parser().parse(raw, b"", Path)


@pytest.mark.parametrize(
    ("parser", "body", "name", "most"),
    [
        (parsers.ChatParser, CHAT, "messages", 10_000),
        (parsers.ChatParser, CHAT, "tools", 1_000),
        (parsers.ChatParser, CHAT, "functions", 1_000),
        (parsers.MessageParser, MESSAGE, "messages", 10_000),
        (parsers.MessageParser, MESSAGE, "tools", 1_000),
        (parsers.MessageCountParser, CHAT, "messages", 10_000),
        (parsers.MessageCountParser, CHAT, "tools", 1_000),
        (parsers.ResponseParser, RESPONSE, "input", 10_000),
        (parsers.ResponseParser, RESPONSE, "tools", 1_000),
        (parsers.GenerateParser, CONTENTS, "contents", 10_000),
        (parsers.GenerateParser, CONTENTS, "tools", 1_000),
        (parsers.GenerateCountParser, CONTENTS, "contents", 10_000),
        (parsers.GeminiEmbedBatchParser, {}, "requests", 10_000),
    ],
)
def test_a_list_that_is_too_long_is_refused_by_its_name(parser, body, name, most):
    item = CHAT["messages"][0]

    read(parser, {**body, name: [item] * most})
    with pytest.raises(
        BadRequest, match=f"{name} holds {most + 1} items.* {most} at most"
    ) as refused:
        read(parser, {**body, name: [item] * (most + 1)})

    assert (refused.value.status, refused.value.param) == (400, name)


def test_functions_are_counted_in_all_tools_of_gemini():
    declared = [{"functionDeclarations": [FUNCTION] * 500}] * 2

    read(parsers.GenerateParser, {**CONTENTS, "tools": declared})
    with pytest.raises(BadRequest, match="functionDeclarations") as refused:
        read(
            parsers.GenerateParser,
            {**CONTENTS, "tools": [*declared, {"function_declarations": [FUNCTION]}]},
        )

    assert refused.value.param == "tools"


@pytest.mark.parametrize(
    "junk",
    [
        b",".join(b'"%d":0' % at for at in range(1001)),
        b'"model":"m",' + b",".join(b'"%d":0' % at for at in range(1000)),
    ],
)
def test_a_body_of_more_than_a_thousand_fields_is_refused(junk):
    with pytest.raises(BadRequest, match="more than 1000 fields") as refused:
        read(parsers.ChatParser, b"{" + junk + b"}")

    assert (refused.value.status, refused.value.code) == (400, "too_many_values")


@pytest.mark.parametrize(
    ("parser", "most"),
    [
        (parsers.ChatParser, 200_000),
        (parsers.ResponseParser, 200_000),
        (parsers.MessageParser, 200_000),
        (parsers.GenerateParser, 200_000),
        (parsers.GenerateCountParser, 200_000),
        (parsers.GeminiEmbedParser, 200_000),
        (parsers.ModerationParser, 200_000),
        (parsers.RerankParser, 200_000),
        (parsers.CompletionParser, 2_000_000),
        (parsers.EmbeddingParser, 2_000_000),
    ],
)
@pytest.mark.parametrize("value", [b"10", b'""', b"[]", b"[[]]", b'{"a":{"b":1}}'])
def test_a_body_of_too_many_values_is_refused_before_it_is_parsed(parser, most, value):
    body = b'{"x":[' + b",".join([value] * (most + 1)) + b"]}"

    with pytest.raises(BadRequest, match=f"more than {most} values") as refused:
        read(parser, body)

    assert (refused.value.status, refused.value.code) == (400, "too_many_values")


def test_the_longest_batch_of_tokens_openai_embeds_is_read():
    tokens = [[1234] * 150] * 2000

    asked = read(parsers.EmbeddingParser, {"model": "m", "input": tokens})

    assert asked.fields["input"] == tokens


def test_texts_full_of_what_looks_like_values_are_texts():
    text = ",[{" * 200_000 + '","' * 200_000

    asked = read(
        parsers.ChatParser, {**CHAT, "messages": [{"role": "user", "content": text}]}
    )

    assert asked.fields["messages"][0]["content"] == text


def test_fields_that_are_repeated_without_end_are_not_all_looked_at():
    repeated = b",".join([b'"x":0'] * 2000)
    nested = b'"y":{"model":"n"}'

    with pytest.raises(BadRequest, match="more than 1000 fields"):
        read(parsers.ChatParser, b'{"model":"m",%b,%b}' % (nested, repeated))
