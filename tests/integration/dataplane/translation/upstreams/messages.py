"""Messages, as Anthropic sends them."""

import json
from typing import Any

from providers.dialects.conversation import Stop
from providers.types import Usage
from tests.integration.dataplane.translation.said import Said, halves

KIND = b"text/event-stream"
WHOLE_FROM = (b'"message_stop"',)

_HEAD = {
    "id": "msg_up1",
    "type": "message",
    "role": "assistant",
    "model": "real-model",
    "stop_sequence": None,
}
_STOPS = {
    Stop.END: "end_turn",
    Stop.LENGTH: "max_tokens",
    Stop.TOOL_CALLS: "tool_use",
}


def told(usage: Usage) -> Usage:
    return usage


def whole(said: Said, spent: Usage | None) -> bytes:
    content: list[dict[str, Any]] = []
    if said.thought:
        thinking = {"thinking": said.thought, "signature": said.seal}
        content.append({"type": "thinking", **thinking})
    content.append({"type": "text", "text": said.text})
    content += [
        {**_call(each.id, each.name), "input": json.loads(each.arguments)}
        for each in said.calls
    ]
    body = {**_HEAD, "content": content, "stop_reason": _STOPS[said.stop]}
    return json.dumps(body | ({"usage": _usage(spent)} if spent else {})).encode()


def pieces(said: Said, spent: Usage | None) -> list[bytes]:
    message = {**_HEAD, "content": [], "stop_reason": None}
    if spent:
        message["usage"] = _usage(spent) | {"output_tokens": 1}
    events = [_event("message_start", message=message), _event("ping")]
    blocks: list[list[bytes]] = []
    if said.thought:
        deltas = [
            ("thinking_delta", {"thinking": each}) for each in halves(said.thought)
        ]
        deltas.append(("signature_delta", {"signature": said.seal}))
        opening = {"type": "thinking", "thinking": "", "signature": ""}
        blocks.append(_block(len(blocks), opening, deltas))
    deltas = [("text_delta", {"text": each}) for each in halves(said.text)]
    blocks.append(_block(len(blocks), {"type": "text", "text": ""}, deltas))
    for call in said.calls:
        parts = ["", *halves(call.arguments)] if call.arguments != "{}" else [""]
        deltas = [("input_json_delta", {"partial_json": each}) for each in parts]
        opening = _call(call.id, call.name) | {"input": {}}
        blocks.append(_block(len(blocks), opening, deltas))
    events += [event for block in blocks for event in block]
    delta = {"stop_reason": _STOPS[said.stop], "stop_sequence": None}
    counted = {"usage": _usage(spent)} if spent else {}
    return [
        *events,
        _event("message_delta", delta=delta, **counted),
        _event("message_stop"),
    ]


def failures(secret: str) -> list[bytes]:
    return [
        _event("error", error={"type": kind, "message": secret})
        for kind in ("overloaded_error", "api_error")
    ]


def error(status: int, message: str) -> bytes:
    kinds = {529: "overloaded_error", 500: "api_error", 401: "authentication_error"}
    error = {"type": kinds.get(status, "invalid_request_error"), "message": message}
    body = {"type": "error", "error": error, "request_id": "req_011CSHoEeqs5C35K2UUqR7"}
    return json.dumps(body).encode()


def _block(
    index: int, opening: dict[str, Any], deltas: list[tuple[str, dict[str, str]]]
) -> list[bytes]:
    return [
        _event("content_block_start", index=index, content_block=opening),
        *(
            _event("content_block_delta", index=index, delta={"type": kind, **said})
            for kind, said in deltas
        ),
        _event("content_block_stop", index=index),
    ]


def _call(id: str, name: str) -> dict[str, Any]:
    return {"type": "tool_use", "id": id, "name": name}


def _usage(spent: Usage) -> dict[str, Any]:
    cached, written = spent.cached_tokens, spent.cache_write_tokens
    return {
        "input_tokens": spent.prompt_tokens - cached - written,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": cached,
        "output_tokens": spent.completion_tokens,
        "output_tokens_details": {"thinking_tokens": spent.reasoning_tokens},
    }


def _event(kind: str, **fields: Any) -> bytes:
    text = json.dumps(
        {"type": kind, **fields}, ensure_ascii=False, separators=(",", ":")
    )
    return f"event: {kind}\ndata: {text}\n\n".encode()
