"""Sound and images: streams of a few kinds of events, or of bytes that say nothing."""

import re
from typing import Any

from providers.types import Usage

from .estimates import completed
from .reading import count, object_, object_in, text
from .stated import by_openai
from .streams import EventMeter

_ENDS = frozenset(
    {
        "transcript.text.done",
        "speech.audio.done",
        "image_generation.completed",
        "image_edit.completed",
    }
)
_IMAGES_ASKED = re.compile(rb'name="?n"?\r\n\r\n(\d{1,4})\r\n')


class MediaMeter(EventMeter):
    """What was heard comes as text, images and speech as base64; the last event counts them."""

    __slots__ = ("_asked", "_ends", "_heard")
    done_ends = True

    def __init__(self, request: bytes, *, heard: bool) -> None:
        super().__init__(request)
        self._asked: int | None = None
        self._ends = 0
        self._heard = heard

    def _tells(self, block: bytes) -> bool:
        return (
            b".done" in block
            or b".completed" in block
            or b'"error"' in block
            or b"[DONE]" in block
        )

    def _note(self, event: dict[str, Any]) -> None:
        if event.get("error") or text(event, "type") == "error":
            self.failed = True
        if text(event, "type") in _ENDS:
            if self._asked is None:
                self._asked = _asked(self._request)
            self._ends += 1
            self.ended = self.ended or self._ends >= self._asked
            self._stated = by_openai(object_(event, "usage")) or self._stated

    def _read(self, event: dict[str, Any]) -> None:
        if text(event, "type") == "transcript.text.delta":
            self._texts.add("text", text(event, "delta"))

    def _hold(self, block: bytes) -> None:
        # Of images there is nothing to count, and they are megabytes.
        if self._heard:
            super()._hold(block)


class ByteMeter:
    """Of bytes that are no events, which the connection's end ends."""

    __slots__ = ("_request",)
    ended = False
    complete = True
    failed = False
    sequence = 0

    def __init__(self, request: bytes) -> None:
        self._request = request

    def feed(self, block: bytes) -> None:
        """Do nothing: they say nothing."""

    def usage(self) -> Usage:
        return completed(self._request, 0)


def _asked(request: bytes) -> int:
    """Return how many images were asked for, in JSON or in a form."""
    form = _IMAGES_ASKED.search(request)
    return int(form[1]) if form else count(object_in(request), "n") or 1
