import orjson
import pytest

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
from providers.dialects.gemini.reader import Reader
from providers.dialects.gemini.renderer import Renderer
from providers.sse import payloads
from providers.types import Failure, Usage

from .test_reader import EVENTS

ASK = Ask(model="house/gemini", turns=())


def rendered(*events: Event) -> list[dict]:
    renderer = Renderer(ASK)
    blocks = b"".join(renderer.feed(event) for event in events)
    return [orjson.loads(data) for data in payloads(blocks)]


def said(*parts: dict, **candidate: object) -> dict:
    return {
        "candidates": [
            {"content": {"parts": list(parts), "role": "model"}, **candidate}
        ],
        "modelVersion": "house/gemini",
        "responseId": "r1",
    }


def test_a_whole_stream_is_told_chunk_by_chunk():
    found = rendered(
        Begun("r1", "claude"),
        ThinkingDelta("Hm."),
        ThoughtSigned(Signature("anthropic", "abc")),
        TextDelta("Hi"),
        CallBegun(0, "c1", "f", signature=Signature("gemini", "c2ln")),
        ArgumentsDelta(0, '{"a":'),
        ArgumentsDelta(0, "1}"),
        CallBegun(1, "c2", "g"),
        Stopped(Stop.TOOL_CALLS),
        Spent(Usage(10, 9, cached_tokens=4, reasoning_tokens=2)),
        Ended(),
    )

    assert found == [
        said(
            {
                "text": "Hm.",
                "thought": True,
                "thoughtSignature": "YW50aHJvcGljLmFiYw==",
            },
            index=0,
        ),
        said({"text": "Hi"}, index=0),
        said(
            {
                "functionCall": {"id": "c1", "name": "f", "args": {"a": 1}},
                "thoughtSignature": "c2ln",
            },
            {"functionCall": {"id": "c2", "name": "g", "args": {}}},
            index=0,
        ),
        said({"text": ""}, finishReason="STOP", index=0)
        | {
            "usageMetadata": {
                "promptTokenCount": 10,
                "candidatesTokenCount": 7,
                "totalTokenCount": 19,
                "thoughtsTokenCount": 2,
                "cachedContentTokenCount": 4,
            }
        },
    ]


def test_the_last_piece_of_a_thought_comes_with_its_signature():
    found = rendered(
        Begun("r1", ""),
        ThinkingDelta("H"),
        ThinkingDelta("m."),
        ThoughtSigned(Signature("gemini", "c2ln")),
        ThoughtSigned(Signature("gemini", "c2lo")),
    )

    assert found == [
        said({"text": "H", "thought": True}, index=0),
        said({"text": "m.", "thought": True, "thoughtSignature": "c2ln"}, index=0),
        said({"text": "", "thought": True, "thoughtSignature": "c2lo"}, index=0),
    ]


@pytest.mark.parametrize(
    ("after", "parts"),
    [
        (TextDelta("Hi"), [{"text": "Hi"}]),
        (Stopped(Stop.END), []),
        (ThinkingDelta(" Well."), []),
    ],
)
def test_a_thought_that_nobody_signs_is_told_before_what_follows(after, parts):
    found = rendered(Begun("r1", ""), ThinkingDelta("Hm."), after)

    assert found == [said({"text": "Hm.", "thought": True}, *parts, index=0)]


def test_a_thought_is_told_before_the_failure_that_ends_it():
    renderer = Renderer(ASK)
    renderer.feed(ThinkingDelta("Hm."))

    failure = Failure(502, "It broke.", "provider_error", "provider_error")
    found = [orjson.loads(data) for data in payloads(renderer.fail(failure))]

    assert found[0]["candidates"][0]["content"]["parts"] == [
        {"text": "Hm.", "thought": True}
    ]
    assert found[1]["error"]["code"] == 502


def test_a_call_goes_out_before_the_text_that_follows_it():
    found = rendered(
        Begun("r1", ""), CallBegun(0, "c", "f"), DeclinedDelta("No."), Stopped(Stop.END)
    )

    assert found == [
        said(
            {"functionCall": {"id": "c", "name": "f", "args": {}}},
            {"text": "No."},
            index=0,
        )
    ]


def test_arguments_that_are_no_object_are_told_in_geminis_way():
    cut = [Begun("r1", ""), CallBegun(0, "c", "f"), ArgumentsDelta(0, '{"a"')]

    assert rendered(*cut, Stopped(Stop.TOOL_CALLS), Ended()) == [
        said({"text": ""}, finishReason="MALFORMED_FUNCTION_CALL", index=0)
    ]
    assert rendered(*cut, Stopped(Stop.LENGTH), Ended()) == [
        said({"text": ""}, finishReason="MAX_TOKENS", index=0)
    ]
    assert rendered(*cut, TextDelta("x"), Stopped(Stop.END), Ended())[-1] == said(
        {"text": ""}, finishReason="MALFORMED_FUNCTION_CALL", index=0
    )


def test_pretty_arguments_keep_to_one_line():
    renderer = Renderer(ASK)
    renderer.feed(CallBegun(0, "c", "f"))
    renderer.feed(ArgumentsDelta(0, '{\r\n  "a":\n1e2 }'))

    block = renderer.feed(Stopped(Stop.TOOL_CALLS))

    assert block.count(b"\n") == 2
    assert b'"args":{    "a": 1e2 }' in block


def test_several_choices_finish_together():
    found = rendered(
        Begun("r1", ""),
        TextDelta("a"),
        TextDelta("b", choice=1),
        Stopped(Stop.LENGTH, choice=1),
        Stopped(Stop.END),
        Ended(),
    )

    assert found[-1]["candidates"] == [
        {
            "content": {"parts": [{"text": ""}], "role": "model"},
            "finishReason": reason,
            "index": index,
        }
        for index, reason in enumerate(("STOP", "MAX_TOKENS"))
    ]


def test_log_probabilities_go_out_with_their_text():
    entry = {"token": "Hi", "logprob": -0.5, "bytes": [72, 105], "top_logprobs": []}

    found = rendered(Begun("r1", ""), TextDelta("Hi", logprobs=(entry,)))

    assert found == [
        said(
            {"text": "Hi"},
            index=0,
            logprobsResult={
                "chosenCandidates": [{"token": "Hi", "logProbability": -0.5}]
            },
        )
    ]


def test_a_broken_stream_ends_in_an_error_that_googles_client_knows():
    failure = Failure(502, "It broke.", "provider_error", "provider_error")

    block = Renderer(ASK).fail(failure)

    # The client looks for exactly these bytes.
    assert block.startswith(b'data: {"error":{"code":502,')
    assert block.endswith(b"}\n\n")


def test_what_the_renderer_writes_the_reader_reads():
    renderer, reader = Renderer(ASK), Reader()

    written = b"".join(renderer.feed(event) for event in EVENTS)
    found = reader.feed(written) + reader.end()

    spent = Spent(Usage(12, 27, reasoning_tokens=7))
    deltas = [e for e in EVENTS if not isinstance(e, Begun | Spent | Stopped | Ended)]
    # The stand-in for an empty thought: the name of the model is the caller's.
    assert found == [
        Begun("Zx3aabcd", "house/gemini"),
        *deltas,
        Stopped(Stop.TOOL_CALLS),
        spent,
        Ended(),
    ]
