"""What a provider's stream of a chat completion tells, however it is cut and however loosely written."""

import pytest

from providers.dialects.conversation import Signature, Stop
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
from providers.dialects.openai.sides import PROVIDER
from providers.errors import UpstreamBroken
from providers.types import Usage

from .streaming import DONE, FIRST, call, chunk, read, usage

BEGUN = Begun("chatcmpl-1", "gpt-x-2026", 1741570283)
LOGPROB = {"token": "H", "logprob": -0.5, "bytes": [72], "top_logprobs": []}
PLAIN = (
    FIRST
    + chunk({"content": "Grüße"})
    + chunk({"content": " 🚀"})
    + chunk(reason="stop")
    + usage(9, 3)
    + DONE
)
TOLD = [
    BEGUN,
    TextDelta("Grüße"),
    TextDelta(" 🚀"),
    Stopped(Stop.END),
    Spent(Usage(9, 3)),
    Ended(),
]


def between(*chunks):
    """Return what chunks tell between the first event and the last two."""
    events = read(FIRST + "".join(chunks) + chunk(reason="tool_calls") + DONE)
    assert (events[0], events[-1]) == (BEGUN, Ended())
    return events[1:-2]


@pytest.mark.parametrize("cut", range(len(PLAIN.encode()) + 1))
def test_it_tells_the_same_wherever_the_bytes_are_cut(cut):
    data, reader = PLAIN.encode(), PROVIDER.reader()

    assert reader.feed(data[:cut]) + reader.feed(data[cut:]) == TOLD


def test_it_tells_the_same_byte_by_byte():
    reader = PROVIDER.reader()

    events = [event for byte in PLAIN.encode() for event in reader.feed(bytes([byte]))]

    assert events == TOLD


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_it_reads_every_kind_of_line_end(end):
    assert read(PLAIN.replace("\n", end)) == TOLD


def test_a_stream_that_breaks_off_before_it_stopped_has_no_end():
    data = (FIRST + chunk({"content": "Grüße"}) + chunk(reason="stop")).encode()

    for cut in range(len(data)):
        reader = PROVIDER.reader()
        assert Ended() not in reader.feed(data[:cut]) + reader.end()


def test_a_stream_whose_choices_all_stopped_was_whole_without_done():
    assert read(PLAIN.removesuffix(DONE)) == TOLD


def test_a_stream_is_not_whole_while_one_choice_goes_on():
    stream = chunk({"content": "a"}) + chunk({"content": "b"}, index=1)

    assert read(stream + chunk(reason="stop", index=1))[-1] == Stopped(Stop.END, 1)


def test_the_end_is_told_once():
    reader = PROVIDER.reader()

    events = reader.feed((PLAIN + DONE + PLAIN).encode()) + reader.end()

    assert events == TOLD


def test_done_stops_what_gave_no_reason():
    assert read(FIRST + DONE) == [BEGUN, Stopped(Stop.END), Ended()]


def test_azures_first_chunk_begins_nothing():
    filters = (
        'data: {"choices":[],"created":0,"id":"","model":"","object":"",'
        '"prompt_filter_results":[{"prompt_index":0}]}\n\n'
    )

    assert read(filters + PLAIN) == TOLD


def test_usage_in_every_chunk_is_told_as_it_comes():
    stated = {"prompt_tokens": 9, "completion_tokens": 1}
    stream = chunk({"content": "a"}, usage=stated) + usage(9, 2)

    assert read(stream) == [
        BEGUN,
        TextDelta("a"),
        Spent(Usage(9, 1)),
        Spent(Usage(9, 2)),
    ]


def test_several_choices_are_told_apart():
    events = between(
        chunk({"content": "a"}),
        chunk({"content": "b"}, index=1),
        chunk(reason="length", index=1),
    )

    assert events == [TextDelta("a"), TextDelta("b", 1), Stopped(Stop.LENGTH, 1)]


def test_what_comes_after_a_choice_stopped_is_left_out():
    stream = FIRST + chunk(reason="length") + chunk({"content": "x"}, reason="stop")

    assert read(stream + DONE) == [BEGUN, Stopped(Stop.LENGTH), Ended()]


def test_a_refusal_is_told_and_makes_the_answer_declined():
    stream = FIRST + chunk({"refusal": "No."}) + chunk(reason="stop") + DONE

    assert read(stream) == [
        BEGUN,
        DeclinedDelta("No."),
        Stopped(Stop.DECLINED),
        Ended(),
    ]


def test_logprobs_come_with_their_text():
    choice = {
        "index": 0,
        "delta": {"content": "H"},
        "logprobs": {"content": [LOGPROB], "refusal": None},
        "finish_reason": None,
    }

    assert between(chunk(choices=[choice])) == [TextDelta("H", 0, (LOGPROB,))]


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_reasoning_is_told(name):
    assert between(chunk({name: "hm", "content": None})) == [ThinkingDelta("hm")]


def test_reasoning_details_are_told_once_and_their_seals_kept():
    detail = {"type": "reasoning.text", "format": "anthropic-claude-v1", "index": 0}

    events = between(
        chunk({"reasoning": "hm", "reasoning_details": [{**detail, "text": "hm"}]}),
        chunk({"reasoning_details": [{**detail, "text": "so"}]}),
        chunk({"reasoning_details": [{**detail, "signature": "Eq=="}]}),
    )

    *thoughts, signed = events
    assert thoughts == [ThinkingDelta("hm"), ThinkingDelta("so")]
    assert isinstance(signed, ThoughtSigned)
    assert signed.signature.issuer == "openai"


OPENAIS_CALLS = (
    chunk(call(0, id="call_1", name="f")),
    chunk(call(0, arguments='{"a"')),
    chunk(call(0, arguments=":1}")),
    chunk(call(1, id="call_2", name="g")),
    chunk(call(1, arguments="{}")),
)


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param(OPENAIS_CALLS, id="as OpenAI sends them"),
        pytest.param(
            (
                chunk(call(None, id="call_1", name="f")),
                chunk(call(None, arguments='{"a"')),
                chunk(call(None, arguments=":1}")),
                chunk(call(None, id="call_2", name="g", arguments="{}")),
            ),
            id="unnumbered",
        ),
        pytest.param(
            (
                chunk(call(None, id="call_1", name="f", arguments='{"a"')),
                chunk(call(None, id="call_2", name="g", arguments="{}")),
                chunk(call(None, id="call_1", name="f", arguments=":1}")),
            ),
            id="unnumbered, with ids repeated",
        ),
        pytest.param(
            (
                chunk(call(0, id="call_1", name="f", arguments='{"a"')),
                chunk(call(0, id="call_1", name="f", arguments=":1}")),
                chunk(call(1, id="call_2", name="g", arguments="{}")),
            ),
            id="id and name repeated",
        ),
        pytest.param(
            (
                chunk(call(0, id="call_1", name="f", arguments='{"a"')),
                chunk(call(0, id="other", arguments=":1}")),
                chunk(call(1, id="call_2", name="g", arguments="{}")),
            ),
            id="a new id with every piece",
        ),
        pytest.param(
            (
                chunk(call(0, id="call_1", name="f", arguments='{"a":1}')),
                chunk(call(0, id="call_2", name="g", arguments="{}")),
            ),
            id="every call numbered 0",
        ),
        pytest.param(
            (
                chunk(call(3, id="call_1", name="f", arguments='{"a":1}')),
                chunk(call(7, id="call_2", name="g", arguments="{}")),
            ),
            id="numbered with gaps",
        ),
    ],
)
def test_calls_are_told_however_they_are_numbered(chunks):
    calls: dict[int, str] = {}
    begun = []
    for event in between(*chunks):
        if isinstance(event, CallBegun):
            begun.append(event)
        elif isinstance(event, ArgumentsDelta):
            calls[event.index] = calls.get(event.index, "") + event.text

    assert begun == [CallBegun(0, "call_1", "f"), CallBegun(1, "call_2", "g")]
    assert calls == {0: '{"a":1}', 1: "{}"}


def test_a_call_without_id_gets_one():
    event, _ = between(chunk(call(0, name="f")))

    assert event.id.startswith("call_")


@pytest.mark.parametrize("arguments", [None, ""])
def test_a_call_without_arguments_has_an_empty_object_of_them(arguments):
    _, told = between(chunk(call(0, id="1", name="f", arguments=arguments)))

    assert told == ArgumentsDelta(0, "{}")


def test_the_signature_google_puts_on_a_call_travels():
    extra = {"google": {"thought_signature": "CiQB"}}

    event, _ = between(chunk(call(0, id="1", name="f", extra_content=extra)))

    assert event.signature == Signature("openai", "google.CiQB")


@pytest.mark.parametrize("reason", ["stop", "tool_calls"])
def test_an_answer_that_calls_stops_for_its_calls(reason):
    events = read(FIRST + chunk(call(0, id="1", name="f")) + chunk(reason=reason))

    assert events[-2:] == [Stopped(Stop.TOOL_CALLS), Ended()]


@pytest.mark.parametrize(
    "event",
    [
        'data: {"error":{"message":"overloaded","code":529}}\n\n',
        'event: error\ndata: {"error":{"message":"x"}}\n\n',
        'data: {"object":"error","message":"x","code":400}\n\n',
        "data: [1]\n\n",
        "data: not json\n\n",
        chunk({"tool_calls": [{"index": 0, "id": "1", "function": {}}]}),
        chunk(index=1024),
        chunk(reason="error"),
    ],
)
def test_what_is_no_answer_breaks_the_stream(event):
    reader = PROVIDER.reader()

    with pytest.raises(UpstreamBroken):
        reader.feed((FIRST + event).encode())


def test_done_without_an_answer_breaks_the_stream():
    with pytest.raises(UpstreamBroken):
        PROVIDER.reader().feed(DONE.encode())


def test_a_provider_cannot_make_us_remember_calls_without_end():
    calls = [{"id": str(at), "function": {"name": "f"}} for at in range(1025)]

    with pytest.raises(UpstreamBroken):
        PROVIDER.reader().feed(chunk({"tool_calls": calls}).encode())


def test_a_reason_nobody_knows_is_no_good_end():
    events = read(FIRST + chunk(reason="novel") + DONE)

    assert events[-2:] == [Stopped(Stop.FILTERED), Ended()]
