"""Responses: numbered events, the last of which holds the whole answer."""

from typing import Any

from providers.sse import payloads
from providers.types import Usage

from .reading import count, object_, object_in, objects, text
from .stated import by_openai
from .streams import EventMeter

_ENDS = frozenset({"response.completed", "response.incomplete", "response.failed"})
_FAILURES = frozenset({"error", "response.failed"})
# The events whose `delta` is text, and what it is a delta of.
_DELTAS = {
    "response.output_text.delta": "text",
    "response.refusal.delta": "refusal",
    "response.reasoning_text.delta": "reasoning",
    "response.reasoning_summary_text.delta": "summary",
    "response.function_call_arguments.delta": "arguments",
    "response.mcp_call_arguments.delta": "arguments",
    "response.custom_tool_call_input.delta": "input",
    "response.code_interpreter_call_code.delta": "code",
}
# The same in an item of the whole answer.
_ITEM_TEXTS = ("name", "arguments", "input", "code")
_PART_TEXTS = {
    "output_text": ("text", "text"),
    "refusal": ("refusal", "refusal"),
    "reasoning_text": ("text", "reasoning"),
}


class ResponsesMeter(EventMeter):
    __slots__ = ("_numbered",)

    def __init__(self, request: bytes) -> None:
        super().__init__(request)
        self._numbered = b""

    @property
    def sequence(self) -> int:
        for data in reversed(payloads(self._numbered)):
            number = count(object_in(data), "sequence_number")
            if number is not None:
                return number + 1
        return 0

    def feed(self, block: bytes) -> None:
        super().feed(block)
        if b'"sequence_number"' in block:
            self._numbered = block

    def of_plain(self, response: dict[str, Any]) -> Usage:
        """Return about the usage of a plain answer that states none."""
        for index, item in enumerate(objects(response, "output")):
            self._read_item(index, item)
        return self.usage()

    def _tells(self, block: bytes) -> bool:
        # Only the events that begin and end an answer hold it whole.
        return b'"response"' in block or b'"error"' in block

    def _note(self, event: dict[str, Any]) -> None:
        kind = text(event, "type")
        if kind in _ENDS:
            self.ended = True
            usage = object_(object_(event, "response"), "usage")
            self._stated = by_openai(usage) or self._stated
        if kind in _FAILURES:
            self.failed = True

    def _read(self, event: dict[str, Any]) -> None:
        kind, index = text(event, "type"), count(event, "output_index") or 0
        if kind in _DELTAS:
            part = count(event, "content_index") or count(event, "summary_index") or 0
            self._texts.add((index, _DELTAS[kind], part), text(event, "delta"))
        elif kind == "response.output_item.added":
            name = text(object_(event, "item"), "name")
            self._texts.add((index, "name", 0), name)

    def _read_item(self, index: int, item: dict[str, Any]) -> None:
        for name in _ITEM_TEXTS:
            self._texts.add((index, name, 0), text(item, name))
        for at, part in enumerate(objects(item, "summary")):
            self._texts.add((index, "summary", at), text(part, "text"))
        for at, part in enumerate(objects(item, "content")):
            name, kind = _PART_TEXTS.get(text(part, "type"), ("", ""))
            self._texts.add((index, kind, at), text(part, name))
