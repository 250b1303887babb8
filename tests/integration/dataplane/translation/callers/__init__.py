"""Those who ask, each in a dialect of its own, and how strictly their clients listen."""

from collections.abc import Sequence
from typing import Any, Protocol

from providers.operations import Operation
from providers.types import Usage
from tests.integration.dataplane.translation.said import Heard

from . import chat, completions, generate, messages, responses
from .reading import Event as Event
from .reading import events_in as events_in


class Caller(Protocol):
    """`stream` takes events by their names; it checks their order and that nothing is missing."""

    OPERATION: Operation

    def path(self, *, stream: bool) -> str: ...

    def body(self, *, stream: bool) -> dict[str, Any]: ...

    def can_hear(self, usage: Usage) -> Usage: ...

    def whole(self, answer: dict[str, Any]) -> Heard: ...

    def stream(self, events: list[Event]) -> Heard: ...


class Conversing(Caller, Protocol):
    """Callers who can send an answer back."""

    def next_body(self, asked: dict[str, Any], heard: Heard) -> dict[str, Any]: ...


CONVERSING: Sequence[Conversing] = (chat, responses, messages, generate)
CALLERS: Sequence[Caller] = (*CONVERSING, completions)
