from typing import Any

import orjson
import pytest

from providers.dialects.anthropic.sides import PROVIDER
from providers.dialects.conversation import Stop
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
)
from providers.errors import UpstreamBroken
from providers.types import Usage

from .streams import EVENTS, OPENING, STREAM, delta, ending, sse, start, stop


def read(*events: dict[str, Any]) -> list[Event]:
    reader = PROVIDER.reader()
    return [*reader.feed(sse(*events)), *reader.end()]


def test_a_stream_is_read_whole():
    reader = PROVIDER.reader()

    assert reader.feed(STREAM) == EVENTS
    assert reader.end() == []


def test_it_is_read_the_same_wherever_it_is_cut():
    for cut in range(len(STREAM) + 1):
        reader = PROVIDER.reader()

        assert reader.feed(STREAM[:cut]) + reader.feed(STREAM[cut:]) == EVENTS


def test_it_is_read_the_same_byte_by_byte():
    reader = PROVIDER.reader()

    events = [event for byte in STREAM for event in reader.feed(bytes([byte]))]

    assert events == EVENTS


def test_a_stream_that_breaks_off_has_no_end():
    last = STREAM.index(b"event: message_stop")
    for cut in range(0, last, 7):
        reader = PROVIDER.reader()

        assert Ended() not in [*reader.feed(STREAM[:cut]), *reader.end()]


@pytest.mark.parametrize(
    ("stated", "usage"),
    [
        (
            {"output_tokens": 9},
            Usage(60, 9, cached_tokens=30, cache_write_tokens=20),
        ),
        (
            {
                "input_tokens": 11,
                "cache_read_input_tokens": 31,
                "cache_creation_input_tokens": None,
                "output_tokens": 9,
                "output_tokens_details": {"thinking_tokens": 4},
            },
            Usage(62, 9, cached_tokens=31, cache_write_tokens=20, reasoning_tokens=4),
        ),
    ],
)
def test_the_last_counts_hold_and_the_first_stand_in_for_those_not_repeated(
    stated, usage
):
    assert Spent(usage) in read(OPENING, *ending("end_turn", stated))


@pytest.mark.parametrize("stated", [{}, None, {"output_tokens": "9"}])
def test_without_a_count_of_the_output_nothing_was_stated(stated):
    events = read(OPENING, *ending("end_turn", stated))

    assert not any(isinstance(event, Spent) for event in events)


def test_what_stopped_it_is_read():
    events = read(OPENING, *ending("stop_sequence", {}, stop_sequence="END"))

    assert events[1:] == [Stopped(Stop.SEQUENCE, stop_sequence="END"), Ended()]


def test_what_ends_without_a_reason_is_broken():
    with pytest.raises(UpstreamBroken):
        read(OPENING, {"type": "message_stop"})


def test_an_unknown_reason_is_not_taken_for_a_whole_answer():
    assert Stopped(Stop.FILTERED) in read(OPENING, *ending("novelty", {}))


def test_nothing_is_read_behind_the_end():
    more = [start(0, type="text", text="more"), *ending("end_turn", {})]

    assert read(OPENING, *ending("end_turn", {}), *more) == read(
        OPENING, *ending("end_turn", {})
    )


def test_more_calls_than_anyone_makes_are_no_answer():
    calls = [
        start(index, type="tool_use", id="t", name="f", input={})
        for index in range(1025)
    ]

    assert len(read(OPENING, *calls[:1024])) == 1025
    with pytest.raises(UpstreamBroken):
        read(OPENING, *calls)


def test_calls_in_blocks_of_one_number_are_told_apart():
    call = start(0, type="tool_use", id="t", name="f", input={})

    events = read(OPENING, call, stop(0), call, stop(0), call)

    assert [e.index for e in events if isinstance(e, CallBegun)] == [0, 1, 2]


def test_why_it_declined_is_read():
    details = {"type": "refusal", "category": "bio", "explanation": "Too risky."}

    events = read(OPENING, *ending("refusal", {}, stop_details=details))

    assert events[1:] == [
        DeclinedDelta("Too risky."),
        Stopped(Stop.DECLINED),
        Ended(),
    ]


def test_blocks_that_come_whole_are_read_at_once():
    events = read(
        start(0, type="thinking", thinking="Hm.", signature=""),
        start(1, type="text", text="Hi"),
        start(2, type="tool_use", id="t", name="f", input={"a": 1}),
    )

    assert events == [
        ThinkingDelta("Hm."),
        TextDelta("Hi"),
        CallBegun(0, "t", "f"),
        ArgumentsDelta(0, '{"a":1}'),
    ]


def test_tools_that_run_at_the_providers_are_passed_over():
    events = read(
        start(0, type="server_tool_use", id="s", name="web_search", input={}),
        delta(0, "input_json_delta", partial_json='{"query": "x"}'),
        stop(0),
        start(1, type="web_search_tool_result", tool_use_id="s", content=[]),
        stop(1),
        start(2, type="text", text=""),
        delta(2, "citations_delta", citation={"type": "x"}),
        delta(2, "text_delta", text="Hi"),
        start(3, type="tool_use", id="t", name="f", input={}),
        delta(3, "input_json_delta", partial_json="{}"),
    )

    assert events == [TextDelta("Hi"), CallBegun(0, "t", "f"), ArgumentsDelta(0, "{}")]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "ping"},
        {"type": "novelty"},
        {"type": "content_block_start"},
        {"type": "content_block_start", "index": {}, "content_block": {"type": []}},
        {"type": "content_block_delta"},
        {"type": "content_block_delta", "index": [], "delta": {"type": {}}},
        delta(0, "text_delta", text=3),
        delta(0, "text_delta", text=""),
        delta(0, "signature_delta", signature=None),
        delta(7, "input_json_delta", partial_json="{}"),
        {"type": "message_delta", "delta": None, "usage": []},
    ],
)
def test_events_that_say_nothing_are_passed_over(event):
    assert read(event) == []


def test_an_event_may_have_a_type_that_is_no_text():
    assert PROVIDER.reader().feed(b'data: {"type":{"a":1}}\n\n') == []


def test_a_beginning_without_a_message_is_one_without_an_id():
    assert read({"type": "message_start"}) == [Begun("", "")]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (
            b'{"type":"error","error":{"type":"overloaded_error","message":"secret"}}',
            "overloaded_error",
        ),
        (b'{"type":"error","error":"secret"}', "error"),
        (b"secret", "not JSON"),
        (b"[3]", "not a JSON object"),
        (
            b'{"type":"content_block_start","content_block":{"type":"tool_use","input":'
            + b'{"secret":' * 300
            + b"1"
            + b"}" * 302,
            "too deep",
        ),
    ],
)
def test_a_stream_that_fails_is_broken_and_no_word_of_it_is_repeated(data, told):
    with pytest.raises(UpstreamBroken, match=told) as caught:
        PROVIDER.reader().feed(b"event: x\ndata: " + data + b"\n\n")

    assert "secret" not in str(caught.value)


def test_plain_and_streamed_tell_the_same():
    message = {
        **OPENING["message"],
        "content": [{"type": "text", "text": "Let me see."}],
        "stop_reason": "end_turn",
        "usage": {**OPENING["message"]["usage"], "output_tokens": 40},
    }
    streamed = read(
        OPENING,
        start(0, type="text", text=""),
        delta(0, "text_delta", text="Let me "),
        delta(0, "text_delta", text="see."),
        stop(0),
        *ending("end_turn", {"output_tokens": 40}),
    )

    plain = PROVIDER.parse(orjson.dumps(message))

    texts = [event.text for event in streamed if isinstance(event, TextDelta)]
    assert "".join(texts) == plain.choices[0].parts[0].text
    assert Spent(plain.usage) in streamed
    assert Stopped(plain.choices[0].stop) in streamed
