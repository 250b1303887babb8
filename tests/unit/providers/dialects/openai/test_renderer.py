"""Streams of chat completions as our callers get them."""

import orjson
import pytest
from openai.types.chat import ChatCompletionChunk

from providers import sse
from providers.dialects.conversation import Ask, Reasoning, Signature, Stop
from providers.dialects.events import (
    ArgumentsDelta,
    Begun,
    CallBegun,
    DeclinedDelta,
    Ended,
    Spent,
    Stopped,
    TextDelta,
    ThinkingDelta,
    ThoughtSigned,
)
from providers.dialects.openai.sides import CALLER
from providers.types import Failure, Usage

ASK = Ask(model="theirs", turns=(), stream=True, stream_usage=False)
WITH_USAGE = Ask(model="theirs", turns=(), stream=True, stream_usage=True)
LEGACY = Ask(
    model="m", turns=(), stream=True, stream_usage=False, names={"tools": "functions"}
)
BEGUN = Begun("msg_1", "claude", 1741570283)
END = (Spent(Usage(9, 3)), Ended())
HEAD = {
    "id": "chatcmpl-msg_1",
    "object": "chat.completion.chunk",
    "created": 1741570283,
    "model": "theirs",
}
LOGPROB = {"token": "H", "logprob": -0.5, "bytes": [72], "top_logprobs": []}


def stream(*events, ask=ASK):
    renderer = CALLER.renderer(ask)
    return b"".join(renderer.feed(event) for event in (BEGUN, *events))


def chunks(*events, ask=ASK):
    """Return the chunks of a stream after checking them against OpenAI's own types."""
    *found, done = sse.payloads(stream(*events, *END, ask=ask))
    assert done == b"[DONE]"
    bodies = [orjson.loads(each) for each in found]
    for body in bodies:
        ChatCompletionChunk.model_validate(body, strict=True)
    return bodies


def deltas(*events, ask=ASK):
    """Return the deltas between the chunk that opens a choice and the one that ends it."""
    first, *between, last = chunks(*events, Stopped(Stop.END), ask=ask)
    assert first["choices"][0]["delta"]["role"] == "assistant"
    assert last["choices"][0]["finish_reason"] == "stop"
    return [each["choices"][0]["delta"] for each in between]


def choice(delta, *, index=0, logprobs=None, reason=None):
    return {
        "index": index,
        "delta": delta,
        "logprobs": logprobs,
        "finish_reason": reason,
    }


FIRST = {"role": "assistant", "content": "", "refusal": None}


def test_a_plain_answer_is_chunks_and_done():
    assert chunks(TextDelta("Hi"), TextDelta("!"), Stopped(Stop.END)) == [
        {**HEAD, "choices": [choice(FIRST)]},
        {**HEAD, "choices": [choice({"content": "Hi"})]},
        {**HEAD, "choices": [choice({"content": "!"})]},
        {**HEAD, "choices": [choice({}, reason="stop")]},
    ]


def test_a_caller_who_asked_for_usage_gets_it_before_the_end():
    usage = {
        "prompt_tokens": 9,
        "completion_tokens": 3,
        "total_tokens": 12,
        "prompt_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }

    assert chunks(TextDelta("Hi"), Stopped(Stop.END), ask=WITH_USAGE) == [
        {**HEAD, "choices": [choice(FIRST)], "usage": None},
        {**HEAD, "choices": [choice({"content": "Hi"})], "usage": None},
        {**HEAD, "choices": [choice({}, reason="stop")], "usage": None},
        {**HEAD, "choices": [], "usage": usage},
    ]


def test_every_event_is_one_block_that_is_whole():
    renderer = CALLER.renderer(WITH_USAGE)

    blocks = [
        renderer.feed(event)
        for event in (BEGUN, TextDelta("a\n\nb"), Stopped(Stop.END), *END)
    ]

    assert all(block.endswith(b"\n\n") for block in blocks if block)
    assert blocks[-1].endswith(sse.DONE)


def test_a_stream_without_an_end_has_none():
    assert not sse.has_done(stream(TextDelta("Hi"), Stopped(Stop.END)))


def test_each_choice_is_opened_by_its_first_event():
    found = chunks(
        TextDelta("a"), TextDelta("b", 1), Stopped(Stop.END), Stopped(Stop.LENGTH, 1)
    )

    assert [each["choices"][0] for each in found] == [
        choice(FIRST),
        choice({"content": "a"}),
        choice(FIRST, index=1),
        choice({"content": "b"}, index=1),
        choice({}, reason="stop"),
        choice({}, index=1, reason="length"),
    ]


@pytest.mark.parametrize(
    ("event", "content"),
    [
        (TextDelta("a"), ""),
        (CallBegun(0, "call_1", "f"), None),
        (ThinkingDelta("h"), None),
        (DeclinedDelta("No."), None),
        (Stopped(Stop.END), None),
    ],
)
def test_only_a_choice_that_opens_with_text_has_content_from_the_start(event, content):
    first, *_ = chunks(event)

    assert first["choices"] == [choice({**FIRST, "content": content})]


def test_logprobs_stand_beside_their_text():
    found = chunks(TextDelta("H", 0, (LOGPROB,)), Stopped(Stop.END))

    assert found[1]["choices"] == [
        choice({"content": "H"}, logprobs={"content": [LOGPROB], "refusal": None})
    ]


def test_calls_are_begun_and_then_filled():
    assert deltas(
        CallBegun(0, "call_1", "f", signature=Signature("gemini", "CiQB")),
        ArgumentsDelta(0, '{"a":'),
        ArgumentsDelta(0, "1}"),
        CallBegun(1, "call_2", "g"),
    ) == [
        {
            "tool_calls": [
                {
                    "index": 0,
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "f", "arguments": ""},
                    "extra_content": {"google": {"thought_signature": "CiQB"}},
                }
            ]
        },
        {"tool_calls": [{"index": 0, "function": {"arguments": '{"a":'}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": "1}"}}]},
        {
            "tool_calls": [
                {
                    "index": 1,
                    "id": "call_2",
                    "type": "function",
                    "function": {"name": "g", "arguments": ""},
                }
            ]
        },
        # A call without arguments must still be JSON to whoever parses it.
        {"tool_calls": [{"index": 1, "function": {"arguments": "{}"}}]},
    ]


def test_a_caller_of_before_is_told_the_first_call():
    first, *found = chunks(
        CallBegun(0, "call_1", "f"),
        CallBegun(1, "call_2", "g"),
        ArgumentsDelta(0, "{}"),
        ArgumentsDelta(1, "{}"),
        Stopped(Stop.TOOL_CALLS),
        ask=LEGACY,
    )

    assert first["choices"] == [choice({**FIRST, "content": None})]
    assert [each["choices"][0] for each in found] == [
        choice({"function_call": {"name": "f", "arguments": ""}}),
        choice({"function_call": {"arguments": "{}"}}),
        choice({}, reason="function_call"),
    ]


def test_reasoning_is_told_with_the_signatures_that_close_it():
    assert deltas(
        ThinkingDelta("h"),
        ThinkingDelta("m"),
        ThoughtSigned(Signature("anthropic", "Eq==")),
        ThoughtSigned(Signature("anthropic", "Er==")),
        ThinkingDelta("so"),
        TextDelta("x"),
        ThinkingDelta("but"),
    ) == [
        {
            "reasoning_content": "h",
            "reasoning_details": [{"type": "reasoning.text", "text": "h", "index": 0}],
        },
        {
            "reasoning_content": "m",
            "reasoning_details": [{"type": "reasoning.text", "text": "m", "index": 0}],
        },
        {
            "reasoning_details": [
                {"type": "reasoning.text", "signature": "anthropic.Eq==", "index": 0}
            ]
        },
        {
            "reasoning_details": [
                {"type": "reasoning.encrypted", "data": "anthropic.Er==", "index": 1}
            ]
        },
        {
            "reasoning_content": "so",
            "reasoning_details": [{"type": "reasoning.text", "text": "so", "index": 2}],
        },
        {"content": "x"},
        {
            "reasoning_content": "but",
            "reasoning_details": [
                {"type": "reasoning.text", "text": "but", "index": 3}
            ],
        },
    ]


def test_reasoning_is_hidden_from_a_caller_who_wants_none_shown():
    ask = Ask(model="m", turns=(), stream_usage=False, reasoning=Reasoning(shown=False))
    sealed = ThoughtSigned(Signature("anthropic", "Eq=="))

    assert deltas(ThinkingDelta("h"), sealed, TextDelta("x"), ask=ask) == [
        {"content": "x"}
    ]


@pytest.mark.parametrize(
    ("stop", "before", "reason"),
    [
        (Stop.END, TextDelta("x"), "stop"),
        (Stop.SEQUENCE, TextDelta("x"), "stop"),
        (Stop.PAUSED, TextDelta("x"), "stop"),
        (Stop.LENGTH, TextDelta("x"), "length"),
        (Stop.CONTEXT_FULL, TextDelta("x"), "length"),
        (Stop.FILTERED, TextDelta("x"), "content_filter"),
        (Stop.DECLINED, TextDelta("x"), "content_filter"),
        (Stop.DECLINED, DeclinedDelta("No."), "stop"),
        (Stop.TOOL_CALLS, CallBegun(0, "1", "f"), "tool_calls"),
    ],
)
def test_why_it_stopped_is_told(stop, before, reason):
    found = chunks(before, Stopped(stop))

    assert found[-1]["choices"] == [choice({}, reason=reason)]


def test_a_refusal_is_told_as_one():
    assert deltas(DeclinedDelta("No.")) == [{"refusal": "No."}]


def test_a_broken_stream_ends_in_an_error_and_not_in_done():
    renderer = CALLER.renderer(ASK)
    renderer.feed(BEGUN)
    failure = Failure(502, "The provider broke off.", "provider_unavailable", "broken")

    block = renderer.fail(failure)

    assert block == (
        b'data: {"error":{"message":"The provider broke off.",'
        b'"type":"provider_unavailable","param":null,"code":"broken"},'
        b'"detail":"The provider broke off."}\n\n'
    )


def test_a_stream_that_nobody_began_begins_by_itself():
    renderer = CALLER.renderer(ASK)

    block = renderer.feed(TextDelta("a")) + renderer.feed(Ended())

    *found, done = sse.payloads(block)
    assert done == b"[DONE]"
    for each in found:
        ChatCompletionChunk.model_validate(orjson.loads(each), strict=True)


def test_a_stream_of_nothing_but_usage_is_still_json():
    renderer = CALLER.renderer(WITH_USAGE)

    block = renderer.feed(Spent(Usage(1, 1))) + renderer.feed(Ended())

    usage, done = sse.payloads(block)
    assert orjson.loads(usage)["usage"]["total_tokens"] == 2
    assert done == b"[DONE]"
