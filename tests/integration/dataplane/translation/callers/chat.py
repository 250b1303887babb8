"""A caller of chat completions. It asks for usage, and sends an answer back as it came."""

from typing import Any

from providers.dialects.conversation import Stop
from providers.operations import Operation
from providers.types import Usage
from tests.integration.dataplane.translation.said import Called, Heard

from .reading import Event

OPERATION = Operation.CHAT
TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}
    for name in ("weather", "time")
]
STOPS = {"stop": Stop.END, "length": Stop.LENGTH, "tool_calls": Stop.TOOL_CALLS}


def path(*, stream: bool) -> str:
    return "/v1/chat/completions"


def body(*, stream: bool) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "model": "fast",
        "messages": [{"role": "user", "content": "hi"}],
        "tools": TOOLS,
        "max_tokens": 99,
    }
    if stream:
        asked |= {"stream": True, "stream_options": {"include_usage": True}}
    return asked


def next_body(asked: dict[str, Any], heard: Heard) -> dict[str, Any]:
    """Return the request that goes on: with results of the calls, or with a question."""
    said = [
        {"role": "tool", "tool_call_id": call.id, "content": f"{call.name}: fine"}
        for call in heard.calls
    ] or [{"role": "user", "content": "and?"}]
    return {**asked, "messages": [*asked["messages"], heard.turn, *said]}


def can_hear(usage: Usage) -> Usage:
    """Return what this dialect can tell a caller of a usage."""
    return usage


def whole(answer: dict[str, Any]) -> Heard:
    assert answer["object"] == "chat.completion"
    assert answer["id"].startswith("chatcmpl-")
    [choice] = answer["choices"]
    heard = _heard(choice["message"])
    heard.stop = STOPS[choice["finish_reason"]]
    heard.usage = usage_in(answer.get("usage"))
    return heard


def stream(events: list[Event]) -> Heard:
    told = _Stream()
    for number, (name, data) in enumerate(events, 1):
        is_last = number == len(events)
        assert name == ""
        if data == "[DONE]":
            assert is_last
            assert told.stop
            return told.heard()
        if "error" in data or data.get("object") == "error":
            assert is_last
            return Heard(broke=broken(data))
        told.read(data)
    raise AssertionError("the stream neither ended nor broke")


def broken(data: dict[str, Any]) -> str:
    error = data.get("error", data)
    assert error["message"]
    return str(error.get("code") or error["message"])


def usage_in(usage: dict[str, Any] | None) -> Usage | None:
    if usage is None:
        return None
    prompt, completion = usage["prompt_tokens"], usage["completion_tokens"]
    assert usage["total_tokens"] == prompt + completion
    of_prompt = usage["prompt_tokens_details"]
    return Usage(
        prompt,
        completion,
        cached_tokens=of_prompt["cached_tokens"],
        cache_write_tokens=of_prompt["cache_write_tokens"],
        reasoning_tokens=usage["completion_tokens_details"]["reasoning_tokens"],
    )


def _heard(message: dict[str, Any]) -> Heard:
    calls = message.get("tool_calls", [])
    details = message.get("reasoning_details", [])
    seals = [each["signature"] for each in details if "signature" in each]
    seals += [each["data"] for each in details if "data" in each]
    seals += [
        each["extra_content"]["google"]["thought_signature"]
        for each in calls
        if "extra_content" in each
    ]
    thought = message.get("reasoning_content", "")
    assert thought == "".join(each.get("text", "") for each in details)
    return Heard(
        text=message["content"] or "",
        thought=thought,
        seals=tuple(seals),
        calls=tuple(_called(each) for each in calls),
        turn=message,
    )


def _called(call: dict[str, Any]) -> Called:
    function = call["function"]
    assert call["type"] == "function"
    return Called(call["id"], function["name"], function["arguments"])


class _Stream:
    """Puts the deltas together, as clients do."""

    def __init__(self) -> None:
        self.head: tuple[Any, ...] = ()
        self.message: dict[str, Any] = {}
        self.stop: Stop | None = None
        self.usage: Usage | None = None

    def read(self, chunk: dict[str, Any]) -> None:
        assert chunk["object"] == "chat.completion.chunk"
        head = (chunk["id"], chunk["created"], chunk["model"])
        assert self.head in ((), head)
        self.head = head
        if not chunk["choices"]:
            assert self.stop
            assert self.usage is None
            self.usage = usage_in(chunk["usage"])
            return
        assert not chunk.get("usage")
        [choice] = chunk["choices"]
        assert choice["index"] == 0
        assert self.stop is None
        self._add(choice["delta"])
        if choice["finish_reason"]:
            self.stop = STOPS[choice["finish_reason"]]

    def _add(self, delta: dict[str, Any]) -> None:
        if not self.message:
            assert delta["role"] == "assistant"
            self.message = {"role": "assistant", "content": ""}
        for name in ("content", "reasoning_content"):
            self.message[name] = self.message.get(name, "") + (delta.get(name) or "")
        if details := delta.get("reasoning_details"):
            self.message.setdefault("reasoning_details", []).extend(details)
        for call in delta.get("tool_calls", []):
            self._call(call)

    def _call(self, call: dict[str, Any]) -> None:
        calls = self.message.setdefault("tool_calls", [])
        if call["index"] == len(calls):
            assert call["id"]
            assert call["function"]["name"]
            begun = {name: value for name, value in call.items() if name != "index"}
            calls.append({**begun, "function": {**call["function"]}})
        else:
            assert call["index"] < len(calls)
            assert not {"id", "type"} & set(call)
            function = calls[call["index"]]["function"]
            function["arguments"] += call["function"]["arguments"]

    def heard(self) -> Heard:
        heard = _heard(self.message)
        heard.stop, heard.usage = self.stop, self.usage
        return heard
