"""The same answer as each dialect tells it, in one piece and as a stream."""

import json
from dataclasses import dataclass
from typing import Any

from providers import tokens
from providers.operations import Operation
from providers.types import Usage
from providers.usage.answers import usage_of
from providers.usage.meters import Meter, meter

THOUGHT = "The caller wants the weather; ask for it in both towns."
TEXT = "Naïve question, but here: 晴れ in Kyōto 🌤, rain in Bergen. "
ARGUMENTS = {"town": "Kyōto", "days": [1, 2, 3], "exact": True}
REQUEST = b'{"messages":[{"role":"user","content":"Where is the harbour?"}]}'
PROMPT_TOKENS = 5
# Else the first test that counts pays for it.
tokens.load()


def sse(*events: Any, named: bool = False) -> list[bytes]:
    """Return each event as a block, as servers write them."""
    return [_event(each, named) for each in events]


def _event(event: Any, named: bool) -> bytes:
    name = f"event: {event['type']}\n" if named else ""
    data = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
    return f"{name}data: {data}\n\n".encode()


def pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def metered(operation: Operation, *blocks: bytes, request: bytes = REQUEST) -> Meter:
    made = meter(operation, request)
    for block in blocks:
        made.feed(block)
    return made


def plain(operation: Operation, answer: Any, request: bytes = REQUEST) -> Usage:
    return usage_of(operation, json.dumps(answer).encode(), request)


@dataclass(frozen=True)
class Dialect:
    """`stream` takes the size of the pieces texts come in, and what usage is stated."""

    operation: Operation
    plain: Any
    stream: Any
    stated: Any
    usage: Usage


def _chat_plain(usage: Any = None) -> dict[str, Any]:
    function = {"name": "weather", "arguments": json.dumps(ARGUMENTS)}
    message = {
        "role": "assistant",
        "content": TEXT,
        "reasoning_content": THOUGHT,
        "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
    }
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    answer = {"id": "chatcmpl-1", "object": "chat.completion", "choices": [choice]}
    return answer | ({"usage": usage} if usage else {})


def chunk(delta: Any = None, finish: Any = None, index: int = 0) -> dict[str, Any]:
    choice = {"index": index, "delta": delta or {}, "finish_reason": finish}
    kind = "chat.completion.chunk"
    return {"id": "chatcmpl-1", "object": kind, "choices": [choice], "usage": None}


def _chat_stream(size: int, usage: Any = None) -> list[bytes]:
    call = {"index": 0, "id": "call_1", "type": "function"}
    begun = [{**call, "function": {"name": "weather", "arguments": ""}}]
    arguments = [
        {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}
        for piece in pieces(json.dumps(ARGUMENTS), size)
    ]
    return sse(
        chunk({"role": "assistant", "content": ""}),
        *[chunk({"reasoning_content": piece}) for piece in pieces(THOUGHT, size)],
        *[chunk({"content": piece}) for piece in pieces(TEXT, size)],
        chunk({"tool_calls": begun}),
        *map(chunk, arguments),
        chunk(finish="tool_calls"),
        *([{"id": "chatcmpl-1", "choices": [], "usage": usage}] if usage else []),
        "[DONE]",
    )


CHAT = Dialect(
    Operation.CHAT,
    _chat_plain,
    _chat_stream,
    {
        "prompt_tokens": 70,
        "completion_tokens": 30,
        "total_tokens": 100,
        "prompt_tokens_details": {"cached_tokens": 64, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 12, "audio_tokens": 0},
    },
    Usage(70, 30, cached_tokens=64, reasoning_tokens=12),
)


def _text_plain(usage: Any = None) -> dict[str, Any]:
    choice = {"index": 0, "text": TEXT, "logprobs": None, "finish_reason": "length"}
    answer = {"id": "cmpl-1", "object": "text_completion", "choices": [choice]}
    return answer | ({"usage": usage} if usage else {})


def _text_stream(size: int, usage: Any = None) -> list[bytes]:
    def part(text: str, finish: Any = None) -> dict[str, Any]:
        return {"choices": [{"index": 0, "text": text, "finish_reason": finish}]}

    return sse(
        *map(part, pieces(TEXT, size)),
        part("", "length"),
        *([{"choices": [], "usage": usage}] if usage else []),
        "[DONE]",
    )


COMPLETIONS = Dialect(
    Operation.COMPLETIONS,
    _text_plain,
    _text_stream,
    {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
    Usage(7, 3),
)


def _response(usage: Any, output: Any = ()) -> dict[str, Any]:
    return {"id": "resp_1", "object": "response", "output": output, "usage": usage}


def _items() -> list[dict[str, Any]]:
    summary = [{"type": "summary_text", "text": THOUGHT}]
    text = {"type": "output_text", "text": TEXT, "annotations": []}
    call = {"call_id": "call_1", "name": "weather", "arguments": json.dumps(ARGUMENTS)}
    return [
        {"id": "rs_1", "type": "reasoning", "summary": summary},
        {"id": "msg_1", "type": "message", "role": "assistant", "content": [text]},
        {"id": "fc_1", "type": "function_call", **call},
    ]


def _responses_plain(usage: Any = None) -> dict[str, Any]:
    return _response(usage, _items())


def _responses_stream(size: int, usage: Any = None) -> list[bytes]:
    def deltas(kind: str, text: str, **place: int) -> list[dict[str, Any]]:
        kind = f"response.{kind}.delta"
        return [{"type": kind, **place, "delta": each} for each in pieces(text, size)]

    call = {"type": "function_call", "name": "weather", "arguments": ""}
    added = {"type": "response.output_item.added", "output_index": 2, "item": call}
    summary = {"output_index": 0, "summary_index": 0}
    events = [
        {"type": "response.created", "response": _response(None)},
        *deltas("reasoning_summary_text", THOUGHT, **summary),
        *deltas("output_text", TEXT, output_index=1, content_index=0),
        added,
        *deltas("function_call_arguments", json.dumps(ARGUMENTS), output_index=2),
        {"type": "response.completed", "response": _response(usage, _items())},
    ]
    numbered = [{**event, "sequence_number": at} for at, event in enumerate(events)]
    return sse(*numbered, named=True)


RESPONSES = Dialect(
    Operation.RESPONSES,
    _responses_plain,
    _responses_stream,
    {
        "input_tokens": 70,
        "input_tokens_details": {"cached_tokens": 64},
        "output_tokens": 30,
        "output_tokens_details": {"reasoning_tokens": 12},
        "total_tokens": 100,
    },
    Usage(70, 30, cached_tokens=64, reasoning_tokens=12),
)


def _messages_plain(usage: Any = None) -> dict[str, Any]:
    content = [
        {"type": "thinking", "thinking": THOUGHT, "signature": "EqQBCgIYAhIM"},
        {"type": "text", "text": TEXT},
        {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": ARGUMENTS},
    ]
    answer = {"id": "msg_1", "type": "message", "role": "assistant", "content": content}
    return answer | ({"usage": usage} if usage else {})


def _messages_stream(size: int, usage: Any = None) -> list[bytes]:
    def block(index: int, begun: Any, kind: str, name: str, text: str) -> list[Any]:
        deltas = [{"type": kind, name: piece} for piece in pieces(text, size)]
        at = {"index": index}
        return [
            {"type": "content_block_start", **at, "content_block": begun},
            *[{"type": "content_block_delta", **at, "delta": each} for each in deltas],
            {"type": "content_block_stop", **at},
        ]

    thinking = {"type": "thinking", "thinking": "", "signature": ""}
    tool = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {}}
    first = {"usage": usage | {"output_tokens": 1}} if usage else {}
    last = {"usage": {"output_tokens": usage["output_tokens"]}} if usage else {}
    reason = {"stop_reason": "tool_use", "stop_sequence": None}
    return sse(
        {"type": "message_start", "message": {"id": "msg_1", "content": [], **first}},
        *block(0, thinking, "thinking_delta", "thinking", THOUGHT),
        {"type": "ping"},
        *block(1, {"type": "text", "text": ""}, "text_delta", "text", TEXT),
        *block(2, tool, "input_json_delta", "partial_json", json.dumps(ARGUMENTS)),
        {"type": "message_delta", "delta": reason, **last},
        {"type": "message_stop"},
        named=True,
    )


MESSAGES = Dialect(
    Operation.MESSAGES,
    _messages_plain,
    _messages_stream,
    {
        "input_tokens": 6,
        "cache_creation_input_tokens": 24,
        "cache_read_input_tokens": 40,
        "output_tokens": 30,
        "service_tier": "standard",
    },
    Usage(70, 30, cached_tokens=40, cache_write_tokens=24),
)


def _contents(*parts: Any, finish: Any = None, usage: Any = None) -> dict[str, Any]:
    candidate = {"content": {"parts": list(parts), "role": "model"}, "index": 0}
    ends = {"finishReason": finish} if finish else {}
    metadata = {"usageMetadata": usage} if usage else {}
    return {"candidates": [candidate | ends], "modelVersion": "gemini-3", **metadata}


def _generate_plain(usage: Any = None) -> dict[str, Any]:
    thought, call = {"text": THOUGHT, "thought": True}, _CALL
    return _contents(thought, {"text": TEXT}, call, finish="STOP", usage=usage)


def _generate_stream(size: int, usage: Any = None) -> list[bytes]:
    early = {**usage, "candidatesTokenCount": 1} if usage else None
    thoughts = [{"text": each, "thought": True} for each in pieces(THOUGHT, size)]
    texts = [{"text": each} for each in pieces(TEXT, size)]
    return sse(
        *[_contents(part, usage=early) for part in thoughts + texts],
        _contents(_CALL, finish="STOP", usage=usage),
    )


_CALL = {"functionCall": {"name": "weather", "args": ARGUMENTS}}
GENERATE = Dialect(
    Operation.GENERATE,
    _generate_plain,
    _generate_stream,
    {
        "promptTokenCount": 60,
        "toolUsePromptTokenCount": 10,
        "cachedContentTokenCount": 40,
        "candidatesTokenCount": 18,
        "thoughtsTokenCount": 12,
        "totalTokenCount": 100,
    },
    Usage(70, 30, cached_tokens=40, reasoning_tokens=12),
)

DIALECTS = (CHAT, COMPLETIONS, RESPONSES, MESSAGES, GENERATE)
