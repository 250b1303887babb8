from time import process_time

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.dialects.bedrock.sides import PROVIDER
from providers.dialects.conversation import Signature, Stop, Text, Thinking, ToolCall
from providers.dialects.events import (
    ArgumentsDelta,
    Begun,
    CallBegun,
    Ended,
    Spent,
    Stopped,
    TextDelta,
    ThinkingDelta,
    ThoughtSigned,
)
from providers.errors import UpstreamBroken
from providers.types import Usage

from .frames import event, exception, frame


def delta(block, **said):
    return event("contentBlockDelta", contentBlockIndex=block, delta=said)


def start(block, **call):
    return event("contentBlockStart", contentBlockIndex=block, start={"toolUse": call})


def stop(block):
    return event("contentBlockStop", contentBlockIndex=block)


BEGUN = event("messageStart", role="assistant")
USAGE = {
    "inputTokens": 18,
    "outputTokens": 386,
    "totalTokens": 7906,
    "cacheReadInputTokens": 7502,
    "cacheWriteInputTokens": 0,
}
SPENT = event("metadata", metrics={"latencyMs": 551}, usage=USAGE)


def done(reason="end_turn", **more):
    return event("messageStop", stopReason=reason, **more)


PIECES = [
    BEGUN,
    delta(0, reasoningContent={"text": "H"}),
    delta(0, reasoningContent={"text": "m."}),
    delta(0, reasoningContent={"signature": "c2"}),
    delta(0, reasoningContent={"signature": "ln"}),
    stop(0),
    # Base64 of `se` and of `cret`: the pieces do not join as texts.
    delta(1, reasoningContent={"redactedContent": "c2U="}),
    delta(1, reasoningContent={"redactedContent": "Y3JldA=="}),
    stop(1),
    delta(2, text="Let me "),
    delta(2, text="see."),
    stop(2),
    start(3, toolUseId="tooluse_1", name="weather"),
    delta(3, toolUse={"input": ""}),
    delta(3, toolUse={"input": '{"city":'}),
    delta(3, toolUse={"input": '"Oslo"}'}),
    stop(3),
    start(4, toolUseId="tooluse_2", name="time"),
    delta(4, toolUse={"input": ""}),
    stop(4),
    done("tool_use"),
    SPENT,
]
STREAM = b"".join(PIECES)
EVENTS = [
    Begun("", ""),
    ThinkingDelta("H"),
    ThinkingDelta("m."),
    ThoughtSigned(Signature("bedrock", "c2ln")),
    ThoughtSigned(Signature("bedrock", "redacted.c2VjcmV0")),
    TextDelta("Let me "),
    TextDelta("see."),
    CallBegun(0, "tooluse_1", "weather"),
    ArgumentsDelta(0, '{"city":'),
    ArgumentsDelta(0, '"Oslo"}'),
    CallBegun(1, "tooluse_2", "time"),
    ArgumentsDelta(1, "{}"),
    Stopped(Stop.TOOL_CALLS),
    Spent(Usage(7520, 386, cached_tokens=7502)),
    Ended(),
]


def read(*chunks):
    reader = PROVIDER.reader()
    return [event for chunk in chunks for event in reader.feed(chunk)] + reader.end()


def test_reads_a_whole_stream():
    assert read(STREAM) == EVENTS


def test_reads_the_same_wherever_the_bytes_are_cut():
    for cut in range(len(STREAM) + 1):
        assert read(STREAM[:cut], STREAM[cut:]) == EVENTS, cut


def test_reads_the_same_byte_by_byte():
    assert read(*(STREAM[at : at + 1] for at in range(len(STREAM)))) == EVENTS


def test_a_stream_broken_off_anywhere_has_no_end():
    # A connection that ends cleanly between the last message and its usage was whole.
    before_usage = len(STREAM) - len(SPENT)

    for cut in range(len(STREAM)):
        reader = PROVIDER.reader()
        events = reader.feed(STREAM[:cut])

        assert Ended() not in events, cut
        assert reader.end() == ([Ended()] if cut == before_usage else []), cut


def test_ends_but_once():
    reader = PROVIDER.reader()
    reader.feed(STREAM)

    assert reader.feed(SPENT + BEGUN) == []
    assert reader.end() == []


def test_plain_and_streamed_tell_the_same():
    content = [
        {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}},
        {"reasoningContent": {"redactedContent": "c2VjcmV0"}},
        {"text": "Let me see."},
        {
            "toolUse": {
                "toolUseId": "tooluse_1",
                "name": "weather",
                "input": {"city": "Oslo"},
            }
        },
        {"toolUse": {"toolUseId": "tooluse_2", "name": "time", "input": {}}},
    ]
    body = {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": "tool_use",
        "usage": USAGE,
    }

    plain = PROVIDER.parse(orjson.dumps(body))

    assert plain.choices[0].parts == parts_of(EVENTS)
    assert Stopped(plain.choices[0].stop) in EVENTS
    assert Spent(plain.usage) in EVENTS


def parts_of(events):
    """Put a stream's parts together as a client would."""
    parts = []
    for each in events:
        match each, parts[-1:]:
            case ThinkingDelta(text), [Thinking(before, None)]:
                parts[-1] = Thinking(before + text)
            case ThinkingDelta(text), _:
                parts.append(Thinking(text))
            case ThoughtSigned(signature), [Thinking(before, None)]:
                parts[-1] = Thinking(before, signature)
            case ThoughtSigned(signature), _:
                parts.append(Thinking("", signature))
            case TextDelta(text), [Text(before)]:
                parts[-1] = Text(before + text)
            case TextDelta(text), _:
                parts.append(Text(text))
            case CallBegun(_, id, name), _:
                parts.append(ToolCall(id, name, ""))
            case ArgumentsDelta(_, text), [ToolCall(id, name, before)]:
                parts[-1] = ToolCall(id, name, before + text)
    return tuple(parts)


@pytest.mark.parametrize(
    ("reason", "more", "stopped"),
    [
        ("end_turn", {}, Stopped(Stop.END)),
        ("max_tokens", {}, Stopped(Stop.LENGTH)),
        ("content_filtered", {}, Stopped(Stop.FILTERED)),
        (
            "stop_sequence",
            {"additionalModelResponseFields": {"stop_sequence": "END"}},
            Stopped(Stop.SEQUENCE, stop_sequence="END"),
        ),
    ],
)
def test_reads_why_the_answer_ended(reason, more, stopped):
    assert read(BEGUN, delta(0, text="a"), stop(0), done(reason, **more)) == [
        Begun("", ""),
        TextDelta("a"),
        stopped,
        Ended(),
    ]


def test_an_end_with_calls_is_one_for_calls():
    call = start(0, toolUseId="1", name="f") + stop(0)

    assert Stopped(Stop.TOOL_CALLS) in read(BEGUN, call, done("end_turn"))


def test_a_signature_counts_even_when_its_block_is_left_open():
    signed = delta(0, reasoningContent={"signature": "c2ln"})

    events = read(BEGUN, signed, done())

    assert events[1:3] == [
        ThoughtSigned(Signature("bedrock", "c2ln")),
        Stopped(Stop.END),
    ]


def test_tools_the_provider_runs_itself_are_left_out():
    own = start(0, toolUseId="1", name="search", type="server_tool_use")
    result = event(
        "contentBlockStart",
        contentBlockIndex=1,
        start={"toolResult": {"toolUseId": "1"}},
    )
    other = start(2, toolUseId="2", name="f") + stop(2)

    assert read(own, delta(0, toolUse={"input": "{}"}), stop(0), result, other) == [
        CallBegun(0, "2", "f"),
        ArgumentsDelta(0, "{}"),
    ]


@pytest.mark.parametrize(
    "chunk",
    [
        exception("throttlingException", "Too many tokens, wait."),
        exception("modelStreamErrorException", "The model failed."),
        frame({":message-type": "exception", ":exception-type": "new"}),
        frame({":message-type": "error", ":error-code": "500"}),
        event("messageStop", stopReason="malformed_tool_use"),
        event("messageStop"),
        frame({":message-type": "event", ":event-type": "metadata"}, b"no JSON"),
        frame({":message-type": "event", ":event-type": "metadata"}, b"[]"),
        delta(0, reasoningContent={"redactedContent": "no base64!"}),
        delta(0, reasoningContent={"redactedContent": "ü"}),
        b"data: {}\n\n" * 3,
    ],
)
def test_what_is_wrong_in_a_stream_breaks_it(chunk):
    reader = PROVIDER.reader()
    reader.feed(BEGUN)

    with pytest.raises(UpstreamBroken):
        reader.feed(chunk)

    assert reader.end() == []


def test_names_the_providers_failure_but_not_its_message():
    with pytest.raises(UpstreamBroken, match="throttlingException") as caught:
        read(exception("throttlingException", "You said: a secret"))

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "chunk",
    [
        frame({":message-type": "event", ":event-type": "somethingNew"}, b"{}"),
        delta(0, text=""),
        delta(0, text=7),
        delta(0, citation={"title": "plan"}),
        delta(0, reasoningContent=7),
        delta(9, toolUse={"input": "{}"}),
        event("contentBlockDelta", delta=7),
        event("contentBlockStart", contentBlockIndex=0, start={}),
        event("contentBlockStop", contentBlockIndex=-1),
        event("metadata", usage=None),
    ],
)
def test_what_says_nothing_to_a_caller_is_left_out(chunk):
    assert read(BEGUN, chunk, done()) == [Begun("", ""), Stopped(Stop.END), Ended()]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "delta",
                    "start",
                    "text",
                    "toolUse",
                    "input",
                    "reasoningContent",
                    "redactedContent",
                    "signature",
                    "stopReason",
                    "usage",
                    "inputTokens",
                    "contentBlockIndex",
                    "p",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
KINDS = st.sampled_from(
    [
        "messageStart",
        "contentBlockStart",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
        "metadata",
        "other",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(KINDS, JSON), max_size=5))
def test_nothing_a_provider_says_raises_anything_but_that_it_broke(said):
    reader = PROVIDER.reader()

    try:
        for kind, fields in said:
            headers = {":message-type": "event", ":event-type": kind}
            reader.feed(frame(headers, orjson.dumps(fields)))
    except UpstreamBroken:
        return
    assert Ended() not in reader.end() or "messageStop" in dict(said)


def test_reasoning_in_many_pieces_takes_no_longer_each():
    signature = delta(0, reasoningContent={"signature": "c2ln" * 25})
    encrypted = delta(1, reasoningContent={"redactedContent": "c2ln" * 25})
    stream = signature * 40_000 + stop(0) + encrypted * 40_000 + stop(1)
    reader = PROVIDER.reader()

    began = process_time()
    signed, redacted = reader.feed(stream)

    assert process_time() - began < 4
    assert signed == ThoughtSigned(Signature("bedrock", "c2ln" * 1_000_000))
    assert len(redacted.signature.value) == len("redacted.") + 4_000_000


def test_more_calls_than_anyone_makes_are_no_answer():
    reader = PROVIDER.reader()

    with pytest.raises(UpstreamBroken):
        reader.feed(b"".join(start(n, toolUseId="t", name="f") for n in range(1025)))
