"""The same answer as each provider's dialect tells it: whole, streamed, and gone wrong."""

from collections.abc import Mapping
from typing import Protocol

from providers.operations import Operation
from providers.types import Usage
from tests.integration.dataplane.translation.said import Said

from . import chat, completions, converse, generate, messages, responses


class Dialect(Protocol):
    """`WHOLE_FROM` marks the piece of a stream from which on nothing essential is missing."""

    KIND: bytes
    WHOLE_FROM: tuple[bytes, ...]

    def told(self, usage: Usage) -> Usage: ...

    def whole(self, said: Said, spent: Usage | None) -> bytes: ...

    def pieces(self, said: Said, spent: Usage | None) -> list[bytes]: ...

    def failures(self, secret: str) -> list[bytes]: ...

    def error(self, status: int, message: str) -> bytes: ...


DIALECTS: Mapping[Operation, Dialect] = {
    Operation.CHAT: chat,
    Operation.COMPLETIONS: completions,
    Operation.RESPONSES: responses,
    Operation.MESSAGES: messages,
    Operation.GENERATE: generate,
    Operation.CONVERSE: converse,
}


def least(dialect: Dialect, pieces: list[bytes]) -> int:
    """Return how many pieces make an answer that may end there without being broken."""
    for number, piece in enumerate(pieces, 1):
        if any(mark in piece for mark in dialect.WHOLE_FROM):
            return number
    raise AssertionError("the stream never ends")
