"""The contracts find what is wrong: they take an example, and not what was done to it."""

import copy

import pytest
from pydantic import ValidationError

from . import anthropic, gemini, openai

CHAT = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": None,
                "refusal": None,
                "tool_calls": [
                    {
                        "id": "call_1",
                        "type": "function",
                        "function": {"name": "f", "arguments": "{}"},
                    }
                ],
            },
            "logprobs": None,
            "finish_reason": "tool_calls",
        }
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
REQUEST = {
    "model": "m",
    "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
    "user": "u",
}
DELTA = {
    "type": "response.output_text.delta",
    "item_id": "msg_1",
    "output_index": 0,
    "content_index": 0,
    "delta": "Hi",
    "logprobs": [],
    "sequence_number": 4,
}
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [{"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 1},
}
STOP = {
    "type": "message_delta",
    "delta": {"stop_reason": "end_turn", "stop_sequence": None},
    "usage": {"output_tokens": 1},
}
ERROR = {"type": "error", "error": {"type": "api_error", "message": "no", "code": "c"}}
ASKED = {
    "model": "m",
    "max_tokens": 9,
    "temperature": 0.5,
    "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
}
ANSWER = {
    "candidates": [
        {
            "content": {"role": "model", "parts": [{"text": "Hi"}]},
            "finishReason": "STOP",
            "index": 0,
        }
    ],
    "usageMetadata": {"promptTokenCount": 1, "totalTokenCount": 1},
}
CONTENTS = {
    "contents": [{"role": "user", "parts": [{"text": "hi"}]}],
    "generationConfig": {"topP": 0.5},
}


def chat(value):
    openai.check("CreateChatCompletionResponse", value)


def chat_request(value):
    openai.check("CreateChatCompletionRequest", value)


def event(value):
    openai.check_event("ResponseStreamEvent", value)


def frame(value):
    openai.check_event("ResponsesServerEvent", value)


def message(value):
    anthropic.check(anthropic.MESSAGE, value)


def answer(value):
    gemini.check(gemini.Answer, value)


def contents(value):
    gemini.check(gemini.Request, value)


EXAMPLES = [
    (chat, CHAT),
    (chat_request, REQUEST),
    (event, DELTA),
    (frame, {**DELTA, "stream_id": "a"}),
    (message, MESSAGE),
    (anthropic.check_event, STOP),
    (anthropic.check_error, ERROR),
    (anthropic.check_request, ASKED),
    (answer, ANSWER),
    (contents, CONTENTS),
]
# By which path, and what is put there; what is not there is a field nobody knows.
MISTAKES = [
    (chat, CHAT, ("object",), "x"),
    (chat, CHAT, ("choices",), {}),
    (chat, CHAT, ("choices", 0, "finish_reason"), "done"),
    (chat, CHAT, ("choices", 0, "message", "role"), "bot"),
    (chat, CHAT, ("choices", 0, "message", "tool_calls", 0, "wild"), 1),
    (chat, CHAT, ("usage", "total_tokens"), "2"),
    (chat, CHAT, ("usage", "wild"), 1),
    (chat, CHAT, ("wild",), 1),
    (chat_request, REQUEST, ("wild",), 1),
    (chat_request, REQUEST, ("user",), 1),
    (chat_request, REQUEST, ("messages", 0, "wild"), 1),
    (chat_request, REQUEST, ("messages", 0, "content", 0, "texts"), "hi"),
    (event, DELTA, ("type",), "response.output_text.wild"),
    (event, DELTA, ("stream_id",), "a"),
    (event, DELTA, ("delta",), None),
    (frame, DELTA, ("wild",), 1),
    (message, MESSAGE, ("role",), "user"),
    (message, MESSAGE, ("content", 0, "type"), "tool"),
    (message, MESSAGE, ("content", 0, "arguments"), "{}"),
    (message, MESSAGE, ("usage", "total_tokens"), 2),
    (message, MESSAGE, ("stop_reason",), "stop"),
    (anthropic.check_event, STOP, ("delta", "stop"), "end_turn"),
    (anthropic.check_event, STOP, ("usage", "output_tokens"), "1"),
    (anthropic.check_event, STOP, ("type",), "message_end"),
    (anthropic.check_error, ERROR, ("error", "type"), "server_error"),
    (anthropic.check_error, ERROR, ("error", "wild"), 1),
    (anthropic.check_request, ASKED, ("messages", 0, "content", 0, "wild"), 1),
    (anthropic.check_request, ASKED, ("messages", 0, "role"), "tool"),
    (anthropic.check_request, ASKED, ("temperature",), "0.5"),
    (anthropic.check_request, ASKED, ("top_k",), 0.5),
    (answer, ANSWER, ("candidates",), []),
    (answer, ANSWER, ("candidates", 0, "finishReason"), "END"),
    (answer, ANSWER, ("candidates", 0, "finish_reason"), "STOP"),
    (answer, ANSWER, ("candidates", 0, "content", "parts", 0, "texts"), "Hi"),
    (answer, ANSWER, ("usageMetadata", "totalTokenCount"), "1"),
    (contents, CONTENTS, ("generationConfig", "top_p"), 0.5),
    (contents, CONTENTS, ("generationConfig", "audioTimestamp"), True),
    (contents, CONTENTS, ("wild",), 1),
]


@pytest.mark.parametrize(("check", "example"), EXAMPLES)
def test_what_is_right_is_taken(check, example):
    check(example)


@pytest.mark.parametrize(("check", "example", "path", "value"), MISTAKES)
def test_what_is_wrong_is_found(check, example, path, value):
    *way, last = path
    damaged = inner = copy.deepcopy(example)
    for step in way:
        inner = inner[step]
    inner[last] = value

    with pytest.raises((AssertionError, ValidationError, UserWarning)):
        check(damaged)


@pytest.mark.parametrize(("check", "example"), EXAMPLES)
def test_what_must_be_there_is_missed(check, example):
    assert any(_is_missed(check, example, name) for name in example)


def _is_missed(check, example, name):
    try:
        check({k: v for k, v in example.items() if k != name})
    except (AssertionError, ValidationError, KeyError):
        return True
    return False
