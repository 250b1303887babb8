"""What a dialect must be able to do, on the side of the caller and on that of the provider."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from providers.types import Failure

from .conversation import Answer, Ask
from .events import Event


class Reader(Protocol):
    """Makes events of a provider's stream."""

    def feed(self, chunk: bytes) -> list[Event]:
        """Return the events that `chunk` completes; it may be cut anywhere.

        Raises `UpstreamBroken` when the provider reports an error in the stream or says
        what is not of its dialect.
        """

    def end(self) -> list[Event]:
        """Return what the clean end of the connection tells: `Ended`, or nothing.

        Some servers never announce the end of a stream. One whose every choice has
        stopped was whole all the same; a dialect that always announces it says nothing
        here, and neither does a reader that has given `Ended` already.
        """


class Renderer(Protocol):
    """Makes a caller's stream of events."""

    def feed(self, event: Event) -> bytes:
        """Return the block of whole events to send for it; empty when it waits for more.

        `Ended` comes last, after the last `Spent`, and gives the closing events.
        """

    def fail(self, failure: Failure) -> bytes:
        """Return the block that tells the caller that the stream broke; nothing follows it."""


class ErrorsShown(Protocol):
    """How a dialect shows its caller an error."""

    def body(self, failure: Failure) -> bytes:
        """Return the body of an answer that is an error."""

    def event(self, failure: Failure, *, sequence: int) -> bytes:
        """Return the block that ends a stream; `sequence` numbers it where events are numbered."""


@dataclass(frozen=True, slots=True)
class CallerSide:
    """`parse` raises an `AskError`; `render` gives the body of a whole answer.

    Both ways of rendering name the model as the caller did: `ask.model`.
    """

    parse: Callable[[Mapping[str, Any]], Ask]
    render: Callable[[Answer, Ask], bytes]
    renderer: Callable[[Ask], Renderer]


@dataclass(frozen=True, slots=True)
class ProviderSide:
    """`render` writes the body for the model named as the provider does, and raises `Unsayable`.

    `parse` reads a whole answer of status 2xx and raises `UpstreamBroken`.
    """

    render: Callable[[Ask, str], bytes]
    parse: Callable[[bytes], Answer]
    reader: Callable[[], Reader]
