"""Chat completions and the older text completions."""

import re
from typing import Any

from providers.types import Usage

from .reading import count, index_of, object_, object_in, objects, text
from .stated import by_openai
from .streams import EventMeter

# Inside a string the quotes are escaped, so these see keys and nothing else.
_USAGE = re.compile(rb'"usage"\s*+:\s*+\{')
_FINISH = re.compile(rb'"finish_reason"\s*+:\s*+"')

_SAID = frozenset({"content", "reasoning_content", "reasoning", "refusal"})


class OpenAIMeter(EventMeter):
    """Several answers to one request may come mixed; each has its own finish reason."""

    __slots__ = ("_asked", "_finishes")
    done_ends = True

    def __init__(self, request: bytes) -> None:
        super().__init__(request)
        self._asked: int | None = None
        self._finishes = 0

    @property
    def complete(self) -> bool:
        # Some compatible servers send no [DONE]; the finish reasons end an answer as well.
        if self._asked is None:
            self._asked = count(object_in(self._request), "n") or 1
        return self.ended or self._finishes >= self._asked

    def of_plain(self, answer: dict[str, Any]) -> Usage:
        """Return about the usage of a plain answer that states none."""
        self._read(answer)
        return self.usage()

    def _tells(self, block: bytes) -> bool:
        return (
            _FINISH.search(block) is not None
            or _USAGE.search(block) is not None
            or b'"error"' in block
            or b"[DONE]" in block
        )

    def _note(self, event: dict[str, Any]) -> None:
        self._stated = by_openai(object_(event, "usage")) or self._stated
        if event.get("error") or event.get("object") == "error":
            self.failed = True
        for choice in objects(event, "choices"):
            if text(choice, "finish_reason"):
                self._finishes += 1

    def _read(self, event: dict[str, Any]) -> None:
        for place, choice in enumerate(objects(event, "choices")):
            index = index_of(choice, place)
            said = choice.get("delta") or choice.get("message")
            if isinstance(said, dict):
                self._read_message(index, said)
            self._texts.add((index, "text"), text(choice, "text"))

    def _read_message(self, index: int, said: dict[str, Any]) -> None:
        # What is there is looked at, not what might be: nearly always one of them is.
        for name, value in said.items():
            if name in _SAID and isinstance(value, str):
                self._texts.add((index, name), value)
            elif name == "tool_calls":
                for place, call in enumerate(objects(said, name)):
                    at = index_of(call, place)
                    self._read_call(index, at, object_(call, "function"))
            elif name == "function_call":
                self._read_call(index, 0, object_(said, name))
            elif name == "content":
                for part in objects(said, name):
                    self._texts.add((index, name), text(part, "text"))
            elif name == "audio":
                transcript = text(object_(said, name), "transcript")
                self._texts.add((index, name), transcript)

    def _read_call(self, index: int, call: int, function: dict[str, Any]) -> None:
        for name in ("name", "arguments"):
            self._texts.add((index, call, name), text(function, name))
