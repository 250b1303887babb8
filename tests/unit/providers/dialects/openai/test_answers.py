"""Whole chat completions, read from providers and written for callers."""

import orjson
import pytest
from openai.types.chat import ChatCompletion

from providers.dialects.conversation import (
    Answer,
    Ask,
    Choice,
    Declined,
    Reasoning,
    Signature,
    Stop,
    Text,
    Thinking,
    ToolCall,
)
from providers.dialects.openai.sides import CALLER, PROVIDER
from providers.errors import UpstreamBroken
from providers.types import Usage

ASK = Ask(model="theirs", turns=())
LEGACY = Ask(model="theirs", turns=(), names={"tools": "functions"})
LOGPROB = {"token": "Hi", "logprob": -0.5, "bytes": [72, 105], "top_logprobs": []}
CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city":"Bonn"}'},
}

# As deep as is read, and too deep to be written.
DEEP = b'{"a":' * 300 + b"1" + b"}" * 300


def answer_of(message=None, **choice):
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1741570283,
        "model": "gpt-x-2026",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": None, **(message or {})},
                "logprobs": None,
                "finish_reason": "stop",
                **choice,
            }
        ],
    }
    return PROVIDER.parse(orjson.dumps(body))


def choice_of(message=None, **choice):
    return answer_of(message, **choice).choices[0]


def shown(*parts, stop=Stop.END, ask=ASK, **choice):
    answer = Answer("msg_1", "claude", (Choice(parts, stop, **choice),), None, 5)
    body = orjson.loads(CALLER.render(answer, ask))
    ChatCompletion.model_validate(body, strict=True)
    return body["choices"][0]


def test_an_answer_is_read_whole():
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1741570283,
        "model": "gpt-x-2026",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Hi", "refusal": None},
                "logprobs": {"content": [LOGPROB], "refusal": None},
                "finish_reason": "stop",
            },
            {
                "index": 1,
                "message": {"role": "assistant", "content": "Ho"},
                "logprobs": None,
                "finish_reason": "length",
            },
        ],
        "usage": {
            "prompt_tokens": 19,
            "completion_tokens": 10,
            "total_tokens": 29,
            "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 6},
        },
        "service_tier": "default",
    }

    assert PROVIDER.parse(orjson.dumps(body)) == Answer(
        id="chatcmpl-1",
        model="gpt-x-2026",
        choices=(
            Choice((Text("Hi"),), Stop.END, logprobs=(LOGPROB,)),
            Choice((Text("Ho"),), Stop.LENGTH),
        ),
        usage=Usage(19, 10, cached_tokens=4, reasoning_tokens=6),
        created=1741570283,
    )


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ({"content": "x"}, (Text("x"),)),
        ({"content": ""}, ()),
        ({"refusal": "No."}, (Declined("No."),)),
        (
            {"content": "x", "tool_calls": [CALL]},
            (Text("x"), ToolCall("call_1", "weather", '{"city":"Bonn"}')),
        ),
        ({"content": "x", "reasoning_content": "hm"}, (Thinking("hm"), Text("x"))),
        ({"content": "x", "reasoning": "hm"}, (Thinking("hm"), Text("x"))),
        (
            {"content": [{"type": "thinking"}, {"type": "text", "text": "x"}]},
            (Text("x"),),
        ),
        ({"content": {"what": "?"}, "tool_calls": "none"}, ()),
    ],
)
def test_a_message_is_read(message, parts):
    assert choice_of(message).parts == parts


@pytest.mark.parametrize(
    ("reason", "message", "stop"),
    [
        ("stop", {"content": "x"}, Stop.END),
        ("length", {"content": "x"}, Stop.LENGTH),
        ("content_filter", {"content": "x"}, Stop.FILTERED),
        ("tool_calls", {"tool_calls": [CALL]}, Stop.TOOL_CALLS),
        ("stop", {"tool_calls": [CALL]}, Stop.TOOL_CALLS),
        ("length", {"tool_calls": [CALL]}, Stop.LENGTH),
        ("stop", {"refusal": "No."}, Stop.DECLINED),
        (None, {"content": "x"}, Stop.END),
        ("EOS", {"content": "x"}, Stop.END),
        ("eos_token", {"tool_calls": [CALL]}, Stop.TOOL_CALLS),
        ("stop_sequence", {"content": "x"}, Stop.SEQUENCE),
        ("model_length", {"content": "x"}, Stop.CONTEXT_FULL),
        ("novel", {"content": "x"}, Stop.FILTERED),
    ],
)
def test_why_it_stopped_is_read(reason, message, stop):
    assert choice_of(message, finish_reason=reason).stop is stop


def test_a_call_without_id_gets_one_and_arguments_become_text():
    call = {"function": {"name": "f", "arguments": {"a": 1}}}

    (part,) = choice_of({"tool_calls": [call]}).parts

    assert part.id.startswith("call_")
    assert (part.name, part.arguments) == ("f", '{"a":1}')


@pytest.mark.parametrize(
    ("usage", "meaning"),
    [
        (None, None),
        ({}, None),
        ({"prompt_tokens": 3, "completion_tokens": 2}, Usage(3, 2)),
        ({"prompt_tokens": 3, "total_tokens": 5}, Usage(3, 2)),
        (
            {
                "prompt_tokens": 3,
                "completion_tokens": 2,
                "total_tokens": 9,
                "completion_tokens_details": {"reasoning_tokens": 4},
            },
            Usage(3, 6, reasoning_tokens=4),
        ),
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 1,
                "prompt_tokens_details": {"cached_tokens": 5, "cache_write_tokens": 3},
            },
            Usage(9, 1, cached_tokens=5, cache_write_tokens=3),
        ),
        (
            {
                "prompt_tokens": 3,
                "completion_tokens": 1,
                "prompt_tokens_details": {"cached_tokens": 5, "cache_write_tokens": 3},
                "completion_tokens_details": {"reasoning_tokens": 4},
            },
            Usage(3, 1, cached_tokens=3, cache_write_tokens=0, reasoning_tokens=1),
        ),
        (
            {"prompt_tokens": 9, "completion_tokens": 1, "prompt_cache_hit_tokens": 8},
            Usage(9, 1, cached_tokens=8),
        ),
        ({"prompt_tokens": "3", "completion_tokens": 2}, None),
    ],
)
def test_usage_is_read_and_its_parts_never_pass_the_whole(usage, meaning):
    body = {"choices": [{"message": {"content": "x"}}], "usage": usage}

    assert PROVIDER.parse(orjson.dumps(body)).usage == meaning


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"not json",
        b"{}",
        b'{"choices":[]}',
        b'{"choices":[1]}',
        b'{"error":{"message":"x"}}',
        b'{"choices":[{"message":{"tool_calls":[{"id":"1"}]}}]}',
        b'{"choices":[{"message":{"content":"x"},"finish_reason":"error"}]}',
        b'{"choices":[{"message":{"content":"x"},'
        b'"finish_reason":"insufficient_system_resource"}]}',
        b'{"choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":'
        + DEEP
        + b"}}]}}]}",
        b'{"choices":[{"message":{"reasoning_details":[{"data":"x","more":'
        + DEEP
        + b"}]}}]}",
    ],
)
def test_what_is_no_answer_is_broken(body):
    with pytest.raises(UpstreamBroken):
        PROVIDER.parse(body)


def test_an_answer_is_shown_whole():
    usage = Usage(19, 10, cached_tokens=4, cache_write_tokens=2, reasoning_tokens=6)
    choice = Choice((Text("Hi"), Text(" there")), Stop.END, logprobs=(LOGPROB,))
    answer = Answer("msg_1", "claude", (choice,), usage, 1741570283)

    body = orjson.loads(CALLER.render(answer, ASK))

    assert body == {
        "id": "chatcmpl-msg_1",
        "object": "chat.completion",
        "created": 1741570283,
        "model": "theirs",
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": "Hi there",
                    "refusal": None,
                },
                "logprobs": {"content": [LOGPROB], "refusal": None},
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 19,
            "completion_tokens": 10,
            "total_tokens": 29,
            "prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2},
            "completion_tokens_details": {"reasoning_tokens": 6},
        },
    }
    ChatCompletion.model_validate(body, strict=True)


@pytest.mark.parametrize(
    ("id", "start"),
    [("chatcmpl-9", "chatcmpl-9"), ("x", "chatcmpl-x"), ("", "chatcmpl-")],
)
def test_an_answer_has_an_id_of_openais_kind(id, start):
    answer = Answer(id, "m", (Choice((), Stop.END),), None)

    shown_id = orjson.loads(CALLER.render(answer, ASK))["id"]

    assert shown_id.startswith(start)
    assert len(shown_id) > len("chatcmpl-")


def test_calls_are_shown_with_the_signatures_they_carry():
    found = shown(
        ToolCall("1", "f", "", Signature("gemini", "CiQB")),
        ToolCall("2", "g", '{"a":1}', Signature("anthropic", "Eq==")),
        stop=Stop.TOOL_CALLS,
    )

    assert found["finish_reason"] == "tool_calls"
    assert found["message"] == {
        "role": "assistant",
        "content": None,
        "refusal": None,
        "tool_calls": [
            {
                "id": "1",
                "type": "function",
                "function": {"name": "f", "arguments": "{}"},
                "extra_content": {"google": {"thought_signature": "CiQB"}},
            },
            {
                "id": "2",
                "type": "function",
                "function": {"name": "g", "arguments": '{"a":1}'},
                "extra_content": {"google": {"thought_signature": "anthropic.Eq=="}},
            },
        ],
    }


def test_a_caller_of_before_is_shown_the_first_call():
    found = shown(
        ToolCall("1", "f", "{}"),
        ToolCall("2", "g", "{}"),
        stop=Stop.TOOL_CALLS,
        ask=LEGACY,
    )

    assert found["finish_reason"] == "function_call"
    assert found["message"]["function_call"] == {"name": "f", "arguments": "{}"}
    assert "tool_calls" not in found["message"]


def test_reasoning_is_shown_with_its_signatures():
    found = shown(
        Thinking("hm", Signature("anthropic", "Eq==")),
        Thinking("", Signature("openai", "gAAA")),
        Thinking("so"),
        Text("x"),
    )

    assert found["message"] == {
        "role": "assistant",
        "content": "x",
        "refusal": None,
        "reasoning_content": "hmso",
        "reasoning_details": [
            {
                "type": "reasoning.text",
                "text": "hm",
                "signature": "anthropic.Eq==",
                "index": 0,
            },
            {"type": "reasoning.encrypted", "data": "gAAA", "index": 1},
            {"type": "reasoning.text", "text": "so", "index": 2},
        ],
    }


def test_reasoning_is_hidden_from_a_caller_who_wants_none_shown():
    ask = Ask(model="m", turns=(), reasoning=Reasoning(shown=False))

    found = shown(Thinking("hm", Signature("anthropic", "Eq==")), Text("x"), ask=ask)

    assert list(found["message"]) == ["role", "content", "refusal"]


@pytest.mark.parametrize(
    ("stop", "parts", "reason"),
    [
        (Stop.END, (Text("x"),), "stop"),
        (Stop.SEQUENCE, (Text("x"),), "stop"),
        (Stop.PAUSED, (Text("x"),), "stop"),
        (Stop.LENGTH, (Text("x"),), "length"),
        (Stop.CONTEXT_FULL, (Text("x"),), "length"),
        (Stop.FILTERED, (), "content_filter"),
        (Stop.DECLINED, (Text("x"),), "content_filter"),
        (Stop.DECLINED, (Declined("No."),), "stop"),
        (Stop.TOOL_CALLS, (ToolCall("1", "f", "{}"),), "tool_calls"),
    ],
)
def test_why_it_stopped_is_shown(stop, parts, reason):
    assert shown(*parts, stop=stop)["finish_reason"] == reason


def test_a_refusal_is_shown_as_one():
    found = shown(Declined("No."), stop=Stop.DECLINED)

    assert (found["message"]["content"], found["message"]["refusal"]) == (None, "No.")


def test_a_signature_survives_its_way_through_a_caller():
    thoughts = (
        Thinking("hm", Signature("anthropic", "Eq==")),
        Thinking("", Signature("openai", "gAAA")),
    )
    calls = (ToolCall("1", "f", "{}", Signature("gemini", "CiQB")),)
    message = shown(*thoughts, *calls, stop=Stop.TOOL_CALLS)["message"]

    (turn,) = CALLER.parse({"model": "m", "messages": [message]}).turns

    assert [(part.text, part.signature) for part in turn.parts[:2]] == [
        (part.text, part.signature) for part in thoughts
    ]
    assert turn.parts[2].signature == calls[0].signature


@pytest.mark.parametrize(
    ("told", "read"),
    [
        (LOGPROB, LOGPROB),
        (LOGPROB | {"bytes": "Hi", "more": 1}, LOGPROB | {"bytes": None}),
        (LOGPROB | {"top_logprobs": [LOGPROB, {"token": 4}, 5]}, None),
        ({"token": "Hi", "logprob": -1}, {"token": "Hi", "logprob": -1}),
    ],
)
def test_of_logprobs_what_is_told_well_is_read(told, read):
    ranked = {key: LOGPROB[key] for key in ("token", "logprob", "bytes")}
    expected = read or LOGPROB | {"top_logprobs": [ranked]}

    answer = answer_of(logprobs={"content": [told]})

    assert answer.choices[0].logprobs == (expected,)


@pytest.mark.parametrize("told", ["x", None, {}, {"token": {}}, {"token": "Hi"}])
def test_logprobs_that_are_none_are_left_out(told):
    answer = answer_of(logprobs={"content": [told]})

    assert answer.choices[0].logprobs is None


@pytest.mark.parametrize("octets", [[256], [-1], ["a"], [72.0], "H"])
def test_bytes_of_a_token_that_are_none_are_left_out(octets):
    logprobs = {"content": [{"token": "H", "logprob": -0.5, "bytes": octets}]}

    assert choice_of({"content": "H"}, logprobs=logprobs).logprobs == (
        {"token": "H", "logprob": -0.5, "bytes": None},
    )
