"""What all meters of event streams have in common.

Nearly every block is a few characters of text, and most providers say at the end what they
were: so such blocks are only kept, some kilobytes of them, and read when their texts turn
out to be needed. A block that may say something else is read at once.
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from providers.sse import payloads
from providers.types import Usage

from .estimates import completed
from .reading import object_in
from .texts import Texts
from .wreckage import said_in

_MOST_HELD_BYTES = 64 * 1024
# What a block costs beside its bytes.
_BLOCK_BYTES = 100
_DONE = b"[DONE]"


class EventMeter(ABC):
    """The usage of one streamed answer. Feeding it anything raises nothing."""

    __slots__ = (
        "_held",
        "_held_bytes",
        "_request",
        "_stated",
        "_texts",
        "ended",
        "failed",
    )

    # Whether `[DONE]` is how the dialect ends.
    done_ends: ClassVar[bool] = False

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._texts = Texts()
        self._stated: Usage | None = None
        self.ended = False
        self.failed = False

    def feed(self, block: bytes) -> None:
        """Take note of a block of whole events."""
        if self._tells(block):
            for data in payloads(block):
                if data.strip() == _DONE:
                    self.ended = self.ended or self.done_ends
                else:
                    self._note(object_in(data))
        if self._stated is None:
            self._hold(block)
        elif self._held:
            self._held.clear()

    @property
    def complete(self) -> bool:
        """True when a connection that ends here ended well."""
        return self.ended

    @property
    def sequence(self) -> int:
        """The number the next event would have, in dialects that number them; else 0."""
        return 0

    def usage(self) -> Usage:
        """Return what is known by now; it may be asked at any time."""
        return self._stated or self._estimate()

    @abstractmethod
    def _tells(self, block: bytes) -> bool:
        """Return quickly whether the block may hold more than text."""

    @abstractmethod
    def _note(self, event: dict[str, Any]) -> None:
        """Take note of an end, an error, a usage."""

    @abstractmethod
    def _read(self, event: dict[str, Any]) -> None:
        """Add the event's texts to the others."""

    def _estimate(self) -> Usage:
        self._read_held()
        return completed(self._request, self._texts.tokens(), self._begun())

    def _begun(self) -> Usage | None:
        """Return what the provider said before the answer was whole."""
        return None

    def _hold(self, block: bytes) -> None:
        self._held.append(block)
        self._held_bytes += len(block) + _BLOCK_BYTES
        if self._held_bytes > _MOST_HELD_BYTES:
            self._read_held()

    def _read_held(self) -> None:
        for data in payloads(b"".join(self._held)):
            event = object_in(data)
            if event:
                self._read(event)
            elif data.strip() != _DONE:
                self._texts.add_bytes("unreadable", said_in(data))
        self._held.clear()
        self._held_bytes = 0
