"""Answers of Converse; the SDK that has types for them is too large to be had for a test."""

from typing import Any

import orjson

from tests.unit.providers.dialects.bedrock.frames import event

from .told import Told

_USAGE = {
    "inputTokens": 12,
    "cacheReadInputTokens": 3,
    "cacheWriteInputTokens": 5,
    "outputTokens": 9,
    "totalTokens": 29,
}
_SPENT = {"usage": _USAGE, "metrics": {"latencyMs": 551}}


def _answer(*blocks: dict[str, Any], stop: str = "end_turn", **more: Any) -> Told:
    content = [each["block"] for each in blocks]
    output = {"message": {"role": "assistant", "content": content}}
    return Told(
        orjson.dumps({"output": output, "stopReason": stop, **_SPENT, **more}),
        [
            event("messageStart", role="assistant"),
            *(frame for at, each in enumerate(blocks) for frame in _frames(at, each)),
            event("messageStop", stopReason=stop, **more),
            event("metadata", **_SPENT),
        ],
        b"application/vnd.amazon.eventstream",
    )


def _frames(index: int, said: dict[str, Any]) -> list[bytes]:
    at = {"contentBlockIndex": index}
    start = (
        [event("contentBlockStart", **at, start=said["start"])]
        if "start" in said
        else []
    )
    deltas = [event("contentBlockDelta", **at, delta=each) for each in said["deltas"]]
    return [*start, *deltas, event("contentBlockStop", **at)]


def _text(text: str) -> dict[str, Any]:
    return {"block": {"text": text}, "deltas": [{"text": text[:3]}, {"text": text[3:]}]}


def _call(id: str, written: str, **arguments: Any) -> dict[str, Any]:
    call = {"toolUseId": id, "name": "weather"}
    return {
        "block": {"toolUse": {**call, "input": arguments}},
        "start": {"toolUse": call},
        "deltas": [
            {"toolUse": {"input": each}}
            for each in ("", written)
            if each or not written
        ],
    }


def _thinking(text: str, signature: str) -> dict[str, Any]:
    whole = {"reasoningText": {"text": text, "signature": signature}}
    pieces = [{"text": text}, {"signature": signature}]
    return {
        "block": {"reasoningContent": whole},
        "deltas": [{"reasoningContent": each} for each in pieces],
    }


_REDACTED = {
    "block": {"reasoningContent": {"redactedContent": "c2VjcmV0"}},
    "deltas": [{"reasoningContent": {"redactedContent": "c2VjcmV0"}}],
}

SAID = {
    "text": _answer(_text("Grüße 🚀")),
    "calls": _answer(
        _text("Let me look."),
        _call("tooluse_1", '{"city":"Oslo"}', city="Oslo"),
        _call("tooluse_2", ""),
        stop="tool_use",
    ),
    "reasoning": _answer(_thinking("Hm, naïve.", "c2ln"), _REDACTED, _text("Yes.")),
    "declined": _answer(_text("I "), stop="refusal"),
    "filtered": _answer(_text("Half of"), stop="guardrail_intervened"),
    "length": _answer(_text("It was a dark and"), stop="max_tokens"),
    "sequence": _answer(
        _text("One"),
        stop="stop_sequence",
        additionalModelResponseFields={"stop_sequence": "Two"},
    ),
    "nothing": _answer(),
}
