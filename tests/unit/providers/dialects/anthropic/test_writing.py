from typing import Any

import pytest

from providers.dialects.anthropic.sides import CALLER, ERRORS, PROVIDER
from providers.dialects.conversation import Ask, Signature, Stop
from providers.dialects.events import (
    ArgumentsDelta,
    Begun,
    CallBegun,
    DeclinedDelta,
    Ended,
    Event,
    Spent,
    Stopped,
    TextDelta,
    ThinkingDelta,
    ThoughtSigned,
)
from providers.types import Failure, Usage

from .streams import EVENTS, delta, ending, sse, start, stop

ASK = Ask(model="house-claude", turns=())
NOTHING = {
    "input_tokens": 0,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 0,
    "output_tokens": 0,
}
BEGUN = Begun("chatcmpl-1", "gpt")
OPENING: dict[str, Any] = {
    "type": "message_start",
    "message": {
        "id": "msg_chatcmpl-1",
        "type": "message",
        "role": "assistant",
        "model": "house-claude",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": NOTHING,
    },
}


def written(*events: Event) -> bytes:
    renderer = CALLER.renderer(ASK)
    return b"".join(renderer.feed(event) for event in events)


def test_a_stream_is_written_event_by_event():
    events = [
        BEGUN,
        ThinkingDelta("Two "),
        ThinkingDelta("cities."),
        ThoughtSigned(Signature("anthropic", "EqQB")),
        TextDelta("Let me "),
        TextDelta("see… 🌦"),
        CallBegun(0, "call_1", "weather"),
        ArgumentsDelta(0, '{"city": "Os'),
        ArgumentsDelta(0, 'lo"}'),
        CallBegun(1, "call_2", "time"),
        Stopped(Stop.TOOL_CALLS),
        Spent(Usage(60, 40, cached_tokens=30, reasoning_tokens=5)),
        Ended(),
    ]

    assert written(*events) == sse(
        OPENING,
        start(0, type="thinking", thinking="", signature=""),
        delta(0, "thinking_delta", thinking="Two "),
        delta(0, "thinking_delta", thinking="cities."),
        delta(0, "signature_delta", signature="EqQB"),
        stop(0),
        start(1, type="text", text=""),
        delta(1, "text_delta", text="Let me "),
        delta(1, "text_delta", text="see… 🌦"),
        stop(1),
        start(2, type="tool_use", id="call_1", name="weather", input={}),
        delta(2, "input_json_delta", partial_json='{"city": "Os'),
        delta(2, "input_json_delta", partial_json='lo"}'),
        stop(2),
        start(3, type="tool_use", id="call_2", name="time", input={}),
        stop(3),
        *ending(
            "tool_use",
            {
                "input_tokens": 30,
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 30,
                "output_tokens": 40,
                "output_tokens_details": {"thinking_tokens": 5},
            },
        ),
    )


def test_a_stream_that_is_written_reads_as_what_it_was_written_from():
    again = PROVIDER.reader().feed(written(*EVENTS))

    assert again == [Begun("msg_01", "house-claude"), *EVENTS[1:]]


@pytest.mark.parametrize(
    ("events", "blocks"),
    [
        (
            [ThoughtSigned(Signature("openai", "gAAA"))],
            [start(0, type="redacted_thinking", data="openai.gAAA"), stop(0)],
        ),
        (
            [ThoughtSigned(Signature("anthropic", "EqQB"))],
            [
                start(0, type="thinking", thinking="", signature=""),
                delta(0, "signature_delta", signature="EqQB"),
                stop(0),
            ],
        ),
        (
            [ThinkingDelta("Hm."), ThoughtSigned(Signature("gemini", "x"))],
            [
                start(0, type="thinking", thinking="", signature=""),
                delta(0, "thinking_delta", thinking="Hm."),
                delta(0, "signature_delta", signature="gemini.x"),
                stop(0),
            ],
        ),
        (
            [ThinkingDelta("Hm."), TextDelta("Hi")],
            [
                start(0, type="thinking", thinking="", signature=""),
                delta(0, "thinking_delta", thinking="Hm."),
                stop(0),
                start(1, type="text", text=""),
                delta(1, "text_delta", text="Hi"),
            ],
        ),
        (
            [
                TextDelta("Hi"),
                CallBegun(0, "c", "f", signature=Signature("gemini", "x")),
            ],
            [
                start(0, type="text", text=""),
                delta(0, "text_delta", text="Hi"),
                stop(0),
                start(1, type="redacted_thinking", data="tool_use.gemini.x"),
                stop(1),
                start(2, type="tool_use", id="c", name="f", input={}),
            ],
        ),
        (
            [
                CallBegun(0, "c", "f"),
                CallBegun(1, "d", "g"),
                ArgumentsDelta(0, "{}"),
                ArgumentsDelta(1, "[]"),
                ArgumentsDelta(2, "?"),
            ],
            [
                start(0, type="tool_use", id="c", name="f", input={}),
                delta(0, "input_json_delta", partial_json="{}"),
            ],
        ),
        (
            [
                CallBegun(0, "c", "f"),
                ArgumentsDelta(0, '{"x":'),
                ArgumentsDelta(0, "1}"),
                CallBegun(1, "d", "g"),
                ArgumentsDelta(1, "{}"),
                ArgumentsDelta(0, " "),
                TextDelta("So."),
            ],
            [
                start(0, type="tool_use", id="c", name="f", input={}),
                delta(0, "input_json_delta", partial_json='{"x":'),
                delta(0, "input_json_delta", partial_json="1}"),
                stop(0),
                start(1, type="tool_use", id="d", name="g", input={}),
                delta(1, "input_json_delta", partial_json="{}"),
                stop(1),
                start(2, type="text", text=""),
                delta(2, "text_delta", text="So."),
            ],
        ),
        (
            [
                CallBegun(0, "c", "f"),
                ArgumentsDelta(0, '{"x":'),
                CallBegun(1, "d", "g"),
                ArgumentsDelta(1, "{"),
                TextDelta("So."),
                ArgumentsDelta(0, "1}"),
                CallBegun(2, "e", "h"),
                ArgumentsDelta(1, "}"),
                Stopped(Stop.TOOL_CALLS),
            ],
            [
                start(0, type="tool_use", id="c", name="f", input={}),
                delta(0, "input_json_delta", partial_json='{"x":'),
                delta(0, "input_json_delta", partial_json="1}"),
                stop(0),
                start(1, type="tool_use", id="d", name="g", input={}),
                delta(1, "input_json_delta", partial_json="{"),
                delta(1, "input_json_delta", partial_json="}"),
                stop(1),
                start(2, type="text", text=""),
                delta(2, "text_delta", text="So."),
                stop(2),
                start(3, type="tool_use", id="e", name="h", input={}),
                stop(3),
            ],
        ),
        ([TextDelta(""), ThinkingDelta(""), TextDelta("x", choice=1)], []),
    ],
)
def test_blocks_follow_one_another(events, blocks):
    assert written(BEGUN, *events) == sse(OPENING, *blocks)


@pytest.mark.parametrize(
    ("events", "reason", "sequence"),
    [
        ([], "end_turn", None),
        ([Stopped(Stop.LENGTH)], "max_tokens", None),
        ([Stopped(Stop.SEQUENCE, stop_sequence="END")], "stop_sequence", "END"),
        ([Stopped(Stop.FILTERED)], "refusal", None),
        ([Stopped(Stop.LENGTH, choice=1)], "end_turn", None),
    ],
)
def test_it_ends_with_the_reason(events, reason, sequence):
    block = written(BEGUN, *events, Spent(Usage(7, 8)), Ended())

    usage = {**NOTHING, "input_tokens": 7, "output_tokens": 8}
    assert block == sse(OPENING, *ending(reason, usage, stop_sequence=sequence))


def test_a_refusal_is_a_text_and_a_reason():
    events = [BEGUN, DeclinedDelta("I cannot."), Stopped(Stop.END), Ended()]

    assert written(*events) == sse(
        OPENING,
        start(0, type="text", text=""),
        delta(0, "text_delta", text="I cannot."),
        stop(0),
        *ending("refusal", NOTHING),
    )


def test_what_is_known_of_the_usage_is_told_at_the_beginning():
    block = written(Spent(Usage(7, 0)), BEGUN)

    message = {**OPENING["message"], "usage": {**NOTHING, "input_tokens": 7}}
    assert block == sse({**OPENING, "message": message})


def test_a_stream_that_does_not_say_it_begins_begins_all_the_same():
    events = PROVIDER.reader().feed(written(TextDelta("Hi"), BEGUN, TextDelta("!")))

    assert [type(event) for event in events] == [Begun, TextDelta, TextDelta]


def test_a_stream_that_breaks_ends_in_an_error():
    failure = Failure(502, "It broke.", "server_error", "upstream_broken")

    block = CALLER.renderer(ASK).fail(failure)

    assert block == ERRORS.event(failure, sequence=0)
    assert b"message_stop" not in block
