"""Gemini's other stream: one JSON array that grows, for callers that did not ask for events."""

from providers.dialects.gemini.array import ArrayStream as Elements
from providers.types import Failure, Usage

from .streams import Stream


class ArrayStream:
    """A stream of events, written as the elements of an array."""

    content_type = b"application/json"

    def __init__(self, events: Stream) -> None:
        self._events = events
        self._elements = Elements()

    @property
    def ended(self) -> bool:
        """False to the last: the array is closed when the connection has ended."""
        return False

    @property
    def error(self) -> str:
        return self._events.error

    def feed(self, chunk: bytes) -> bytes:
        return self._elements.feed(self._events.feed(chunk))

    def end(self) -> bytes:
        last = b"" if self._events.ended else self._elements.feed(self._events.end())
        return last + self._elements.end()

    def fail(self, failure: Failure) -> bytes | None:
        told = self._events.fail(failure) or b""
        return self._elements.feed(told) + self._elements.end()

    def usage(self) -> Usage:
        return self._events.usage()
