import time

import orjson
import pytest
from openai.types.responses import Response

from providers.dialects.conversation import (
    Answer,
    Choice,
    Declined,
    Signature,
    Stop,
    Text,
    Thinking,
    ToolCall,
)
from providers.dialects.responses.sides import CALLER
from providers.types import Usage
from tests.unit.providers.dialects.responses.streams import ask, untimed

ASKED = {
    "instructions": "be brief",
    "metadata": {"a": "b"},
    "tools": [{"type": "function", "name": "find", "parameters": {"type": "object"}}],
    "tool_choice": {"type": "function", "name": "find"},
    "parallel_tool_calls": False,
    "temperature": 0.5,
    "top_p": 0.25,
    "reasoning": {"effort": "low", "generate_summary": "auto"},
    "text": {"format": {"type": "json_object"}},
    "max_output_tokens": 9,
    "truncation": "disabled",
    "user": "u",
    "prompt_cache_key": "k",
    "safety_identifier": "s",
    "store": True,
}


def shown(*parts: object, stop: Stop = Stop.END, **fields: object) -> dict:
    answer = Answer("chatcmpl-1", "up", (Choice(parts, stop),), None, created=7)
    body = CALLER.render(answer, ask(**fields))
    Response.model_validate_json(body)
    return orjson.loads(body)


def test_a_whole_answer_is_a_response_that_repeats_what_was_asked():
    parts = (
        Thinking("hm", Signature("anthropic", "c2ln")),
        Text("Hello"),
        ToolCall("c1", "find", '{"a":1}', Signature("gemini", "Z2Vt")),
        ToolCall("c2", "find", "{}"),
    )
    usage = Usage(50, 20, cached_tokens=10, cache_write_tokens=5, reasoning_tokens=8)
    answer = Answer(
        "chatcmpl-1", "up", (Choice(parts, Stop.TOOL_CALLS),), usage, created=7
    )

    body = CALLER.render(answer, ask(**ASKED))

    Response.model_validate_json(body)
    assert untimed(orjson.loads(body)) == {
        "id": "resp_chatcmpl-1",
        "object": "response",
        "created_at": 7,
        "status": "completed",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": "be brief",
        "max_output_tokens": 9,
        "max_tool_calls": None,
        "model": "m",
        "output": [
            {
                "id": "rs_chatcmpl-1_0",
                "type": "reasoning",
                "summary": [{"type": "summary_text", "text": "hm"}],
                "encrypted_content": "anthropic.c2ln",
            },
            {
                "id": "msg_chatcmpl-1_1",
                "type": "message",
                "role": "assistant",
                "status": "completed",
                "content": [
                    {
                        "type": "output_text",
                        "annotations": [],
                        "logprobs": [],
                        "text": "Hello",
                    }
                ],
            },
            {
                "id": "rs_chatcmpl-1_2",
                "type": "reasoning",
                "summary": [],
                "encrypted_content": "call.gemini.Z2Vt",
            },
            {
                "id": "fc_chatcmpl-1_3",
                "type": "function_call",
                "status": "completed",
                "arguments": '{"a":1}',
                "call_id": "c1",
                "name": "find",
            },
            {
                "id": "fc_chatcmpl-1_4",
                "type": "function_call",
                "status": "completed",
                "arguments": "{}",
                "call_id": "c2",
                "name": "find",
            },
        ],
        "parallel_tool_calls": False,
        "previous_response_id": None,
        "presence_penalty": 0.0,
        "frequency_penalty": 0.0,
        "prompt_cache_key": "k",
        "reasoning": {"effort": "low", "summary": "auto"},
        "safety_identifier": "s",
        "service_tier": "default",
        "store": False,
        "temperature": 0.5,
        "text": {"format": {"type": "json_object"}, "verbosity": "medium"},
        "tool_choice": {"type": "function", "name": "find"},
        "tools": [
            {
                "type": "function",
                "name": "find",
                "description": None,
                "parameters": {"type": "object"},
                "strict": None,
            }
        ],
        "top_logprobs": 0,
        "top_p": 0.25,
        "truncation": "disabled",
        "usage": {
            "input_tokens": 50,
            "input_tokens_details": {"cached_tokens": 10, "cache_write_tokens": 5},
            "output_tokens": 20,
            "output_tokens_details": {"reasoning_tokens": 8},
            "total_tokens": 70,
        },
        "user": "u",
        "metadata": {"a": "b"},
    }


@pytest.mark.parametrize(
    ("stop", "status", "details"),
    [
        (Stop.END, "completed", None),
        (Stop.SEQUENCE, "completed", None),
        (Stop.TOOL_CALLS, "completed", None),
        (Stop.LENGTH, "incomplete", {"reason": "max_output_tokens"}),
        (Stop.CONTEXT_FULL, "incomplete", {"reason": "max_output_tokens"}),
        (Stop.PAUSED, "incomplete", {"reason": "max_output_tokens"}),
        (Stop.FILTERED, "incomplete", {"reason": "content_filter"}),
        (Stop.DECLINED, "incomplete", {"reason": "content_filter"}),
    ],
)
def test_why_an_answer_ended_decides_the_status(stop, status, details):
    response = shown(Text("half"), stop=stop)

    assert response["status"] == status
    assert response["incomplete_details"] == details
    assert response["output"][0]["status"] == status
    assert (response["completed_at"] is None) == (status == "incomplete")


def test_a_refusal_in_words_is_a_whole_answer():
    response = shown(Declined("I cannot."), stop=Stop.DECLINED)

    assert response["status"] == "completed"
    assert response["output"][0]["content"] == [
        {"type": "refusal", "refusal": "I cannot."}
    ]


def test_only_the_last_item_is_incomplete():
    whole, cut = ToolCall("c1", "find", "{}"), ToolCall("c2", "find", '{"a')

    response = shown(Text("a"), whole, cut, stop=Stop.LENGTH)

    assert [item["status"] for item in response["output"]] == [
        "completed",
        "completed",
        "incomplete",
    ]


def test_texts_in_a_row_are_one_part_and_a_refusal_after_them_is_another():
    response = shown(Text("a"), Text("b"), Declined("no"))

    assert response["output"][0]["content"] == [
        {"type": "output_text", "annotations": [], "logprobs": [], "text": "ab"},
        {"type": "refusal", "refusal": "no"},
    ]


@pytest.mark.parametrize(
    ("signature", "seal"),
    [
        (Signature("openai", "gAAA"), "gAAA"),
        (Signature("anthropic", "c2ln"), "anthropic.c2ln"),
    ],
)
def test_reasoning_the_provider_hid_keeps_its_seal(signature, seal):
    response = shown(Thinking("", signature))

    assert response["output"] == [
        {
            "id": "rs_chatcmpl-1_0",
            "type": "reasoning",
            "summary": [],
            "encrypted_content": seal,
        }
    ]


def test_logprobs_are_shown_with_the_bytes_of_each_token():
    given = {
        "token": "é",
        "logprob": -0.5,
        "bytes": None,
        "top_logprobs": [{"token": "e", "logprob": -1.0, "bytes": [101]}],
    }
    choice = Choice((Text("é"),), Stop.END, logprobs=(given,))

    body = CALLER.render(Answer("1", "up", (choice,), None), ask())

    (part,) = orjson.loads(body)["output"][0]["content"]
    assert part["logprobs"] == [
        {
            "token": "é",
            "bytes": [195, 169],
            "logprob": -0.5,
            "top_logprobs": [{"token": "e", "bytes": [101], "logprob": -1.0}],
        }
    ]


@pytest.mark.parametrize(
    ("given", "id"),
    [("resp_1", "resp_1"), ("msg_1", "resp_msg_1"), ("chatcmpl-1", "resp_chatcmpl-1")],
)
def test_the_id_is_made_of_the_providers(given, id):
    body = CALLER.render(Answer(given, "up", (), None), ask())

    assert orjson.loads(body)["id"] == id


def test_an_answer_without_id_and_time_gets_both():
    one, other = (
        orjson.loads(CALLER.render(Answer("", "up", (), None), ask())) for _ in range(2)
    )

    assert one["id"].startswith("resp_")
    assert one["id"] != other["id"]
    assert abs(one["created_at"] - time.time()) < 60
    assert one["completed_at"] >= one["created_at"]


def test_a_call_without_id_gets_one_to_answer_by():
    response = shown(ToolCall("", "find", "{}"))

    assert response["output"][0]["call_id"] == "call_chatcmpl-1_0"


def test_what_a_response_put_out_can_be_sent_back_as_it_is():
    parts = (
        Thinking("hm", Signature("anthropic", "c2ln")),
        Text("Hello"),
        Declined("no"),
        ToolCall("c1", "find", '{"a":1}', Signature("gemini", "Z2Vt")),
        ToolCall("c2", "find", "{}"),
    )

    output = shown(*parts)["output"]
    (turn,) = CALLER.parse({"model": "m", "input": output}).turns

    assert turn.parts == (
        Thinking("hm", Signature("anthropic", "c2ln"), at="input[0]"),
        Text("Hello", at="input[1].content[0]"),
        Declined("no", at="input[1].content[1]"),
        ToolCall("c1", "find", '{"a":1}', Signature("gemini", "Z2Vt"), at="input[3]"),
        ToolCall("c2", "find", "{}", at="input[4]"),
    )
