"""Streams as Anthropic sends them, and what is in them."""

from typing import Any

import orjson

from providers.dialects.conversation import Signature, Stop
from providers.dialects.events import (
    ArgumentsDelta,
    Begun,
    CallBegun,
    Ended,
    Event,
    Spent,
    Stopped,
    TextDelta,
    ThinkingDelta,
    ThoughtSigned,
)
from providers.types import Usage


def sse(*events: dict[str, Any]) -> bytes:
    return b"".join(
        b"event: %b\ndata: %b\n\n" % (event["type"].encode(), orjson.dumps(event))
        for event in events
    )


def start(index: int, **block: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def delta(index: int, kind: str, **said: Any) -> dict[str, Any]:
    told = {"type": kind, **said}
    return {"type": "content_block_delta", "index": index, "delta": told}


def stop(index: int) -> dict[str, Any]:
    return {"type": "content_block_stop", "index": index}


def ending(reason: str, usage: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    told = {"stop_reason": reason, "stop_sequence": None, **more}
    return [
        {"type": "message_delta", "delta": told, "usage": usage},
        {"type": "message_stop"},
    ]


OPENING: dict[str, Any] = {
    "type": "message_start",
    "message": {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": "claude-opus-5",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {
            "input_tokens": 10,
            "cache_creation_input_tokens": 20,
            "cache_read_input_tokens": 30,
            "output_tokens": 1,
        },
    },
}

STREAM = sse(
    OPENING,
    start(0, type="thinking", thinking="", signature=""),
    {"type": "ping"},
    delta(0, "thinking_delta", thinking="Two "),
    delta(0, "thinking_delta", thinking="cities."),
    delta(0, "signature_delta", signature="EqQB"),
    stop(0),
    start(1, type="redacted_thinking", data="Zm9v"),
    stop(1),
    start(2, type="text", text=""),
    delta(2, "text_delta", text="Let me "),
    delta(2, "text_delta", text="see… 🌦"),
    stop(2),
    start(3, type="tool_use", id="toolu_1", name="weather", input={}),
    delta(3, "input_json_delta", partial_json=""),
    delta(3, "input_json_delta", partial_json='{"city": "Os'),
    delta(3, "input_json_delta", partial_json='lo"}'),
    stop(3),
    start(4, type="tool_use", id="toolu_2", name="time", input={}),
    delta(4, "input_json_delta", partial_json=""),
    stop(4),
    *ending("tool_use", {"output_tokens": 40}),
)

EVENTS: list[Event] = [
    Begun("msg_01", "claude-opus-5"),
    ThinkingDelta("Two "),
    ThinkingDelta("cities."),
    ThoughtSigned(Signature("anthropic", "EqQB")),
    ThoughtSigned(Signature("anthropic", "redacted_thinking.Zm9v")),
    TextDelta("Let me "),
    TextDelta("see… 🌦"),
    CallBegun(0, "toolu_1", "weather"),
    ArgumentsDelta(0, '{"city": "Os'),
    ArgumentsDelta(0, 'lo"}'),
    CallBegun(1, "toolu_2", "time"),
    ArgumentsDelta(1, "{}"),
    Stopped(Stop.TOOL_CALLS),
    Spent(Usage(60, 40, cached_tokens=30, cache_write_tokens=20)),
    Ended(),
]
