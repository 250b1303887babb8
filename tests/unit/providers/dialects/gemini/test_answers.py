import re
from time import process_time

import orjson
import pytest

from providers.dialects.conversation import (
    Answer,
    Ask,
    Choice,
    Declined,
    Signature,
    Stop,
    Text,
    Thinking,
    ToolCall,
)
from providers.dialects.gemini.sides import CALLER, PROVIDER
from providers.errors import UpstreamBroken
from providers.types import Usage

from .streams import SIGNATURE, chunk, usage

ASK = Ask(model="house/gemini", turns=())
OWN = Signature("gemini", SIGNATURE)

PARTS = [
    {"text": "Let me look.", "thought": True},
    {"text": "Grüße "},
    {"text": "aus 🌍", "thoughtSignature": SIGNATURE},
    {"functionCall": {"name": "weather", "args": {"city": "Köln"}}},
    {"functionCall": {"id": "own-1", "name": "weather", "args": {}}},
    {"inlineData": {"mimeType": "image/png", "data": ""}},
]


def parsed(answer: dict) -> Answer:
    return PROVIDER.parse(orjson.dumps(answer))


def test_an_answer_is_read_whole():
    body = chunk(*PARTS, finishReason="STOP") | {
        "usageMetadata": {
            "promptTokenCount": 12,
            "toolUsePromptTokenCount": 3,
            "candidatesTokenCount": 20,
            "thoughtsTokenCount": 7,
            "cachedContentTokenCount": 5,
            "totalTokenCount": 42,
        }
    }

    assert parsed(body) == Answer(
        "Zx3aabcd",
        "gemini-3-pro-preview",
        (
            Choice(
                (
                    Thinking("Let me look."),
                    Text("Grüße aus 🌍"),
                    Thinking("", OWN),
                    ToolCall("call_Zx3aabcd_0", "weather", '{"city":"Köln"}'),
                    ToolCall("own-1", "weather", "{}"),
                ),
                Stop.TOOL_CALLS,
            ),
        ),
        Usage(15, 27, cached_tokens=5, reasoning_tokens=7),
    )


def test_candidates_are_put_into_their_order():
    first, second = chunk({"text": "b"}, index=1), chunk({"text": "a"})
    candidates = first["candidates"] + second["candidates"]
    for each in candidates:
        each["finishReason"] = "STOP"

    answer = parsed({"candidates": candidates})

    assert [choice.parts for choice in answer.choices] == [(Text("a"),), (Text("b"),)]
    assert answer.usage is None


@pytest.mark.parametrize("name", ["Zx3aabcd", "", "no id: \n"])
def test_no_two_calls_of_an_answer_have_the_same_id(name):
    call = {"functionCall": {"name": "f", "args": {}}}
    first = chunk(call, call, finishReason="STOP")
    second = chunk(call, finishReason="STOP", index=1)
    body = {"candidates": first["candidates"] + second["candidates"]}

    answer = parsed(body | {"responseId": name})

    ids = {part.id for choice in answer.choices for part in choice.parts}
    assert len(ids) == 3
    assert all(re.fullmatch("call_[A-Za-z0-9_-]+", id) for id in ids)


def test_a_refused_prompt_is_a_filtered_answer():
    body = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}} | usage(5, 0)

    assert parsed(body) == Answer("", "", (Choice((), Stop.FILTERED),), Usage(5, 0))


STOPS = {
    "STOP": Stop.END,
    "MAX_TOKENS": Stop.LENGTH,
    "SAFETY": Stop.FILTERED,
    "RECITATION": Stop.FILTERED,
    "LANGUAGE": Stop.FILTERED,
    "BLOCKLIST": Stop.FILTERED,
    "PROHIBITED_CONTENT": Stop.FILTERED,
    "SPII": Stop.FILTERED,
    "OTHER": Stop.FILTERED,
    "A_FILTER_OF_TOMORROW": Stop.FILTERED,
}


@pytest.mark.parametrize(("reason", "stop"), STOPS.items())
def test_a_reason_to_stop_is_read(reason, stop):
    answer = parsed(chunk({"text": "a"}, finishReason=reason))

    assert answer.choices[0].stop is stop


def test_a_cut_answer_with_a_call_was_cut():
    call = {"functionCall": {"name": "f", "args": {}}}

    answer = parsed(chunk(call, finishReason="MAX_TOKENS"))

    assert answer.choices[0].stop is Stop.LENGTH


BROKEN = {
    "nothing": {},
    "an error": {"error": {"code": 500, "message": "m", "status": "INTERNAL"}},
    "an error that is a text": {"error": "no"},
    "an answer that has not finished": chunk({"text": "a"}),
    "a call that came to nothing": chunk(finishReason="MALFORMED_FUNCTION_CALL"),
    "a call of no tool": chunk(finishReason="UNEXPECTED_TOOL_CALL"),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_an_answer_is_broken_by(answer):
    with pytest.raises(UpstreamBroken):
        parsed(answer)


def rendered(*parts: object, stop: Stop = Stop.END, used: Usage | None = None) -> dict:
    answer = Answer("r1", "claude", (Choice(parts, stop),), used)  # type: ignore[arg-type]
    return orjson.loads(CALLER.render(answer, ASK))


def test_an_answer_is_told_whole():
    found = rendered(
        Thinking("Hm.", Signature("anthropic", "abc")),
        Text("Hi"),
        Declined("No."),
        ToolCall("c1", "f", '{"a": 1}', OWN),
        stop=Stop.TOOL_CALLS,
        used=Usage(10, 9, cached_tokens=4, reasoning_tokens=2),
    )

    assert found == {
        "candidates": [
            {
                "content": {
                    "parts": [
                        {
                            "text": "Hm.",
                            "thought": True,
                            "thoughtSignature": "YW50aHJvcGljLmFiYw==",
                        },
                        {"text": "Hi"},
                        {"text": "No."},
                        {
                            "functionCall": {"id": "c1", "name": "f", "args": {"a": 1}},
                            "thoughtSignature": SIGNATURE,
                        },
                    ],
                    "role": "model",
                },
                "finishReason": "STOP",
                "index": 0,
            }
        ],
        "usageMetadata": {
            "promptTokenCount": 10,
            "candidatesTokenCount": 7,
            "totalTokenCount": 19,
            "thoughtsTokenCount": 2,
            "cachedContentTokenCount": 4,
        },
        "modelVersion": "house/gemini",
        "responseId": "r1",
    }


REASONS = {
    Stop.END: "STOP",
    Stop.LENGTH: "MAX_TOKENS",
    Stop.CONTEXT_FULL: "MAX_TOKENS",
    Stop.SEQUENCE: "STOP",
    Stop.TOOL_CALLS: "STOP",
    Stop.DECLINED: "SAFETY",
    Stop.FILTERED: "SAFETY",
    Stop.PAUSED: "OTHER",
}


@pytest.mark.parametrize("stop", Stop)
def test_a_reason_to_stop_is_told(stop):
    found = rendered(Text("a"), stop=stop)

    assert found["candidates"][0]["finishReason"] == REASONS[stop]


@pytest.mark.parametrize("arguments", ["{", "[1]", "null", '{"a": NaN}'])
def test_arguments_that_are_no_object_are_told_in_geminis_way(arguments):
    found = rendered(ToolCall("c", "f", arguments), stop=Stop.TOOL_CALLS)

    assert found["candidates"][0] == {
        "content": {"parts": [{"text": ""}], "role": "model"},
        "finishReason": "MALFORMED_FUNCTION_CALL",
        "index": 0,
    }


def test_an_answer_without_an_id_gets_one():
    answer = Answer("", "m", (Choice((Text("a"),), Stop.END),), None)

    found = orjson.loads(CALLER.render(answer, ASK))

    assert len(found["responseId"]) > 10


def test_log_probabilities_go_both_ways():
    result = {
        "chosenCandidates": [
            {"token": "a", "logProbability": -1.5},
            {"token": "b", "logProbability": 0.0},
        ],
        "topCandidates": [
            {"candidates": [{"token": "c", "logProbability": -2.0}]},
            {"candidates": []},
        ],
    }
    body = chunk({"text": "ab"}, finishReason="STOP", logprobsResult=result)

    found = orjson.loads(CALLER.render(parsed(body), ASK))

    assert found["candidates"][0]["logprobsResult"] == result


def test_a_text_in_many_pieces_takes_no_longer_each():
    thought = {"text": "a" * 100, "thought": True}
    body = chunk(*[thought] * 20_000, *[{"text": "b" * 100}] * 20_000)

    began = process_time()
    body["candidates"][0]["finishReason"] = "STOP"
    (choice,) = parsed(body).choices

    assert process_time() - began < 2
    assert choice.parts == (Thinking("a" * 2_000_000), Text("b" * 2_000_000))


def test_reasoning_counted_beyond_the_answer_leaves_no_less_than_nothing():
    counted = rendered(used=Usage(10, 5, reasoning_tokens=7))["usageMetadata"]

    assert counted["candidatesTokenCount"] == 0
