"""Responses, as OpenAI sends them."""

import json
from typing import Any

from providers.dialects.conversation import Stop
from providers.types import Usage
from tests.integration.dataplane.translation.said import Said, halves

KIND = b"text/event-stream"
WHOLE_FROM = (b'"response.completed"', b'"response.incomplete"')

_HEAD = {
    "id": "resp_up1",
    "object": "response",
    "created_at": 4_102_444_800,
    "model": "real-model",
    "error": None,
    "metadata": {},
}
_Json = dict[str, Any]


def told(usage: Usage) -> Usage:
    return usage


def whole(said: Said, spent: Usage | None) -> bytes:
    return json.dumps(_whole(said, spent)).encode()


def pieces(said: Said, spent: Usage | None) -> list[bytes]:
    begun = {**_HEAD, "status": "in_progress", "output": [], "usage": None}
    events: list[_Json] = [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": begun},
    ]
    for index, item in enumerate(_items(said)):
        events += _growing(index, item)
    last = _whole(said, spent)
    events.append({"type": f"response.{last['status']}", "response": last})
    return [_event(number, each) for number, each in enumerate(events)]


def failures(secret: str) -> list[bytes]:
    failed = {**_HEAD, "status": "failed", "output": [], "usage": None}
    failed["error"] = {"code": "server_error", "message": secret}
    error = {"type": "error", "code": "server_error", "message": secret, "param": None}
    return [
        _event(90, error),
        _event(90, {"type": "response.failed", "response": failed}),
    ]


def error(status: int, message: str) -> bytes:
    told = {"message": message, "type": "invalid_request_error", "code": None}
    return json.dumps({"error": told | {"param": None}}).encode()


def _whole(said: Said, spent: Usage | None) -> _Json:
    cut = said.stop is Stop.LENGTH
    return {
        **_HEAD,
        "status": "incomplete" if cut else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "output": _items(said),
        "usage": _usage(spent),
    }


def _items(said: Said) -> list[_Json]:
    text = {"type": "output_text", "text": said.text, "annotations": []}
    items: list[_Json] = [
        {
            "id": "rs_1",
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": said.thought}],
            "encrypted_content": said.seal,
        },
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "status": "incomplete" if said.stop is Stop.LENGTH else "completed",
            "content": [text],
        },
    ]
    items += [
        {
            "id": f"fc_{number}",
            "type": "function_call",
            "status": "completed",
            "call_id": each.id,
            "name": each.name,
            "arguments": each.arguments,
        }
        for number, each in enumerate(said.calls)
    ]
    return items


def _growing(index: int, item: _Json) -> list[_Json]:
    of_item = {"item_id": item["id"], "output_index": index}
    match item["type"]:
        case "reasoning":
            empty, part = {"summary": []}, item["summary"][0]
            named = {**of_item, "summary_index": 0}
            inside = _grown("response.reasoning_summary_text", part["text"], named)
            inside = _in_part("response.reasoning_summary_part", part, named, inside)
        case "message":
            empty, part = {"content": [], "status": "in_progress"}, item["content"][0]
            named = {**of_item, "content_index": 0}
            inside = _grown("response.output_text", part["text"], named)
            inside = _in_part("response.content_part", part, named, inside)
        case _:
            empty = {"arguments": "", "status": "in_progress"}
            kind = "response.function_call_arguments"
            inside = _grown(kind, item["arguments"], of_item, done="arguments")
    at = {"output_index": index}
    return [
        {"type": "response.output_item.added", **at, "item": {**item, **empty}},
        *inside,
        {"type": "response.output_item.done", **at, "item": item},
    ]


def _grown(kind: str, text: str, named: _Json, done: str = "text") -> list[_Json]:
    deltas = [
        {"type": f"{kind}.delta", **named, "delta": each} for each in halves(text)
    ]
    return [*deltas, {"type": f"{kind}.done", **named, done: text}]


def _in_part(kind: str, part: _Json, named: _Json, inside: list[_Json]) -> list[_Json]:
    return [
        {"type": f"{kind}.added", **named, "part": {**part, "text": ""}},
        *inside,
        {"type": f"{kind}.done", **named, "part": part},
    ]


def _event(number: int, event: _Json) -> bytes:
    numbered = {**event, "sequence_number": number}
    text = json.dumps(numbered, ensure_ascii=False, separators=(",", ":"))
    return f"event: {event['type']}\ndata: {text}\n\n".encode()


def _usage(spent: Usage | None) -> _Json | None:
    if spent is None:
        return None
    return {
        "input_tokens": spent.prompt_tokens,
        "input_tokens_details": {
            "cached_tokens": spent.cached_tokens,
            "cache_write_tokens": spent.cache_write_tokens,
        },
        "output_tokens": spent.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": spent.reasoning_tokens},
        "total_tokens": spent.prompt_tokens + spent.completion_tokens,
    }
