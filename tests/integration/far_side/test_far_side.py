"""The far side is what other tests believe: here is what they may rely on."""

import json
import time

import openai
import pytest
import requests

from providers.dialects.grammars import grammatical
from tests.far_side import standing

pytestmark = pytest.mark.enable_socket

SAID = "The far side heard: hello there Ça va, 日本 🚀?"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
HELLO = "hello there"
KEYS = {
    "authorization": "Bearer sk-far",
    "x-api-key": "sk-far",
    "anthropic-version": "2023-06-01",
    "x-goog-api-key": "sk-far",
}
ENDPOINTS = ["chat", "responses", "messages", "generate"]


@pytest.fixture(scope="module")
def far():
    with standing() as far:
        yield far


def asked(far, endpoint, model="far", text=HELLO, *, tools=False, stream=False):
    """Ask in the endpoint's own words; return the HTTP response, read as it comes."""
    tool = {"name": "weather"}
    match endpoint:
        case "chat":
            url, body = f"{far.openai}/chat/completions", {"model": model}
            body["messages"] = [{"role": "user", "content": text}]
            body["stream_options"] = {"include_usage": True}
            function = {**tool, "parameters": SCHEMA}
            tools_said = [{"type": "function", "function": function}]
        case "responses":
            url, body = f"{far.openai}/responses", {"model": model, "input": text}
            tools_said = [{"type": "function", **tool, "parameters": SCHEMA}]
        case "messages":
            url, body = f"{far.anthropic}/v1/messages", {"model": model}
            body["messages"] = [{"role": "user", "content": text}]
            body["max_tokens"] = 100
            tools_said = [{**tool, "input_schema": SCHEMA}]
        case _:
            how = "streamGenerateContent?alt=sse" if stream else "generateContent"
            url = f"{far.gemini}/v1beta/models/{model}:{how}"
            body = {"contents": [{"role": "user", "parts": [{"text": text}]}]}
            declared = [{**tool, "parameters": SCHEMA}]
            tools_said = [{"functionDeclarations": declared}]
    if stream and endpoint != "generate":
        body["stream"] = True
    if tools:
        body["tools"] = tools_said
    return requests.post(url, json=body, headers=KEYS, stream=True, timeout=10)


def events(response):
    assert response.status_code == 200
    lines = response.content.decode().splitlines()
    data = [line[6:] for line in lines if line.startswith("data: ")]
    return [json.loads(each) for each in data if each != "[DONE]"]


def client(far):
    return openai.OpenAI(base_url=far.openai, api_key="sk-far", max_retries=0)


def test_it_remembers_what_it_was_sent(far):
    far.forget()

    asked(far, "chat", text="remember me")

    assert (far.last.method, far.last.path) == ("POST", "/openai/v1/chat/completions")
    assert far.last.headers["authorization"] == "Bearer sk-far"
    assert far.last.json["messages"] == [{"role": "user", "content": "remember me"}]
    assert len(far.requests) == 1


def test_the_official_client_is_answered(far):
    plain = client(far).chat.completions.create(
        model="far", messages=[{"role": "user", "content": HELLO}]
    )
    with client(far).chat.completions.stream(
        model="far",
        messages=[{"role": "user", "content": HELLO}],
        stream_options={"include_usage": True},
    ) as stream:
        streamed = stream.get_final_completion()

    assert plain.choices[0].message.content == SAID
    assert streamed.choices[0].message.content == SAID
    assert streamed.usage == plain.usage
    assert (plain.usage.prompt_tokens, plain.usage.completion_tokens) == (2, 10)


def test_the_official_client_is_answered_with_a_response(far):
    plain = client(far).responses.create(
        model="far", input=HELLO, reasoning={"effort": "low"}
    )
    with client(far).responses.stream(
        model="far", input=HELLO, reasoning={"effort": "low"}
    ) as stream:
        streamed = stream.get_final_response()

    assert plain.output_text == streamed.output_text == SAID
    assert [item.type for item in plain.output] == ["reasoning", "message"]
    assert streamed.usage == plain.usage


def test_the_official_client_gets_vectors(far):
    found = client(far).embeddings.create(model="far", input=["a", "b"], dimensions=3)

    assert [len(each.embedding) for each in found.data] == [3, 3]


def test_text_comes_plain_and_streamed_in_every_dialect(far):
    plain = {name: asked(far, name).json() for name in ENDPOINTS}
    told = {name: events(asked(far, name, stream=True)) for name in ENDPOINTS}

    assert plain["chat"]["choices"][0]["message"]["content"] == SAID
    assert plain["responses"]["output"][0]["content"][0]["text"] == SAID
    assert plain["messages"]["content"] == [{"type": "text", "text": SAID}]
    candidate = plain["generate"]["candidates"][0]
    assert candidate["content"]["parts"] == [{"text": SAID}]
    deltas = {
        "chat": [
            choice["delta"].get("content", "")
            for each in told["chat"]
            for choice in each["choices"]
        ],
        "responses": [
            each["delta"]
            for each in told["responses"]
            if each["type"] == "response.output_text.delta"
        ],
        "messages": [
            each["delta"]["text"]
            for each in told["messages"]
            if each["type"] == "content_block_delta"
        ],
        "generate": [
            each["candidates"][0]["content"]["parts"][0]["text"]
            for each in told["generate"]
        ],
    }
    assert {"".join(parts) for parts in deltas.values()} == {SAID}


def test_what_streams_say_of_usage_is_what_plain_answers_say(far):
    plain = {name: asked(far, name).json() for name in ENDPOINTS}
    told = {name: events(asked(far, name, stream=True)) for name in ENDPOINTS}

    assert told["chat"][-1]["usage"] == plain["chat"]["usage"]
    assert told["responses"][-1]["response"] == plain["responses"]
    assert told["messages"][-2]["usage"] == plain["messages"]["usage"]
    assert told["generate"][-1]["usageMetadata"] == plain["generate"]["usageMetadata"]


def test_tools_are_called_in_every_dialect(far):
    answers = {name: asked(far, name, tools=True).json() for name in ENDPOINTS}

    [call] = answers["chat"]["choices"][0]["message"]["tool_calls"]
    [item] = answers["responses"]["output"]
    block = answers["messages"]["content"][-1]
    part = answers["generate"]["candidates"][0]["content"]["parts"][0]
    assert [
        json.loads(call["function"]["arguments"]),
        json.loads(item["arguments"]),
        block["input"],
        part["functionCall"]["args"],
    ] == [{"city": "Zürich"}] * 4
    assert answers["chat"]["choices"][0]["finish_reason"] == "tool_calls"
    assert answers["messages"]["stop_reason"] == "tool_use"
    assert part["thoughtSignature"]


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("status", [400, 429, 500, 529])
def test_a_name_can_order_a_status(far, endpoint, status):
    answer = asked(far, endpoint, f"status-{status}", stream=True)

    assert answer.status_code == status
    assert "error" in answer.json()
    assert ("retry-after" in answer.headers) == (status in (429, 529))


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_name_can_order_a_cut(far, endpoint):
    answer = asked(far, endpoint, "far--cut-after-2", stream=True)

    with pytest.raises(requests.RequestException):
        _ = answer.content


@pytest.mark.parametrize(
    ("endpoint", "error"),
    [
        ("chat", "server_error"),
        ("responses", "server_error"),
        ("messages", "overloaded_error"),
        ("generate", "UNAVAILABLE"),
    ],
)
def test_a_name_can_order_an_error_in_the_stream(far, endpoint, error):
    told = events(asked(far, endpoint, "far--error-after-2", stream=True))

    assert len(told) == 3
    assert error in json.dumps(told[-1])


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_name_can_order_an_early_end(far, endpoint):
    assert len(events(asked(far, endpoint, "far--stop-after-2", stream=True))) == 2


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("stream", [False, True])
def test_a_name_can_order_silence_about_usage(far, endpoint, stream):
    answer = asked(far, endpoint, "far--no-usage", stream=stream)

    assert b'"usage' not in answer.content


@pytest.mark.parametrize("stream", [False, True])
def test_a_name_can_order_slowness(far, stream):
    started = time.monotonic()

    answer = asked(far, "chat", "far--slow-50", stream=stream)

    events_told = len(events(answer)) if stream else 1
    assert time.monotonic() - started >= 0.05 * events_told


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/openai/v1/chat/completions", {"model": "m", "messages": [], "max": 1}),
        (
            "/openai/v1/chat/completions",
            {
                "model": "m",
                "messages": [{"role": "tool", "tool_call_id": "x", "content": ""}],
            },
        ),
        ("/openai/v1/responses", {"model": "m", "input": "a", "messages": []}),
        ("/anthropic/v1/messages", {"model": "m", "messages": []}),
        (
            "/anthropic/v1/messages",
            {
                "model": "m",
                "max_tokens": 9,
                "messages": [
                    {
                        "role": "assistant",
                        "content": [
                            {"type": "thinking", "thinking": "x", "signature": "y"}
                        ],
                    }
                ],
            },
        ),
        ("/gemini/v1beta/models/m:generateContent", {"contents": [], "model_": "m"}),
        (
            "/gemini/v1beta/models/m:generateContent",
            {
                "contents": [
                    {"role": "model", "parts": [{"functionCall": {"name": "f"}}]}
                ]
            },
        ),
        (
            "/gemini/v1beta/models/m:generateContent",
            {"contents": [{"parts": [{"text": "a", "thoughtSignature": "b"}]}]},
        ),
    ],
)
def test_what_the_real_ones_refuse_is_refused(far, path, body):
    far.forget()

    answer = requests.post(far.url + path, json=body, headers=KEYS, timeout=10)

    assert answer.status_code == 400
    assert len(far.refusals) == 1


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_nobody_is_answered_without_a_credential(far, endpoint, monkeypatch):
    monkeypatch.setitem(globals(), "KEYS", {})

    assert asked(far, endpoint).status_code in (401, 403)


def test_counting_is_what_an_answer_says_it_was(far):
    body = {"model": "far", "messages": [{"role": "user", "content": HELLO}]}
    counted = requests.post(
        f"{far.anthropic}/v1/messages/count_tokens",
        json=body,
        headers=KEYS,
        timeout=10,
    )
    contents = {"contents": [{"parts": [{"text": HELLO}]}]}
    google = requests.post(
        f"{far.gemini}/v1beta/models/far:countTokens",
        json=contents,
        headers=KEYS,
        timeout=10,
    )

    assert counted.json() == {"input_tokens": 2}
    assert google.json()["totalTokens"] == 2


def test_gemini_embeds_a_batch(far):
    request = {"model": "models/far", "content": {"parts": [{"text": "a"}]}}
    answer = requests.post(
        f"{far.gemini}/v1beta/models/far:batchEmbedContents",
        json={"requests": [request, {**request, "outputDimensionality": 3}]},
        headers=KEYS,
        timeout=10,
    )

    sizes = [len(each["values"]) for each in answer.json()["embeddings"]]
    assert sizes == [8, 3]


@pytest.mark.parametrize("alphabet", [("", ""), ("+/", "-_")])
def test_google_takes_either_spelling_and_either_base64(far, alphabet):
    url = f"{far.gemini}/v1beta/models/far:generateContent"
    tools = [
        {"function_declarations": [{"name": "f", "parameters_json_schema": SCHEMA}]}
    ]
    said = {"role": "user", "parts": [{"text": HELLO}]}
    asked = {"contents": [said], "tools": tools}
    answer = requests.post(url, json=asked, headers=KEYS, timeout=10)
    [part] = answer.json()["candidates"][0]["content"]["parts"]
    signature = part["thoughtSignature"].translate(str.maketrans(*alphabet))
    back = [{"function_call": part["functionCall"], "thought_signature": signature}]
    result = [{"function_response": {"name": "f", "response": {"snake_case": 1}}}]

    turns = [said, {"role": "model", "parts": back}, {"role": "user", "parts": result}]
    config = {"thinking_config": {"include_thoughts": True}}
    more = {"contents": turns, "tools": tools, "generation_config": config}
    answer = requests.post(url, json=more, headers=KEYS, timeout=10)

    thought, text = answer.json()["candidates"][0]["content"]["parts"]
    assert thought["thought"] is True
    assert '{"snake_case": 1}' in text["text"]


def held(far, provider, schema, *, strict_tool=False):
    """Ask for an answer, or arguments, by a schema; return the HTTP response."""
    text = "hello there"
    if provider == "anthropic":
        url = f"{far.anthropic}/v1/messages"
        said = {"messages": [{"role": "user", "content": text}]}
        body = {"model": "far", "max_tokens": 100, **said}
        tool = {"name": "f", "strict": True, "input_schema": schema}
        form = {"type": "json_schema", "schema": schema}
        more = {"tools": [tool]} if strict_tool else {"output_config": {"format": form}}
    else:
        url = f"{far.bedrock}/model/far/converse"
        body = {"messages": [{"role": "user", "content": [{"text": text}]}]}
        spec = {"name": "f", "strict": True, "inputSchema": {"json": schema}}
        form = {"type": "json_schema", "structure": {"jsonSchema": {}}}
        form["structure"]["jsonSchema"]["schema"] = json.dumps(schema)
        config = {"tools": [{"toolSpec": spec}]}
        output = {"outputConfig": {"textFormat": form}}
        more = {"toolConfig": config} if strict_tool else output
    return requests.post(url, json={**body, **more}, headers=KEYS, timeout=10)


def with_field(schema):
    fields = {"type": "object", "properties": {"a": schema}}
    return {**fields, "additionalProperties": False}


@pytest.mark.parametrize("strict_tool", [False, True], ids=["output", "tool"])
@pytest.mark.parametrize("provider", ["anthropic", "bedrock"])
@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (
            {"type": "integer", "minimum": 1, "maximum": 3},
            "For 'integer' type, properties maximum, minimum are not supported",
        ),
        (
            {"type": "string", "minLength": 1},
            "For 'string' type, property 'minLength' is not supported",
        ),
        ({"type": "string", "pattern": "(?=a)b"}, "Invalid regex in pattern field"),
        ({"type": "string", "format": "int64"}, "format 'int64' is not supported"),
        ({"type": "array", "minItems": 2}, "values other than 0 or 1"),
        ({"type": "array", "maxItems": 2}, "property 'maxItems' is not supported"),
        ({"oneOf": [{"type": "null"}]}, "Schema type 'oneOf' is not supported"),
        ({"enum": [[]]}, "Complex types within enums are not supported"),
        ({"type": "object"}, "'additionalProperties' must be explicitly set to false"),
        ({"$ref": "#"}, "Too many recursive definitions in schema"),
        ({"$ref": "https://a.b"}, "External $ref is not supported"),
    ],
)
def test_a_schema_no_grammar_knows_is_refused(
    far, provider, schema, message, strict_tool
):
    refused = held(far, provider, with_field(schema), strict_tool=strict_tool)

    assert refused.status_code == 400
    assert message in refused.text


@pytest.mark.parametrize("strict_tool", [False, True], ids=["output", "tool"])
@pytest.mark.parametrize("provider", ["anthropic", "bedrock"])
def test_a_schema_put_into_the_words_of_a_grammar_is_taken(far, provider, strict_tool):
    said = {
        "$defs": {"Age": {"type": "integer", "minimum": 1, "description": "Years."}},
        "type": "object",
        "properties": {
            "age": {"$ref": "#/$defs/Age", "description": "Whose?"},
            "pets": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
            "home": {"oneOf": [SCHEMA, {"type": "null"}], "discriminator": {}},
            "mail": {"type": "string", "format": "idn-email", "pattern": "(?=a)"},
        },
    }

    told = held(far, provider, grammatical(said), strict_tool=strict_tool)

    assert told.status_code == 200
    assert held(far, provider, said, strict_tool=strict_tool).status_code == 400


SIGNED = (
    "AWS4-HMAC-SHA256 Credential=AKIAFARSIDEFARSIDE00/20261121/us-east-1/bedrock/aws4_request,"
    f" SignedHeaders=host;x-amz-date, Signature={'0' * 64}"
)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"authorization": SIGNED, "x-amz-date": "20261121T120000Z"}, 403),
        ({"authorization": "Bearer sk-far"}, 200),
    ],
)
def test_bedrock_is_asked_with_a_signature_or_a_key(far, headers, status):
    content = [{"text": HELLO}]

    answer = requests.post(
        f"{far.bedrock}/model/amazon.far-v1%3A0/converse",
        json={"messages": [{"role": "user", "content": content}]},
        headers=headers,
        timeout=10,
    )

    assert answer.status_code == status
