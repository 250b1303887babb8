"""Contents, as Gemini generates them: its seal is on what came of the thought."""

import json
from dataclasses import replace
from typing import Any

from providers.dialects.conversation import Stop
from providers.types import Usage
from tests.integration.dataplane.translation.said import Called, Said, halves

KIND = b"text/event-stream"
WHOLE_FROM = (b'"finishReason"',)

_HEAD = {"modelVersion": "real-model", "responseId": "Zx3aUp1"}
_STOPS = {Stop.END: "STOP", Stop.LENGTH: "MAX_TOKENS", Stop.TOOL_CALLS: "STOP"}

_Json = dict[str, Any]


def told(usage: Usage) -> Usage:
    """Gemini does not say what it wrote into its cache."""
    return replace(usage, cache_write_tokens=0)


def whole(said: Said, spent: Usage | None) -> bytes:
    parts = [*_thoughts([said.thought]), {"text": said.text}, *_calls(said)]
    if not said.calls:
        parts[-1]["thoughtSignature"] = said.seal
    body = _answer(parts, finishReason=_STOPS[said.stop])
    return json.dumps(body | _metadata(spent)).encode()


def pieces(said: Said, spent: Usage | None) -> list[bytes]:
    texts: list[_Json] = [{"text": each} for each in halves(said.text)]
    if not said.calls:
        texts[-1]["thoughtSignature"] = said.seal
    growing = [[each] for each in (*_thoughts(halves(said.thought)), *texts)]
    if said.calls:
        growing.append(_calls(said))
    # The sums grow with the answer, and the candidate's is not there at first.
    begun = _metadata(spent)
    begun.get("usageMetadata", {}).pop("candidatesTokenCount", None)
    events = [_event(_answer(parts) | begun) for parts in growing]
    last = _answer([{"text": ""}], finishReason=_STOPS[said.stop])
    return [*events, _event(last | _metadata(spent))]


def failures(secret: str) -> list[bytes]:
    told = {"code": 503, "message": secret, "status": "UNAVAILABLE"}
    return [_event({"error": told})]


def error(status: int, message: str) -> bytes:
    statuses = {400: "INVALID_ARGUMENT", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
    name = statuses.get(status, "INTERNAL")
    told = {"code": status, "message": message, "status": name, "details": []}
    return json.dumps({"error": told}, indent=2).encode()


def _thoughts(texts: Any) -> list[_Json]:
    return [{"text": each, "thought": True} for each in texts if each]


def _calls(said: Said) -> list[_Json]:
    return [
        _call(each) | ({"thoughtSignature": said.seal} if number == 0 else {})
        for number, each in enumerate(said.calls)
    ]


def _call(call: Called) -> _Json:
    args = json.loads(call.arguments)
    return {"functionCall": {"id": call.id, "name": call.name, "args": args}}


def _answer(parts: list[_Json], **more: Any) -> _Json:
    content = {"parts": parts, "role": "model"}
    return {"candidates": [{"content": content, "index": 0, **more}], **_HEAD}


def _metadata(spent: Usage | None) -> _Json:
    if spent is None:
        return {}
    return {
        "usageMetadata": {
            "promptTokenCount": spent.prompt_tokens,
            "candidatesTokenCount": spent.completion_tokens - spent.reasoning_tokens,
            "thoughtsTokenCount": spent.reasoning_tokens,
            "cachedContentTokenCount": spent.cached_tokens,
            "totalTokenCount": spent.prompt_tokens + spent.completion_tokens,
        }
    }


def _event(value: _Json) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"data: {text}\r\n\r\n".encode()
