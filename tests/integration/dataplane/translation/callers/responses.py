"""A caller of responses, over HTTP or a WebSocket, who keeps the conversation itself."""

from typing import Any

from providers.dialects.conversation import Stop
from providers.operations import Operation
from providers.types import Usage
from tests.integration.dataplane.translation.said import Called, Heard

from .reading import Event

OPERATION = Operation.RESPONSES
ENDS = ("response.completed", "response.incomplete")


def path(*, stream: bool) -> str:
    return "/v1/responses"


def body(*, stream: bool) -> dict[str, Any]:
    tools = [
        {"type": "function", "name": name, "parameters": {"type": "object"}}
        for name in ("weather", "time")
    ]
    asked: dict[str, Any] = {
        "model": "fast",
        "input": [{"role": "user", "content": "hi"}],
        "tools": tools,
        "max_output_tokens": 99,
        "store": False,
        "include": ["reasoning.encrypted_content"],
    }
    return asked | ({"stream": True} if stream else {})


def next_body(asked: dict[str, Any], heard: Heard) -> dict[str, Any]:
    said = [
        {
            "type": "function_call_output",
            "call_id": call.id,
            "output": f"{call.name}: fine",
        }
        for call in heard.calls
    ] or [{"role": "user", "content": "and?"}]
    return {**asked, "input": [*asked["input"], *heard.turn, *said]}  # type: ignore[misc]


def can_hear(usage: Usage) -> Usage:
    return usage


def whole(response: dict[str, Any]) -> Heard:
    assert response["id"].startswith("resp_")
    assert response["object"] == "response"
    assert response["status"] in ("completed", "incomplete")
    heard = Heard(usage=_usage_in(response["usage"]), turn=response["output"])
    for item in response["output"]:
        _hear(item, heard)
    heard.stop = Stop.TOOL_CALLS if heard.calls else Stop.END
    if response["status"] == "incomplete":
        assert response["incomplete_details"] == {"reason": "max_output_tokens"}
        heard.stop = Stop.LENGTH
    return heard


def stream(events: list[Event]) -> Heard:
    told = _Stream()
    for number, (name, data) in enumerate(events):
        is_last = number == len(events) - 1
        assert name == data["type"]
        if name == "error":
            following = [each for each, _ in events[number + 1 :]]
            assert following in ([], ["response.failed"])
            # A provider's own need not go on from the events before.
            assert [each["sequence_number"] for _, each in events[number:]] in (
                list(range(number, len(events))),
                [90],
            )
            return Heard(broke=_broken(data))
        if name == "response.failed":
            assert is_last
            return Heard(broke=data["response"]["error"]["message"])
        assert data["sequence_number"] == number
        assert (name in ENDS) == is_last
        told.read(data)
    assert told.final
    return whole(told.final)


def _broken(error: dict[str, Any]) -> str:
    assert error["message"]
    if "error" in error:
        assert error["error"]["message"] == error["message"]
        assert error["error"]["code"] == error["code"]
    return error["code"]


def _usage_in(usage: dict[str, Any] | None) -> Usage | None:
    if usage is None:
        return None
    prompt, completion = usage["input_tokens"], usage["output_tokens"]
    assert usage["total_tokens"] == prompt + completion
    return Usage(
        prompt,
        completion,
        cached_tokens=usage["input_tokens_details"]["cached_tokens"],
        cache_write_tokens=usage["input_tokens_details"]["cache_write_tokens"],
        reasoning_tokens=usage["output_tokens_details"]["reasoning_tokens"],
    )


def _hear(item: dict[str, Any], heard: Heard) -> None:
    match item["type"]:
        case "message":
            [part] = item["content"]
            heard.text += part["text"]
        case "reasoning":
            heard.thought += "".join(each["text"] for each in item["summary"])
            if seal := item.get("encrypted_content"):
                heard.seals += (seal,)
        case "function_call":
            called = Called(item["call_id"], item["name"], item["arguments"])
            heard.calls += (called,)
        case other:
            raise AssertionError(other)


class _Stream:
    """Checks that items are told open, in deltas, and whole, and that the last event has them."""

    def __init__(self) -> None:
        self.count = 0
        self.items: list[dict[str, Any]] = []
        self.done: dict[int, dict[str, Any]] = {}
        self.texts: dict[tuple[str, int], str] = {}
        self.final: dict[str, Any] = {}

    def read(self, event: dict[str, Any]) -> None:
        kind = event["type"].removeprefix("response.")
        begins = ("created", "in_progress")
        if self.count < len(begins):
            assert kind == begins[self.count]
            assert event["response"]["status"] == "in_progress"
            assert event["response"]["output"] == []
        elif event["type"] in ENDS:
            self._end(event["response"])
        elif kind == "output_item.added":
            assert event["output_index"] == len(self.items)
            assert event["item"].get("status") in ("in_progress", None)
            self.items.append(event["item"])
        elif kind == "output_item.done":
            assert event["output_index"] not in self.done
            self.done[event["output_index"]] = event["item"]
        else:
            self._in_item(kind, event)
        self.count += 1

    def _in_item(self, kind: str, event: dict[str, Any]) -> None:
        index = event["output_index"]
        assert index not in self.done
        assert event["item_id"] == self.items[index]["id"]
        what, _, step = kind.rpartition(".")
        if step == "delta":
            self.texts[what, index] = self.texts.get((what, index), "") + event["delta"]
        elif what.endswith(("text", "arguments")):
            assert step == "done"
            text = event["text"] if "text" in event else event["arguments"]
            assert text == self.texts.get((what, index), "")
        else:
            assert what in ("content_part", "reasoning_summary_part")
            assert step in ("added", "done")

    def _end(self, response: dict[str, Any]) -> None:
        assert sorted(self.done) == list(range(len(self.items)))
        assert response["output"] == [self.done[index] for index in sorted(self.done)]
        self.final = response
