"""A caller of text completions."""

from typing import Any

from providers.operations import Operation
from tests.integration.dataplane.translation.said import Heard

from . import chat
from .reading import Event

OPERATION = Operation.COMPLETIONS
can_hear = chat.can_hear


def path(*, stream: bool) -> str:
    return "/v1/completions"


def body(*, stream: bool) -> dict[str, Any]:
    asked: dict[str, Any] = {"model": "fast", "prompt": "hi", "max_tokens": 99}
    if stream:
        asked |= {"stream": True, "stream_options": {"include_usage": True}}
    return asked


def whole(answer: dict[str, Any]) -> Heard:
    assert answer["object"] == "text_completion"
    assert answer["id"].startswith("cmpl-")
    [choice] = answer["choices"]
    stop = chat.STOPS[choice["finish_reason"]]
    usage = chat.usage_in(answer.get("usage"))
    return Heard(text=choice["text"], stop=stop, usage=usage)


def stream(events: list[Event]) -> Heard:
    heard = Heard()
    for number, (name, data) in enumerate(events, 1):
        is_last = number == len(events)
        assert name == ""
        if data == "[DONE]":
            assert is_last
            assert heard.stop
            return heard
        if "error" in data or data.get("object") == "error":
            assert is_last
            return Heard(broke=chat.broken(data))
        _read(data, heard)
    raise AssertionError("the stream neither ended nor broke")


def _read(chunk: dict[str, Any], heard: Heard) -> None:
    assert chunk["object"] == "text_completion"
    if not chunk["choices"]:
        assert heard.stop
        heard.usage = chat.usage_in(chunk["usage"])
        return
    [choice] = chunk["choices"]
    assert heard.stop is None
    heard.text += choice["text"]
    if choice["finish_reason"]:
        heard.stop = chat.STOPS[choice["finish_reason"]]
