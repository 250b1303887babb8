"""Chat completions, as OpenAI sends them, and OpenRouter those of models that reason."""

import json
from typing import Any

from providers.dialects.conversation import Stop
from providers.types import Usage
from tests.integration.dataplane.translation.said import Called, Said, halves

KIND = b"text/event-stream"
WHOLE_FROM = (b'"finish_reason":"',)

_HEAD = {"id": "chatcmpl-up1", "created": 4_102_444_800, "model": "real-model"}
_STOPS = {Stop.END: "stop", Stop.LENGTH: "length", Stop.TOOL_CALLS: "tool_calls"}


def told(usage: Usage) -> Usage:
    """Return what this dialect can tell of a usage."""
    return usage


def whole(said: Said, spent: Usage | None) -> bytes:
    message: dict[str, Any] = {"role": "assistant", "content": said.text}
    if said.thought:
        message["reasoning_content"] = said.thought
        message["reasoning_details"] = [_detail(said.thought) | _sealed(said)]
    if said.calls:
        message["tool_calls"] = [_call(each) for each in said.calls]
    choice = {"index": 0, "message": message, "finish_reason": _STOPS[said.stop]}
    body = {**_HEAD, "object": "chat.completion", "choices": [choice]}
    return json.dumps(body | _usage(spent)).encode()


def pieces(said: Said, spent: Usage | None) -> list[bytes]:
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    if said.thought:
        deltas += [
            {"reasoning_content": each, "reasoning_details": [_detail(each)]}
            for each in halves(said.thought)
        ]
        seal = {"type": "reasoning.text", "index": 0, **_sealed(said)}
        deltas.append({"reasoning_details": [seal]})
    deltas += [{"content": each} for each in halves(said.text)]
    for index, call in enumerate(said.calls):
        begun = {"index": index, **_call(call)}
        begun["function"] = {"name": call.name, "arguments": ""}
        deltas.append({"tool_calls": [begun]})
        deltas += [
            {"tool_calls": [{"index": index, "function": {"arguments": each}}]}
            for each in halves(call.arguments)
        ]
    blocks = [_chunk(each) for each in deltas]
    blocks.append(_chunk({}, _STOPS[said.stop]))
    if spent:
        last = {**_HEAD, "object": "chat.completion.chunk", "choices": []}
        blocks.append(_event(last | _usage(spent)))
    return [*blocks, b"data: [DONE]\n\n"]


def failures(secret: str) -> list[bytes]:
    """Return the ways in which a stream tells of an error."""
    error = {"message": secret, "type": "server_error", "code": None, "param": None}
    return [
        _event({"error": error}),
        _event({"error": error}) + b"data: [DONE]\n\n",
        _event({"object": "error", "message": secret, "type": "x", "code": 500}),
        _event({**_HEAD, "choices": [], "error": {"message": secret, "code": 502}}),
    ]


def error(status: int, message: str) -> bytes:
    """Return the body of an answer with this status."""
    told = {"message": message, "type": "invalid_request_error", "code": None}
    return json.dumps({"error": told | {"param": None}}).encode()


def _detail(thought: str) -> dict[str, Any]:
    return {"type": "reasoning.text", "text": thought, "index": 0}


def _sealed(said: Said) -> dict[str, Any]:
    return {"signature": said.seal, "format": "anthropic-claude-v1"}


def _call(call: Called) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}


def _chunk(delta: dict[str, Any], reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
    return _event({**_HEAD, "object": "chat.completion.chunk", "choices": [choice]})


def _event(value: dict[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"data: {text}\n\n".encode()


def _usage(spent: Usage | None) -> dict[str, Any]:
    if spent is None:
        return {}
    of_prompt = {
        "cached_tokens": spent.cached_tokens,
        "cache_write_tokens": spent.cache_write_tokens,
    }
    return {
        "usage": {
            "prompt_tokens": spent.prompt_tokens,
            "completion_tokens": spent.completion_tokens,
            "total_tokens": spent.prompt_tokens + spent.completion_tokens,
            "prompt_tokens_details": of_prompt,
            "completion_tokens_details": {"reasoning_tokens": spent.reasoning_tokens},
        }
    }
