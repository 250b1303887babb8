"""Vercel's AI SDK, unmodified, by each of its ways to speak, against every dialect."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from tests.far_side.saying import signature_of
from tests.functional.upstreams import (
    ANTHROPIC,
    BEDROCK,
    GEMINI,
    OPENAI,
    UPSTREAMS,
    Upstream,
)

from .said import (
    BOTH,
    CACHED,
    COMPLETION,
    DEATHS,
    GIVEN,
    HELLO,
    PERSON,
    PROMPT,
    RESULT,
    SAID,
    TOOLS,
)

WAYS = ["openai", "chat", "anthropic", "google", "compatible"]
ENDPOINTS = {
    "openai": "/v1/responses",
    "chat": "/v1/chat/completions",
    "anthropic": "/v1/messages",
    "google": "/v1beta/models/on-",
    "compatible": "/v1/chat/completions",
}
# Unasked, its Responses name what was said before by the ids of a provider that keeps it.
NOTHING_KEPT = {"providerOptions": {"openai": {"store": False}}}
THOUGHT = "Let me think: naïve café 🤔."
DOT = base64.b64encode(b"\x89PNG\r\n\x1a\n a dot").decode()


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return request.param


def about(
    way: str, upstream: Upstream, orders: str = "", **more: Any
) -> dict[str, Any]:
    """Return a task in which nothing depends on what a provider keeps."""
    return {
        "way": way,
        "model": upstream.called(orders),
        "say": HELLO,
        "more": merged(NOTHING_KEPT, more),
    }


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    found = {**one, **other}
    for name in one.keys() & other.keys():
        found[name] = merged(one[name], other[name])
    return found


def test_an_answer_says_and_costs_the_same_plain_and_streamed(node, way, upstream):
    plain = node.run("ai/generate", **about(way, upstream))
    streamed = node.run("ai/stream", **about(way, upstream))

    assert plain["text"] == streamed["text"] == streamed["heard"] == SAID
    assert plain["finishReason"] == streamed["finishReason"] == "stop"
    assert counted(plain) == counted(streamed) == (PROMPT, CACHED, COMPLETION)
    assert streamed["parts"] > COMPLETION


def counted(found: Mapping[str, Any]) -> tuple[int, int, int]:
    usage = found["usage"]
    return usage["inputTokens"], usage["cachedInputTokens"], usage["outputTokens"]


@pytest.mark.parametrize("script", ["ai/generate", "ai/stream"])
def test_tools_are_run_and_their_results_answered(node, far, way, upstream, script):
    task = about(way, upstream) | {"say": BOTH, "tools": TOOLS}

    found = node.run(script, **task)

    assert found["calls"] == [{"toolName": name, "input": GIVEN} for name in TOOLS]
    assert len(found["steps"]) == 2
    assert found["steps"][0][-4:] == ["tool-call"] * 2 + ["tool-result"] * 2
    assert found["steps"][1] == ["text"]
    assert found["text"].startswith("The far side heard:")
    assert len(RESULT.findall(far.last.body)) == 2


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
def test_an_object_is_made_to_a_schema(node, way, upstream, stream):
    native = {"anthropic": {"structuredOutputMode": "outputFormat"}}
    task = about(way, upstream, providerOptions=native)

    found = node.run("ai/object", stream=stream, **task)

    assert found["object"] == PERSON
    assert found["usage"]["outputTokens"] > 0


def test_what_was_said_before_is_said_again(node, far, way, upstream):
    found = node.run("ai/dialogue", then="And again?", **about(way, upstream))

    assert found["first"]["text"] == SAID
    assert found["text"].startswith("The far side heard: And again?")
    assert SAID in far.last.body.decode()


def test_an_image_arrives_as_it_was_sent(node, far, way, upstream):
    image = {"type": "file", "mediaType": "image/png", "data": DOT}
    content = [{"type": "text", "text": HELLO}, image]
    messages = [{"role": "user", "content": content}]

    found = node.run("ai/generate", messages=messages, **about(way, upstream))

    assert HELLO in found["text"]
    assert DOT in far.last.body.decode()


# How each way asks to think, and to be shown the thoughts where it can be.
THINKING = {
    "openai": {
        "openai": {
            "forceReasoning": True,
            "reasoningEffort": "medium",
            "reasoningSummary": "auto",
        }
    },
    "chat": {"openai": {"forceReasoning": True, "reasoningEffort": "medium"}},
    "anthropic": {
        "anthropic": {"thinking": {"type": "adaptive", "display": "summarized"}}
    },
    "google": {
        "google": {"thinkingConfig": {"thinkingBudget": -1, "includeThoughts": True}}
    },
    "compatible": {"gatehouse": {"reasoningEffort": "medium"}},
}
# Which of them give thoughts back as they came, with the signature that makes them good.
KEEPING = ["openai", "anthropic", "google"]


@pytest.mark.parametrize("script", ["ai/generate", "ai/stream"])
@pytest.mark.parametrize("upstream", [ANTHROPIC, BEDROCK], ids=lambda each: each.slug)
@pytest.mark.parametrize("way", KEEPING)
def test_thoughts_are_shown_and_come_back_signed(node, far, way, upstream, script):
    task = about(way, upstream, providerOptions=THINKING[way]) | {"tools": ["weather"]}

    found = node.run(script, **task)

    assert found["reasoning"] == THOUGHT
    assert [step[0] for step in found["steps"]] == ["reasoning", "reasoning"]
    assert signature_of(THOUGHT) in far.last.body.decode()


@pytest.mark.parametrize("script", ["ai/generate", "ai/stream"])
@pytest.mark.parametrize("way", KEEPING)
def test_the_signature_of_a_call_comes_back_to_gemini(node, far, way, script):
    task = about(way, GEMINI, providerOptions=THINKING[way]) | {"tools": ["weather"]}

    node.run(script, **task)

    assert signature_of("weather") in far.last.body.decode()


def test_thinking_changes_no_text_and_costs_what_it_takes(node, way, upstream):
    task = about(way, upstream, providerOptions=THINKING[way])

    plain, streamed = node.run("ai/generate", **task), node.run("ai/stream", **task)

    assert plain["text"] == streamed["text"] == SAID
    assert plain.get("reasoning") == streamed.get("reasoning")
    assert counted(plain) == counted(streamed)


def test_an_openai_compatible_client_reads_the_thoughts_of_claude(node):
    task = about("compatible", ANTHROPIC, providerOptions=THINKING["compatible"])

    assert node.run("ai/stream", **task)["reasoning"] == THOUGHT


@pytest.mark.parametrize(
    ("upstream", "mark"),
    [(ANTHROPIC, b'"cache_control"'), (BEDROCK, b'"cachePoint"')],
    ids=lambda each: getattr(each, "slug", ""),
)
def test_what_anthropics_callers_mark_is_marked_for_claude(node, far, upstream, mark):
    node.run("ai/generate", **about("anthropic", upstream) | {"messages": marked()})

    assert mark in far.last.body


def test_what_a_cache_took_is_told(node):
    task = about("anthropic", ANTHROPIC) | {"messages": marked()}

    details = node.run("ai/generate", **task)["usage"]["inputTokenDetails"]

    assert details["cacheReadTokens"] == details["cacheWriteTokens"] == CACHED


def marked() -> list[dict[str, Any]]:
    cached = {"anthropic": {"cacheControl": {"type": "ephemeral"}}}
    text = {"type": "text", "text": HELLO, "providerOptions": cached}
    return [{"role": "user", "content": [text]}]


def test_responses_name_what_openai_keeps(node, far):
    task = about("openai", OPENAI) | {"more": {}, "then": "And again?"}

    found = node.run("ai/dialogue", **task)

    assert found["text"].startswith("The far side heard: And again?")
    kinds = [item.get("type") for item in far.last.json["input"]]
    assert kinds == [None, "item_reference", None]


@pytest.mark.parametrize(
    "upstream", [ANTHROPIC, GEMINI, BEDROCK], ids=lambda each: each.slug
)
def test_what_nobody_keeps_cannot_be_named_and_the_way_out_is(node, upstream):
    task = about("openai", upstream) | {"more": {}, "then": "And again?"}

    error = node.tried("ai/dialogue", **task)["error"]

    assert error["status"] == 400
    assert error["message"].startswith("input[1] names an item")
    assert "store: false" in error["message"]


@pytest.mark.parametrize(
    ("way", "upstream"),
    [
        ("openai", OPENAI),
        ("openai", GEMINI),
        ("compatible", OPENAI),
        ("compatible", GEMINI),
        ("google", GEMINI),
    ],
    ids=lambda each: getattr(each, "slug", each),
)
def test_values_are_embedded(node, way, upstream):
    task = {"way": way, "model": upstream.called(), "values": ["one", "two"]}

    found = node.run("ai/embed", **task)

    assert [len(vector) for vector in found["vectors"]] == [8, 8]
    assert found["vectors"][0] != found["vectors"][1]


@pytest.mark.parametrize("script", ["ai/generate", "ai/stream"])
def test_refusals_keep_their_status(node, way, script):
    task = about(way, OPENAI)

    unknown = node.tried(script, **(task | {"model": "nobody"}))["error"]
    stranger = node.tried(script, **(task | {"key": "gh-wrong"}))["error"]

    assert (unknown["name"], unknown["status"]) == ("APICallError", 404)
    assert "'nobody' does not exist" in unknown["message"]
    assert (stranger["name"], stranger["status"]) == ("APICallError", 401)
    assert "Invalid API key" in stranger["message"]


def test_a_limit_of_the_provider_is_told_in_every_dialect(node, way, upstream):
    task = about(way, upstream, "status-429")

    for script in ("ai/generate", "ai/stream"):
        error = node.tried(script, **task)["error"]

        assert error["status"] == 429
        assert error["message"].endswith("this is not your own limit.")
        assert error["retryAfter"] == "7"


@pytest.mark.parametrize("death", DEATHS)
def test_a_stream_that_breaks_off_is_an_error_and_no_answer(node, way, upstream, death):
    found = node.tried("ai/stream", **about(way, upstream, death))

    assert found["error"]["message"]
    assert SAID.startswith(found["heard"])
    assert found["heard"] != SAID
    assert "finishReason" not in found


def test_the_books_say_what_each_client_was_told(node, books):
    began = datetime.now(UTC)
    asked = list(product(WAYS, UPSTREAMS, [False, True]))

    told = [
        counted(
            node.run(f"ai/{'stream' if streams else 'generate'}", **about(way, each))
        )
        for way, each, streams in asked
    ]

    records = books.since(began, calls=len(asked))
    assert [
        (each.prompt_tokens, each.cached_tokens, each.completion_tokens)
        for each in records
    ] == told
    assert [(each.provider, each.stream) for each in records] == [
        (upstream.slug, streams) for _, upstream, streams in asked
    ]
    for record, (way, _, _) in zip(records, asked, strict=True):
        assert record.endpoint.startswith(ENDPOINTS[way])
    assert {(each.status, each.error, each.usage_estimated) for each in records} == {
        (200, "", False)
    }


def test_the_books_say_that_a_stream_broke_off(node, books):
    began = datetime.now(UTC)

    for way in WAYS:
        node.tried("ai/stream", **about(way, ANTHROPIC, "cut-after-3"))

    for record in books.since(began, calls=len(WAYS)):
        assert record.error
        assert record.usage_estimated
