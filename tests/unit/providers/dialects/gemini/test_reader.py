import pytest

from providers.dialects.conversation import Signature, Stop
from providers.dialects.events import (
    ArgumentsDelta,
    Begun,
    CallBegun,
    Ended,
    Event,
    Spent,
    Stopped,
    TextDelta,
    ThinkingDelta,
    ThoughtSigned,
)
from providers.dialects.gemini.reader import Reader
from providers.errors import UpstreamBroken
from providers.types import Usage

from .streams import SIGNATURE, THOUGHT_TEXT_AND_CALLS, chunk, events, usage

EVENTS = [
    Begun("Zx3aabcd", "gemini-3-pro-preview"),
    ThinkingDelta("Let me "),
    Spent(Usage(12, 3, reasoning_tokens=3)),
    ThinkingDelta("look."),
    Spent(Usage(12, 7, reasoning_tokens=7)),
    TextDelta("Grüße "),
    Spent(Usage(12, 9, reasoning_tokens=7)),
    TextDelta("aus 🌍"),
    Spent(Usage(12, 11, reasoning_tokens=7)),
    CallBegun(
        0, "call_Zx3aabcd_0", "weather", signature=Signature("gemini", SIGNATURE)
    ),
    ArgumentsDelta(0, '{"city":"Köln"}'),
    CallBegun(1, "own-1", "weather"),
    ArgumentsDelta(1, "{}"),
    Spent(Usage(12, 27, reasoning_tokens=7)),
    Stopped(Stop.TOOL_CALLS),
    Ended(),
]


def read(*pieces: bytes) -> list[Event]:
    reader = Reader()
    found = [event for piece in pieces for event in reader.feed(piece)]
    return found + reader.end()


def test_a_stream_reads_as_the_same_events_wherever_it_is_cut():
    stream = THOUGHT_TEXT_AND_CALLS

    for cut in range(len(stream) + 1):
        assert read(stream[:cut], stream[cut:]) == EVENTS


def test_a_stream_reads_the_same_byte_by_byte():
    assert read(*(bytes([each]) for each in THOUGHT_TEXT_AND_CALLS)) == EVENTS


def test_a_stream_that_broke_off_before_its_finish_never_ended():
    last = THOUGHT_TEXT_AND_CALLS.rindex(b"data:")

    for cut in range(len(THOUGHT_TEXT_AND_CALLS) - 3):
        assert Ended() not in read(THOUGHT_TEXT_AND_CALLS[:cut])
    assert read(THOUGHT_TEXT_AND_CALLS[:last]) == EVENTS[:-2]


def test_what_follows_the_finish_unfinished_means_that_it_never_ended():
    assert Ended() not in read(THOUGHT_TEXT_AND_CALLS, b'data: {"cand')


def test_each_of_several_candidates_must_finish():
    first = chunk({"text": "a"}, finishReason="STOP")
    second = chunk({"text": "b"}, index=1)
    finish = chunk(index=1, finishReason="MAX_TOKENS")

    assert Ended() not in read(events(first, second))
    assert read(events(first, second, finish)) == [
        Begun("Zx3aabcd", "gemini-3-pro-preview"),
        TextDelta("a"),
        Stopped(Stop.END),
        TextDelta("b", choice=1),
        Stopped(Stop.LENGTH, choice=1),
        Ended(),
    ]


def test_a_signature_on_a_text_or_alone_is_told_after_it():
    stream = events(
        chunk({"text": "42"}),
        chunk({"text": "", "thoughtSignature": SIGNATURE}, finishReason="STOP"),
    )

    assert read(stream)[1:] == [
        TextDelta("42"),
        ThoughtSigned(Signature("gemini", SIGNATURE)),
        Stopped(Stop.END),
        Ended(),
    ]


def test_a_refused_prompt_is_a_filtered_answer():
    stream = events(
        {"promptFeedback": {"blockReason": "SAFETY"}, "responseId": "x"} | usage(5, 0)
    )

    assert read(stream) == [
        Begun("x", ""),
        Stopped(Stop.FILTERED),
        Spent(Usage(5, 0)),
        Ended(),
    ]


def test_log_probabilities_come_with_their_text():
    result = {
        "chosenCandidates": [{"token": "Hi", "tokenId": 7, "logProbability": -0.25}],
        "topCandidates": [
            {"candidates": [{"token": "Hi", "logProbability": -0.25}, {"token": "Yo"}]}
        ],
    }

    found = read(events(chunk({"text": "Hi"}, logprobsResult=result)))

    assert found[1] == TextDelta(
        "Hi",
        logprobs=(
            {
                "token": "Hi",
                "logprob": -0.25,
                "bytes": None,
                "top_logprobs": [
                    {"token": "Hi", "logprob": -0.25, "bytes": None},
                    {"token": "Yo", "logprob": 0.0, "bytes": None},
                ],
            },
        ),
    )


BROKEN = {
    "an error": b'data: {"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}\n\n',
    "no JSON": b"data: <html>\n\n",
    "no object": b"data: []\n\n",
    "a failure of the model": events(chunk(finishReason="MALFORMED_FUNCTION_CALL")),
    "a candidate beyond counting": events(chunk({"text": "a"}, index=1024)),
    "more calls than anyone makes": events(
        chunk(*[{"functionCall": {"name": "f"}}] * 1025)
    ),
    "text after the finish": events(
        chunk({"text": "a"}, finishReason="STOP"), chunk({"text": "b"})
    ),
}


@pytest.mark.parametrize("stream", BROKEN.values(), ids=BROKEN)
def test_a_stream_is_broken_by(stream):
    with pytest.raises(UpstreamBroken):
        read(stream)


HOSTILE = [
    {},
    {"candidates": 1},
    {"candidates": [None, 1, {"content": []}]},
    {"candidates": [{"index": -3, "content": {"parts": [1, {"text": 5}]}}]},
    {"candidates": [{"content": {"parts": [{"functionCall": {"args": [1]}}]}}]},
    {"candidates": [{"logprobsResult": {"chosenCandidates": [{"token": 1}]}}]},
    {"usageMetadata": {"promptTokenCount": -1}},
    {"usageMetadata": {"promptTokenCount": 10**18, "candidatesTokenCount": True}},
    {"promptFeedback": {"blockReason": 3}},
    {"responseId": ["x"], "modelVersion": 4, "candidates": [{"finishReason": 9}]},
]


@pytest.mark.parametrize("answer", HOSTILE, ids=str)
def test_nothing_a_provider_sends_raises_anything_else(answer):
    found = read(events(answer))

    assert Ended() not in found
