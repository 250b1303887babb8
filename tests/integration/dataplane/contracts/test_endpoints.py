"""What the endpoints answer beside conversations, and what the mock answers to them all."""

import json

import pytest
from urllib3.filepost import encode_multipart_formdata

from providers.adapters.mock import MockTransport
from tests.contracts import anthropic, gemini, openai
from tests.world import NOON, Upstream

from .callers import CALLERS, data_of

EMBEDDINGS = "CreateEmbeddingResponse"
MODERATIONS = "CreateModerationResponse"
TRANSCRIPT = "CreateTranscriptionResponse"
PICTURE = [{"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}}]
JSON = [
    ("embeddings", {"input": "hi"}, EMBEDDINGS),
    ("embeddings", {"input": ["a", "b"], "dimensions": 4}, EMBEDDINGS),
    ("embeddings", {"input": [[1, 2], [3]]}, EMBEDDINGS),
    ("moderations", {"input": "some violence"}, MODERATIONS),
    ("moderations", {"input": ["a", "b"]}, MODERATIONS),
    ("moderations", {"input": PICTURE}, MODERATIONS),
    ("images/generations", {"prompt": "a cat"}, "ImagesResponse"),
    (
        "images/generations",
        {"prompt": "a cat", "n": 2, "response_format": "url"},
        "ImagesResponse",
    ),
    ("completions", {"prompt": "hi", "max_tokens": 2}, "CreateCompletionResponse"),
    ("completions", {"prompt": ["a", "b"], "n": 2}, "CreateCompletionResponse"),
]
FORMS = [
    ("images/edits", {"prompt": "a cat"}, "image", "ImagesResponse"),
    ("audio/transcriptions", {}, "file", f"{TRANSCRIPT}Json"),
    (
        "audio/transcriptions",
        {"response_format": "verbose_json"},
        "file",
        f"{TRANSCRIPT}VerboseJson",
    ),
    ("audio/translations", {}, "file", "CreateTranslationResponseJson"),
    (
        "audio/translations",
        {"response_format": "verbose_json"},
        "file",
        "CreateTranslationResponseVerboseJson",
    ),
]
PLAIN = [
    ("audio/transcriptions", "text", "text/plain; charset=utf-8"),
    ("audio/transcriptions", "srt", "text/plain; charset=utf-8"),
    ("audio/translations", "vtt", "text/plain; charset=utf-8"),
]
WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}
DECLARED = {"name": "weather", "description": "Tells it.", "parameters": WEATHER}
# How each is asked to call a function.
CALLING = {
    "chat": {
        "tools": [{"type": "function", "function": DECLARED}],
        "tool_choice": "required",
    },
    "responses": {
        "tools": [{"type": "function", **DECLARED}],
        "tool_choice": "required",
    },
    "messages": {
        "tools": [{"name": "weather", "input_schema": WEATHER}],
        "tool_choice": {"type": "any"},
    },
    "generate": {
        "tools": [{"functionDeclarations": [DECLARED]}],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY"}},
    },
}
CALLED = [caller for caller in CALLERS if caller.name.split()[0] in CALLING]
ECHOED = {
    "instructions": "Be brief.",
    "max_output_tokens": 900,
    "metadata": {"a": "b"},
    "parallel_tool_calls": False,
    "prompt_cache_key": "k",
    "reasoning": {"effort": "low"},
    "safety_identifier": "s",
    "temperature": 0.5,
    "text": {
        "format": {
            "type": "json_schema",
            "name": "weather",
            "schema": WEATHER,
            "strict": True,
        },
        "verbosity": "medium",
    },
    "tool_choice": {"type": "function", "name": "weather"},
    "tools": [{"type": "function", **DECLARED}],
    "top_p": 0.5,
    "user": "u",
}


@pytest.fixture
async def mock(make_world):
    return await make_world(MockTransport(clock=lambda: NOON), kind="MOCK")


def asked(path: str) -> str:
    return f"/v1/{path}"


@pytest.mark.parametrize(("path", "body", "schema"), JSON)
async def test_what_is_asked_in_json(mock, path, body, schema):
    response = await mock.ask({"model": "fast", **body}, path=asked(path))

    assert response.status == 200, response.body
    openai.check(schema, response.json)


@pytest.mark.parametrize(("path", "fields", "file", "schema"), FORMS)
async def test_what_is_asked_in_a_form(mock, path, fields, file, schema):
    response = await ask_form(mock, path, file, **fields)

    assert response.status == 200, response.body
    openai.check(schema, response.json)


@pytest.mark.parametrize(("path", "form", "content_type"), PLAIN)
async def test_what_is_said_in_plain_text(mock, path, form, content_type):
    response = await ask_form(mock, path, "file", response_format=form)

    assert (response.status, response.headers["content-type"]) == (200, content_type)


@pytest.mark.parametrize("form", ["wav", "pcm"])
async def test_speech_is_sound_of_the_kind_asked_for(mock, form):
    body = {"model": "fast", "input": "hi", "voice": "alloy", "response_format": form}

    response = await mock.ask(body, path="/v1/audio/speech")

    assert response.status == 200
    assert response.headers["content-type"] == f"audio/{form}"


@pytest.mark.parametrize(
    ("path", "body", "union"),
    [
        (
            "images/generations",
            {"prompt": "a cat", "stream": True},
            "ImageGenStreamEvent",
        ),
        (
            "audio/speech",
            {"input": "hi", "voice": "alloy", "stream_format": "sse"},
            "CreateSpeechResponseStreamEvent",
        ),
    ],
)
async def test_every_event_of_a_stream_asked_for_in_json(mock, path, body, union):
    response = await mock.ask({"model": "fast", **body}, path=asked(path))

    check_events(response, union)


@pytest.mark.parametrize(
    ("path", "fields", "file", "union"),
    [
        ("images/edits", {"prompt": "a cat"}, "image", "ImageEditStreamEvent"),
        ("audio/transcriptions", {}, "file", f"{TRANSCRIPT}StreamEvent"),
    ],
)
async def test_every_event_of_a_stream_asked_for_in_a_form(
    mock, path, fields, file, union
):
    response = await ask_form(mock, path, file, stream="true", **fields)

    check_events(response, union)


@pytest.mark.parametrize("caller", CALLERS, ids=str)
async def test_what_the_mock_says(mock, caller):
    await caller.ask(mock)


@pytest.mark.parametrize("caller", CALLED, ids=str)
async def test_calls_the_mock_makes(mock, caller):
    await caller.ask(mock, **CALLING[caller.name.split()[0]])


@pytest.mark.parametrize(
    "caller", [each for each in CALLERS if each.name.startswith("responses")], ids=str
)
async def test_a_response_repeats_its_request_as_openai_does(mock, caller):
    await caller.ask(mock, **ECHOED)


async def test_a_socket_is_warmed_up_with_a_response_too(mock):
    [socket] = [each for each in CALLERS if each.name == "responses socket"]

    frames = await socket.ask(mock, generate=False)

    assert [each["type"] for each in frames][-1] == "response.completed"


async def test_embeddings_made_by_gemini(make_world):
    upstream = Upstream([b'{"embeddings":[{"values":[1,0.5]},{"values":[2,3]}]}'])
    world = await make_world(upstream, kind="GEMINI")
    body = {"model": "fast", "input": ["a", "b"], "dimensions": 2}

    response = await world.ask(body, path="/v1/embeddings")

    openai.check(EMBEDDINGS, response.json)
    [sent] = world.upstream.received
    gemini.check(gemini.EmbedRequests, json.loads(sent.body))


@pytest.mark.parametrize("kind", ["MOCK", "BEDROCK", "GEMINI"])
async def test_tokens_that_are_counted_here(make_world, kind):
    world = await make_world(kind=kind)
    messages = [{"role": "user", "content": "hi"}]

    response = await world.ask(
        {"model": "fast", "messages": messages}, path="/v1/messages/count_tokens"
    )

    anthropic.check(anthropic.COUNT, response.json)


@pytest.mark.parametrize("kind", ["MOCK", "ANTHROPIC"])
async def test_tokens_that_are_counted_here_for_gemini(make_world, kind):
    world = await make_world(kind=kind)
    contents = [{"role": "user", "parts": [{"text": "hi"}]}]

    response = await world.ask(
        {"contents": contents}, path="/v1beta/models/fast:countTokens"
    )

    gemini.check(gemini.Count, response.json)


async def test_models_in_every_dialect(mock):
    claude, google = [(b"anthropic-version", b"2023-06-01")], [(b"x-goog-api-key", b"")]
    shown = [
        ("/v1/models", [], lambda each: openai.check("ListModelsResponse", each)),
        ("/v1/models/fast", [], lambda each: openai.check("Model", each)),
        ("/v1/models", claude, lambda each: anthropic.check(anthropic.MODELS, each)),
        (
            "/v1/models/fast",
            claude,
            lambda each: anthropic.check(anthropic.MODEL, each),
        ),
        ("/v1/models", google, lambda each: gemini.check(gemini.Models, each)),
        ("/v1/models/fast", google, lambda each: gemini.check(gemini.Model, each)),
        ("/v1beta/models", [], lambda each: gemini.check(gemini.Models, each)),
        ("/v1beta/models/fast", [], lambda each: gemini.check(gemini.Model, each)),
    ]

    for path, headers, check in shown:
        response = await mock.ask(path=path, method="GET", headers=headers)
        assert response.status == 200, response.body
        check(response.json)


async def ask_form(world, path, file, **fields):
    parts = [("model", "fast"), *fields.items(), (file, ("a.bin", b"some bytes"))]
    body, content_type = encode_multipart_formdata(parts)
    headers = [(b"content-type", content_type.encode())]
    return await world.ask(body, path=asked(path), headers=headers)


def check_events(response, union):
    assert response.status == 200, response.body
    assert response.headers["content-type"].startswith("text/event-stream")
    events = data_of(response.body)
    assert events
    for event in events:
        openai.check_event(union, event)
