"""What reaches a provider that speaks the caller's dialect, beside its bytes."""

import json

import pytest

from tests.world import CHAT, Upstream

ANSWER = {"id": "resp_own", "object": "response", "status": "completed", "output": []}


def answering(**changes):
    return Upstream([json.dumps({**ANSWER, **changes}).encode()])


@pytest.mark.parametrize(
    "write",
    [
        lambda id: json.dumps(id),
        lambda id: '"' + "".join(f"\\u{ord(each):04x}" for each in id) + '"',
        lambda id: json.dumps(id).replace("resp", "r\\u0065sp"),
    ],
    ids=["plain", "escaped", "partly escaped"],
)
@pytest.mark.parametrize("key", ["previous_response_id", "previous\\u005fresponse_id"])
async def test_a_sealed_id_is_the_providers_own_however_it_was_written(
    make_world, write, key
):
    world = await make_world(answering())
    first = await world.ask({"model": "fast", "input": "hi"}, path="/v1/responses")
    sealed = first.json["id"]
    body = f'{{"model":"fast","input":["{sealed}"],"{key}" : {write(sealed)} }}'

    second = await world.ask(body.encode(), path="/v1/responses")

    assert second.status == 200
    sent = json.loads(world.upstream.received[-1].body)
    assert sent["previous_response_id"] == "resp_own"
    # What only mentions it is the caller's to say.
    assert sent["input"] == [sealed]


async def test_betas_named_in_several_headers_all_travel(make_world):
    world = await make_world(Upstream([b"{}"], status=500), kind="ANTHROPIC")
    betas = [(b"anthropic-beta", b"one"), (b"anthropic-beta", b"two,three")]

    await world.ask({**CHAT, "max_tokens": 5}, path="/v1/messages", headers=betas)

    (sent,) = world.upstream.received
    assert [value for name, value in sent.headers if name == b"anthropic-beta"] == [
        b"one, two,three"
    ]


async def test_a_gemini_caller_cannot_have_its_usage_left_out(make_world):
    world = await make_world(Upstream([b"{}"], status=500), kind="GEMINI")

    await world.ask(
        {"contents": [{"parts": [{"text": "hi"}]}]},
        path="/v1beta/models/fast:generateContent",
        query=b"fields=candidates",
    )

    (sent,) = world.upstream.received
    assert b"?" not in sent.path


@pytest.mark.parametrize(
    ("kind", "path", "body"),
    [
        ("OPENAI_COMPATIBLE", "/v1/chat/completions", CHAT),
        ("OPENAI", "/v1/responses", {"model": "fast", "input": "hi"}),
        ("ANTHROPIC", "/v1/messages", {**CHAT, "max_tokens": 5}),
    ],
)
async def test_other_models_are_asked_for_in_vain(make_world, kind, path, body):
    world = await make_world(kind=kind)

    response = await world.ask({**body, "fallbacks": ["other"]}, path=path)

    assert (response.status, world.upstream.received) == (400, [])
    assert "fallbacks" in response.error["message"]
