"""Amazon Bedrock's Converse, whose streams are binary frames."""

import json
from dataclasses import replace
from typing import Any

from providers.dialects.conversation import Stop
from providers.types import Usage
from tests.integration.dataplane.translation.said import Said, halves
from tests.unit.providers.dialects.bedrock import frames

KIND = b"application/vnd.amazon.eventstream"
WHOLE_FROM = (b"messageStop",)

_STOPS = {
    Stop.END: "end_turn",
    Stop.LENGTH: "max_tokens",
    Stop.TOOL_CALLS: "tool_use",
}


def told(usage: Usage) -> Usage:
    """Bedrock does not say how much was thought."""
    return replace(usage, reasoning_tokens=0)


def whole(said: Said, spent: Usage | None) -> bytes:
    content: list[dict[str, Any]] = []
    if said.thought:
        thought = {"text": said.thought, "signature": said.seal}
        content.append({"reasoningContent": {"reasoningText": thought}})
    content.append({"text": said.text})
    content += [
        {
            "toolUse": {
                "toolUseId": each.id,
                "name": each.name,
                "input": json.loads(each.arguments),
            }
        }
        for each in said.calls
    ]
    message = {"role": "assistant", "content": content}
    body = {"output": {"message": message}, "stopReason": _STOPS[said.stop]}
    return json.dumps(body | _usage(spent)).encode()


def pieces(said: Said, spent: Usage | None) -> list[bytes]:
    blocks: list[tuple[dict[str, Any] | None, list[dict[str, Any]]]] = []
    if said.thought:
        thoughts: list[dict[str, Any]] = [
            {"reasoningContent": {"text": each}} for each in halves(said.thought)
        ]
        seal = {"reasoningContent": {"signature": said.seal}}
        blocks.append((None, [*thoughts, seal]))
    blocks.append((None, [{"text": each} for each in halves(said.text)]))
    for call in said.calls:
        start = {"toolUse": {"toolUseId": call.id, "name": call.name}}
        parts = halves(call.arguments) if call.arguments != "{}" else ("",)
        blocks.append((start, [{"toolUse": {"input": each}} for each in parts]))
    events = [frames.event("messageStart", role="assistant")]
    for index, (begun, deltas) in enumerate(blocks):
        at = {"contentBlockIndex": index}
        if begun is not None:
            events.append(frames.event("contentBlockStart", start=begun, **at))
        events += [frames.event("contentBlockDelta", delta=d, **at) for d in deltas]
        events.append(frames.event("contentBlockStop", **at))
    events.append(frames.event("messageStop", stopReason=_STOPS[said.stop]))
    metrics = {"metrics": {"latencyMs": 812}}
    return [*events, frames.event("metadata", **_usage(spent), **metrics)]


def failures(secret: str) -> list[bytes]:
    headers = {
        ":message-type": "error",
        ":error-code": "InternalError",
        ":error-message": secret,
    }
    return [
        frames.exception("throttlingException", secret),
        frames.exception("modelStreamErrorException", secret),
        frames.frame(headers),
    ]


def error(status: int, message: str) -> bytes:
    return json.dumps({"message": message}).encode()


def _usage(spent: Usage | None) -> dict[str, Any]:
    if spent is None:
        return {}
    read, written = spent.cached_tokens, spent.cache_write_tokens
    return {
        "usage": {
            "inputTokens": spent.prompt_tokens - read - written,
            "outputTokens": spent.completion_tokens,
            "totalTokens": spent.prompt_tokens + spent.completion_tokens,
            "cacheReadInputTokens": read,
            "cacheWriteInputTokens": written,
        }
    }
