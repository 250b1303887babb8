from typing import Any

import orjson
import pytest

from providers.dialects.anthropic.sides import CALLER, PROVIDER
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
from providers.errors import UpstreamBroken
from providers.types import Usage

ASK = Ask(model="house-claude", turns=())
CALL = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"a": [1]}}
MESSAGE: dict[str, Any] = {
    "id": "msg_01",
    "type": "message",
    "role": "assistant",
    "model": "claude-opus-5",
    "content": [
        {"type": "thinking", "thinking": "Hm.", "signature": "EqQB"},
        {"type": "redacted_thinking", "data": "Zm9v"},
        {"type": "text", "text": "Let me see.", "citations": None},
        CALL,
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "stop_details": None,
    "usage": {
        "input_tokens": 10,
        "cache_creation_input_tokens": 20,
        "cache_read_input_tokens": 30,
        "output_tokens": 40,
        "output_tokens_details": {"thinking_tokens": 5},
        "service_tier": "standard",
    },
}
PARTS = (
    Thinking("Hm.", Signature("anthropic", "EqQB")),
    Thinking("", Signature("anthropic", "redacted_thinking.Zm9v")),
    Text("Let me see."),
    ToolCall("toolu_1", "f", '{"a":[1]}'),
)


def parsed(**fields: Any) -> Answer:
    return PROVIDER.parse(orjson.dumps({**MESSAGE, **fields}))


def rendered(*parts: Any, stop: Stop = Stop.END, **fields: Any) -> dict[str, Any]:
    answer = Answer("msg_01", "x", (Choice(parts, stop),), Usage(1, 2))
    for name, value in fields.items():
        object.__setattr__(answer, name, value)
    return orjson.loads(CALLER.render(answer, ASK))


def test_an_answer_is_read_whole():
    assert parsed() == Answer(
        id="msg_01",
        model="claude-opus-5",
        choices=(Choice(PARTS, Stop.TOOL_CALLS),),
        usage=Usage(
            60, 40, cached_tokens=30, cache_write_tokens=20, reasoning_tokens=5
        ),
    )


def test_an_answer_that_is_written_again_says_the_same():
    body = orjson.loads(CALLER.render(parsed(), ASK))

    expected = {**MESSAGE, "model": "house-claude"}
    del expected["stop_details"]
    expected["usage"] = {
        k: v for k, v in MESSAGE["usage"].items() if k != "service_tier"
    }
    expected["content"] = [
        {k: v for k, v in block.items() if v is not None}
        for block in MESSAGE["content"]
    ]
    assert body == expected


@pytest.mark.parametrize(
    ("reason", "stop"),
    [
        ("end_turn", Stop.END),
        ("max_tokens", Stop.LENGTH),
        ("model_context_window_exceeded", Stop.CONTEXT_FULL),
        ("stop_sequence", Stop.SEQUENCE),
        ("tool_use", Stop.TOOL_CALLS),
        ("pause_turn", Stop.PAUSED),
        ("refusal", Stop.DECLINED),
    ],
)
def test_every_reason_to_stop_is_known_both_ways(reason, stop):
    assert parsed(stop_reason=reason).choices[0].stop is stop
    assert rendered(Text("a"), stop=stop)["stop_reason"] == reason


def test_a_filter_is_a_refusal_to_the_caller():
    assert rendered(stop=Stop.FILTERED)["stop_reason"] == "refusal"


def test_an_unknown_reason_is_not_taken_for_a_whole_answer():
    assert parsed(stop_reason="novelty").choices[0].stop is Stop.FILTERED


@pytest.mark.parametrize("reason", [None, 3, ""])
def test_a_message_that_does_not_say_why_it_ended_is_broken(reason):
    with pytest.raises(UpstreamBroken):
        parsed(stop_reason=reason)


def test_the_sequence_that_stopped_it_is_told_both_ways():
    answer = parsed(stop_reason="stop_sequence", stop_sequence="END")

    assert answer.choices[0].stop_sequence == "END"
    assert orjson.loads(CALLER.render(answer, ASK))["stop_sequence"] == "END"


def test_why_it_declined_is_read():
    details = {"type": "refusal", "category": "bio", "explanation": "Too risky."}

    answer = parsed(content=[], stop_reason="refusal", stop_details=details)

    assert answer.choices == (Choice((Declined("Too risky."),), Stop.DECLINED),)


def test_a_refusal_that_ended_as_any_answer_is_told_as_one():
    body = rendered(Declined("I cannot."))

    assert body["content"] == [{"type": "text", "text": "I cannot."}]
    assert body["stop_reason"] == "refusal"


def test_a_refusal_that_was_cut_off_is_told_as_cut_off():
    assert rendered(Declined("I"), stop=Stop.LENGTH)["stop_reason"] == "max_tokens"


@pytest.mark.parametrize(
    ("part", "blocks"),
    [
        (Text(""), []),
        (Thinking("Hm."), [{"type": "thinking", "thinking": "Hm.", "signature": ""}]),
        (
            Thinking("Hm.", Signature("gemini", "x")),
            [{"type": "thinking", "thinking": "Hm.", "signature": "gemini.x"}],
        ),
        (
            Thinking("", Signature("openai", "gAAA")),
            [{"type": "redacted_thinking", "data": "openai.gAAA"}],
        ),
        (
            Thinking("", Signature("anthropic", "EqQB")),
            [{"type": "thinking", "thinking": "", "signature": "EqQB"}],
        ),
        (
            ToolCall("c", "f", "{}", Signature("gemini", "x")),
            [
                {"type": "redacted_thinking", "data": "tool_use.gemini.x"},
                {"type": "tool_use", "id": "c", "name": "f", "input": {}},
            ],
        ),
    ],
)
def test_other_providers_reasoning_is_carried_in_blocks(part, blocks):
    assert rendered(part)["content"] == blocks


@pytest.mark.parametrize(
    ("arguments", "input_"),
    [
        ("", {}),
        ('{"a": 1}', {"a": 1}),
        ('{"a": ', {"INVALID_JSON": '{"a": '}),
        ("[1]", {"INVALID_JSON": "[1]"}),
    ],
)
def test_arguments_are_an_object_whatever_the_model_wrote(arguments, input_):
    block = rendered(ToolCall("c", "f", arguments))["content"][0]

    assert block["input"] == input_


def test_arguments_however_deep_are_told_as_written():
    deep = '{"a":' * 300 + "1" + "}" * 300
    answer = Answer("m", "x", (Choice((ToolCall("c", "f", deep),), Stop.END),), None)

    assert deep.encode() in CALLER.render(answer, ASK)


@pytest.mark.parametrize(
    ("usage", "told"),
    [
        (None, (0, 0, 0, 0)),
        (Usage(7, 8), (7, 0, 0, 8)),
        (Usage(7, 8, cached_tokens=2, cache_write_tokens=3), (2, 3, 2, 8)),
        (Usage(1, 8, cached_tokens=2), (0, 0, 2, 8)),
    ],
)
def test_the_input_is_told_without_what_was_cached(usage, told):
    assert tuple(rendered(usage=usage)["usage"].values()) == told


@pytest.mark.parametrize(
    "usage",
    [
        None,
        3,
        {},
        {"input_tokens": 3},
        {"output_tokens": 3},
        {"input_tokens": "3", "output_tokens": 3},
    ],
)
def test_usage_that_is_not_whole_is_none(usage):
    assert parsed(usage=usage).usage is None


@pytest.mark.parametrize(
    ("id", "told"),
    [
        ("msg_01", "msg_01"),
        ("chatcmpl-1", "msg_chatcmpl-1"),
        ("a b/c", "msg_a_b_c"),
        ("m1", "msg_m1"),
    ],
)
def test_the_id_is_the_providers_with_the_prefix_clients_know(id, told):
    assert rendered(id=id)["id"] == told


def test_an_answer_without_an_id_gets_one():
    first, second = rendered(id="")["id"], rendered(id="")["id"]

    assert first.startswith("msg_")
    assert first != second


@pytest.mark.parametrize(
    "content",
    [
        [3, None, {}, {"type": 3}, {"type": "novelty"}],
        [{"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}],
    ],
)
def test_blocks_nobody_knows_are_passed_over(content):
    assert parsed(content=content).choices[0].parts == ()


def test_blocks_with_fields_of_the_wrong_kind_are_read_as_without():
    content = [
        {"type": "text", "text": 3},
        {"type": "thinking", "thinking": None, "signature": 4},
        {"type": "tool_use", "id": 1, "name": [], "input": "x"},
    ]

    assert parsed(content=content).choices[0].parts == (
        Text(""),
        Thinking(""),
        ToolCall("", "", "{}"),
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"type":"error","error":{"type":"api_error","message":"x"}}',
        b'{"content":"text"}',
        orjson.dumps({"content": []})[:-1],
        b'{"content":[{"type":"tool_use","input":'
        + b'{"a":' * 300
        + b"1"
        + b"}" * 300
        + b"}]}",
    ],
)
def test_what_is_no_message_is_broken(body):
    with pytest.raises(UpstreamBroken):
        PROVIDER.parse(body)
