"""What goes to a provider of another dialect, and what is refused before anything does."""

import json
import re

import pytest

from tests.world import CHAT, Upstream

MESSAGE = {
    "model": "fast",
    "max_tokens": 7,
    "messages": [{"role": "user", "content": "hi"}],
}


async def asked_of(make_world, kind, body, **ask):
    world = await make_world(Upstream([b"{}"], status=500), kind=kind)
    response = await world.ask(body, **ask)
    return world, response


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("OPENAI", "max_completion_tokens"),
        ("AZURE", "max_completion_tokens"),
        ("OPENAI_COMPATIBLE", "max_tokens"),
        ("OLLAMA", "max_tokens"),
    ],
)
async def test_the_ceiling_has_the_name_the_provider_knows(make_world, kind, name):
    world, _ = await asked_of(make_world, kind, MESSAGE, path="/v1/messages")

    (sent,) = world.upstream.received
    assert json.loads(sent.body) == {
        "model": "real-model",
        name: 7,
        "messages": [{"role": "user", "content": "hi"}],
    }


def nested(levels: int = 300) -> dict:
    schema: dict = {"type": "object"}
    for _ in range(levels):
        schema = {"type": "array", "items": schema}
    return schema


@pytest.mark.parametrize(
    "changes",
    [
        {
            "tools": [
                {"type": "function", "function": {"name": "f", "parameters": nested()}}
            ]
        },
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "a", "schema": nested()},
            }
        },
    ],
    ids=["tool", "output"],
)
@pytest.mark.parametrize("kind", ["ANTHROPIC", "GEMINI", "BEDROCK"])
async def test_what_is_nested_too_deep_to_write_is_a_mistake_in_the_request(
    make_world, kind, changes
):
    world, response = await asked_of(
        make_world, kind, {**CHAT, **changes}, path="/v1/chat/completions"
    )

    assert (response.status, world.upstream.received) == (400, [])
    assert response.error["type"] == "invalid_request_error"
    assert re.search("nested|levels", response.error["message"])


async def test_a_system_text_beside_what_is_nested_too_deep_is_refused(make_world):
    body = {**CHAT, "system": "be brief", "metadata": nested()}

    world, response = await asked_of(
        make_world, "OPENAI", body, path="/v1/chat/completions"
    )

    assert (response.status, world.upstream.received) == (400, [])
    assert response.error["message"] == "The body is nested too deeply."


@pytest.mark.parametrize(
    ("path", "body", "kind", "param"),
    [
        ("/v1/messages", {**MESSAGE, "top_k": 4}, "OPENAI", "top_k"),
        ("/v1/chat/completions", {**CHAT, "seed": 4}, "ANTHROPIC", "seed"),
        ("/v1/chat/completions", {**CHAT, "wild": 4}, "ANTHROPIC", "wild"),
        (
            "/v1/responses",
            {"model": "fast", "input": "x", "truncation": "auto"},
            "GEMINI",
            "truncation",
        ),
        (
            "/v1/responses",
            {"model": "fast", "input": "x", "previous_response_id": "resp_1"},
            "OPENAI_COMPATIBLE",
            "previous_response_id",
        ),
        (
            "/v1/chat/completions",
            {**CHAT, "messages": [*CHAT["messages"], {"role": "user", "content": [3]}]},
            "ANTHROPIC",
            "messages[1].content[0]",
        ),
    ],
)
async def test_what_cannot_be_told_is_refused_by_name_before_anything_is_charged(
    make_world, path, body, kind, param
):
    world, response = await asked_of(make_world, kind, body, path=path)

    assert (response.status, response.error["param"]) == (400, param)
    assert world.upstream.received == []
    (record,) = world.records()
    assert (record.status, record.admitted) == (400, False)


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/v1/rerank", {"query": "q", "documents": ["d"]}, "OPENAI"),
        ("/v1/moderations", {"input": "x"}, "ANTHROPIC"),
        ("/v1/audio/speech", {"input": "x", "voice": "v"}, "GEMINI"),
        ("/v1/embeddings", {"input": "x"}, "BEDROCK"),
    ],
)
async def test_what_a_provider_does_not_do_is_said_so(make_world, path, body, kind):
    world, response = await asked_of(
        make_world, kind, {"model": "fast", **body}, path=path
    )

    assert (response.status, response.error["code"]) == (400, "operation_not_supported")
    assert world.upstream.received == []


async def test_embeddings_are_made_through_gemini(make_world):
    upstream = Upstream([b'{"embeddings":[{"values":[1,0.5]},{"values":[2,3]}]}'])
    world = await make_world(upstream, kind="GEMINI")

    response = await world.ask(
        {"model": "fast", "input": ["a", "b"], "dimensions": 2}, path="/v1/embeddings"
    )

    assert [each["embedding"] for each in response.json["data"]] == [[1, 0.5], [2, 3]]
    (sent,) = world.upstream.received
    assert sent.path == b"/v1/models/real-model:batchEmbedContents"
    record = world.records()[0]
    assert (record.prompt_tokens > 0, record.usage_estimated) == (True, True)


async def test_a_count_that_is_refused_costs_nothing(make_world):
    world = await make_world(kind="OPENAI")
    body = {**MESSAGE, "messages": [{"role": "user", "content": [{"type": "text"}]}]}

    response = await world.ask(body, path="/v1/messages/count_tokens")

    assert response.status == 400
    (record,) = world.records()
    assert (record.status, record.admitted) == (400, False)


SECRET = "upstream-secret"


@pytest.mark.parametrize(
    "shown", [SECRET, "upstream\\u002dsecret", "upst****cret", "upstream-secret."]
)
async def test_no_error_of_a_providers_shows_our_credential(make_world, shown):
    said = b'{"error":{"message":"Incorrect key: %b"}}' % shown.encode()
    whole = await make_world(Upstream([said], status=400))
    streamed = await make_world(
        Upstream([b"data: %b\n\n" % said], kind=b"text/event-stream")
    )

    refused = await whole.ask()
    broken = await streamed.ask({**CHAT, "stream": True})

    for body in (refused.body, broken.body):
        assert b"secret" not in body
        assert b"cret" not in body.replace(b"Incorrect", b"")
    assert broken.body.startswith(b'data: {"error":')
    assert streamed.records()[0].error == "provider_broke_off"
