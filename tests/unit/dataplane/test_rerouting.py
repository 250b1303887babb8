"""A key may use the models it is permitted, and a body leads to no other."""

import json

import pytest

from gateway_project.dataplane import parsers
from gateway_project.dataplane.asks import rerouting
from gateway_project.dataplane.errors import BadRequest
from tests.architecture.dialects_doc import DOCUMENT

CHAT = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
BODIES = {
    parsers.ChatParser: CHAT,
    parsers.CompletionParser: {"model": "m", "prompt": "hi"},
    parsers.ResponseParser: {"model": "m", "input": "hi"},
    parsers.MessageParser: {**CHAT, "max_tokens": 5},
    parsers.EmbeddingParser: {"model": "m", "input": "hi"},
    parsers.ModerationParser: {"input": "hi"},
    parsers.ImageParser: {"model": "m", "prompt": "hi"},
    parsers.SpeechParser: {"model": "m", "input": "hi"},
    parsers.RerankParser: {"model": "m", "query": "hi", "documents": ["a"]},
}
FIELDS = {
    "models": ["other"],
    "fallbacks": [{"model": "other"}],
    "route": "fallback",
    "preset": "other",
    "providerOptions": {"gateway": {"models": ["other"]}},
    "context_window_fallbacks": [{"m": ["other"]}],
    "context_window_fallback_dict": {"m": "other"},
    "content_policy_fallbacks": [{"m": ["other"]}],
    "model_list": [{"model_name": "m"}],
    "user_config": {"model_list": []},
    "extra_body": {"model": "other"},
}


class Path:
    path_args = {}


def read(parser, body):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return parser().parse(raw, b"", Path)


@pytest.mark.parametrize("parser", BODIES, ids=lambda each: each.__name__)
@pytest.mark.parametrize(("name", "value"), FIELDS.items())
def test_a_field_that_leads_to_other_models_is_refused_by_its_name(parser, name, value):
    read(parser, BODIES[parser])
    with pytest.raises(BadRequest, match=rf"^{name} asks") as refused:
        read(parser, {**BODIES[parser], name: value})

    assert refused.value.param == name
    assert refused.value.code == "unsupported_parameter"


@pytest.mark.parametrize("value", [None, [], {}, ""])
def test_such_a_field_that_is_empty_passes(value):
    assert read(parsers.ChatParser, {**CHAT, "models": value}).model == "m"


@pytest.mark.parametrize("spelt", ["Models", "MODELS", "mod\\u0065ls"])
def test_it_is_found_in_every_spelling(spelt):
    body = json.dumps(CHAT).encode()[:-1] + b',"%b":["other"]}' % spelt.encode()

    with pytest.raises(BadRequest, match=r"^models asks"):
        read(parsers.ChatParser, body)


def test_an_empty_one_hides_no_other():
    body = json.dumps(CHAT).encode()[:-1] + b',"models":["other"],"models":[]}'

    with pytest.raises(BadRequest, match="models occurs more than once"):
        read(parsers.ChatParser, body)


@pytest.mark.parametrize(
    ("what", "item"),
    [
        ("tools", {"type": "image_generation", "model": "other"}),
        ("tools", {"type": "advisor_20260301", "name": "advisor", "model": "other"}),
        ("tools", {"type": "openrouter:fusion"}),
        (
            "tools",
            {"type": "openrouter:image_generation", "parameters": {"model": "o"}},
        ),
        ("plugins", {"id": "fusion"}),
        ("plugins", {"id": "auto-router", "allowed_models": ["*"]}),
        ("plugins", {"id": "web", "model": "other"}),
    ],
)
def test_a_tool_that_asks_another_model_is_refused_by_its_place(what, item):
    harmless = {"type": "web_search"}

    read(parsers.ResponseParser, {"model": "m", "input": "x", what: [harmless]})
    with pytest.raises(BadRequest) as refused:
        read(
            parsers.ResponseParser,
            {"model": "m", "input": "x", what: [harmless, item]},
        )

    assert refused.value.param == f"{what}[1]"


def test_a_function_whose_argument_is_a_model_is_a_function():
    schema = {"type": "object", "properties": {"model": {"type": "string"}}}
    tools = [
        {"type": "function", "name": "f", "parameters": {**schema, "model": {}}},
        {"type": "function", "function": {"name": "model", "parameters": schema}},
        {"name": "g", "input_schema": schema},
    ]

    assert read(parsers.ChatParser, {**CHAT, "tools": tools}).fields["tools"] == tools


@pytest.mark.parametrize("name", ["fallbacks", "fallbacks[]", "Models[0]"])
def test_a_form_leads_to_no_other_model_either(name):
    fields = {"model": "m", name: "other"}
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    file = '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n1\r\n--x--\r\n'
    body = "".join((*parts, file)).encode()

    with pytest.raises(BadRequest, match="asks for another model"):
        parsers.TranscriptionParser().parse(
            body, b"multipart/form-data; boundary=x", Path
        )


def test_every_field_that_is_refused_is_tried_here_and_told_to_integrators():
    assert FIELDS.keys() == rerouting.FIELDS | rerouting.HOLDERS
    assert {name for name in FIELDS if f"`{name}`" not in DOCUMENT} == set()


@pytest.mark.parametrize(
    "field",
    [
        {"extra_body": {"google": {"thinking_config": {"include_thoughts": True}}}},
        {"providerOptions": {"openai": {"store": False}}},
        {"extra_body": []},
    ],
)
def test_settings_that_name_no_model_pass(field):
    body = {**CHAT, **field}

    assert json.loads(read(parsers.ChatParser, json.dumps(body).encode()).body) == body


@pytest.mark.parametrize(
    "field",
    [
        {"extra_body": {"deep": [{"Model": "other"}]}},
        {"providerOptions": {"gateway": {"order": ["x"], "models": []}}},
    ],
)
def test_settings_that_name_one_anywhere_do_not(field):
    with pytest.raises(BadRequest, match="asks for another model"):
        read(parsers.ChatParser, json.dumps({**CHAT, **field}).encode())
