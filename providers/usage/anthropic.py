"""Messages, as Anthropic streams them."""

from typing import Any

from providers.types import Usage

from .reading import compact, count, object_, objects, text
from .stated import by_anthropic
from .streams import EventMeter

_DELTAS = {"text_delta": "text", "thinking_delta": "thinking"}


class AnthropicMeter(EventMeter):
    """The prompt's usage comes first, the answer's, growing, with its end."""

    __slots__ = ("_counts",)

    def __init__(self, request: bytes) -> None:
        super().__init__(request)
        self._counts: dict[str, Any] = {}

    def of_plain(self, message: dict[str, Any]) -> Usage:
        """Return about the usage of a plain answer that states none."""
        for index, block in enumerate(objects(message, "content")):
            self._read_block(index, block)
        return self.usage()

    def _tells(self, block: bytes) -> bool:
        return b'"message_' in block or b'"error"' in block

    def _note(self, event: dict[str, Any]) -> None:
        match text(event, "type"):
            case "message_start":
                self._add_counts(object_(object_(event, "message"), "usage"))
            case "message_delta":
                self._add_counts(object_(event, "usage"))
                self._stated = by_anthropic(self._counts) or self._stated
            case "message_stop":
                self.ended = True
            case "error":
                self.failed = True

    def _add_counts(self, usage: dict[str, Any]) -> None:
        for name in usage:
            if count(usage, name) is not None or object_(usage, name):
                self._counts[name] = usage[name]

    def _read(self, event: dict[str, Any]) -> None:
        index = count(event, "index") or 0
        match text(event, "type"):
            case "content_block_start":
                self._read_block(index, object_(event, "content_block"))
            case "content_block_delta":
                delta = object_(event, "delta")
                self._texts.add_json(("input", index), text(delta, "partial_json"))
                kind = _DELTAS.get(text(delta, "type"), "")
                self._texts.add((kind, index), text(delta, kind))

    def _read_block(self, index: int, block: dict[str, Any]) -> None:
        for name in ("text", "thinking", "name"):
            self._texts.add((name, index), text(block, name))
        if block.get("input"):
            self._texts.add_json(("input", index), compact(block["input"]))

    def _begun(self) -> Usage | None:
        # A stream that was cut off has told its prompt all the same.
        return by_anthropic(self._counts)
