"""A caller of Anthropic's messages, as exact about the order of events as its clients are."""

import json
from typing import Any

from providers.dialects.conversation import Stop
from providers.operations import Operation
from providers.types import Usage
from tests.integration.dataplane.translation.said import Called, Heard

from .reading import Event

OPERATION = Operation.MESSAGES
STOPS = {
    "end_turn": Stop.END,
    "max_tokens": Stop.LENGTH,
    "tool_use": Stop.TOOL_CALLS,
}
# The kind of delta, the field of the block it adds to, and that of the delta.
_DELTAS = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "signature_delta": ("thinking", "signature"),
    "input_json_delta": ("tool_use", "partial_json"),
}


def path(*, stream: bool) -> str:
    return "/v1/messages"


def body(*, stream: bool) -> dict[str, Any]:
    tools = [
        {"name": name, "input_schema": {"type": "object"}}
        for name in ("weather", "time")
    ]
    asked: dict[str, Any] = {
        "model": "fast",
        "max_tokens": 99,
        "messages": [{"role": "user", "content": "hi"}],
        "tools": tools,
    }
    return asked | ({"stream": True} if stream else {})


def next_body(asked: dict[str, Any], heard: Heard) -> dict[str, Any]:
    results = [
        {"type": "tool_result", "tool_use_id": call.id, "content": f"{call.name}: fine"}
        for call in heard.calls
    ]
    said = {"role": "user", "content": results or "and?"}
    turn = {"role": "assistant", "content": heard.turn}
    return {**asked, "messages": [*asked["messages"], turn, said]}


def can_hear(usage: Usage) -> Usage:
    return usage


def whole(message: dict[str, Any]) -> Heard:
    assert message["id"].startswith("msg_")
    assert (message["type"], message["role"]) == ("message", "assistant")
    return _heard(message["content"], message["stop_reason"], message.get("usage"))


def stream(events: list[Event]) -> Heard:
    told = _Stream()
    for number, (name, data) in enumerate(events, 1):
        is_last = number == len(events)
        assert name == data["type"]
        if name == "error":
            assert is_last
            assert data["error"]["type"]
            assert data["error"]["message"]
            return Heard(broke=data["error"].get("code") or data["error"]["message"])
        told.read(data)
        assert told.ended == is_last
    assert told.ended
    return _heard(told.content, told.reason, told.usage)


def usage_in(usage: dict[str, Any] | None) -> Usage | None:
    if not usage:
        return None
    read, written = (
        usage["cache_read_input_tokens"],
        usage["cache_creation_input_tokens"],
    )
    thought = usage.get("output_tokens_details", {"thinking_tokens": 0})
    return Usage(
        usage["input_tokens"] + read + written,
        usage["output_tokens"],
        cached_tokens=read,
        cache_write_tokens=written,
        reasoning_tokens=thought["thinking_tokens"],
    )


def _heard(content: list[dict[str, Any]], reason: str, usage: Any) -> Heard:
    heard = Heard(stop=STOPS[reason], usage=usage_in(usage), turn=content)
    for block in content:
        match block["type"]:
            case "text":
                heard.text += block["text"]
            case "thinking":
                heard.thought += block["thinking"]
                heard.seals += (block["signature"],) if block["signature"] else ()
            case "redacted_thinking":
                heard.seals += (block["data"],)
            case "tool_use":
                arguments = json.dumps(
                    block["input"], ensure_ascii=False, separators=(",", ":")
                )
                heard.calls += (Called(block["id"], block["name"], arguments),)
            case other:
                raise AssertionError(other)
    return heard


class _Stream:
    """Opens and closes the blocks, of which one at a time is open."""

    def __init__(self) -> None:
        self.begun = self.ended = False
        self.content: list[dict[str, Any]] = []
        self.open: dict[str, Any] | None = None
        self.arguments = ""
        self.reason = ""
        self.usage: dict[str, Any] = {}

    def read(self, event: dict[str, Any]) -> None:
        assert not self.ended
        if event["type"] == "ping":
            return
        assert self.begun == (event["type"] != "message_start")
        match event["type"]:
            case "message_start":
                self.begun = True
                assert event["message"]["content"] == []
                assert event["message"]["stop_reason"] is None
                self.usage = event["message"].get("usage", {})
            case "content_block_start":
                assert self.open is None
                assert not self.reason
                assert event["index"] == len(self.content)
                self.open = dict(event["content_block"])
                self.content.append(self.open)
                self.arguments = ""
            case "content_block_delta":
                self._add(event)
            case "content_block_stop":
                self._close(event["index"])
            case "message_delta":
                assert self.open is None
                assert not self.reason
                self.reason = event["delta"]["stop_reason"]
                self.usage = {**self.usage, **event.get("usage", {})}
            case "message_stop":
                assert self.reason
                self.ended = True
            case other:
                raise AssertionError(other)

    def _add(self, event: dict[str, Any]) -> None:
        assert self.open is not None
        assert event["index"] == len(self.content) - 1
        delta = event["delta"]
        kind, name = _DELTAS[delta["type"]]
        assert self.open["type"] == kind
        if kind == "tool_use":
            self.arguments += delta[name]
        else:
            self.open[name] += delta[name]

    def _close(self, index: int) -> None:
        assert self.open is not None
        assert index == len(self.content) - 1
        if self.open["type"] == "tool_use":
            assert self.open["input"] == {}
            self.open["input"] = json.loads(self.arguments or "{}")
        self.open = None
