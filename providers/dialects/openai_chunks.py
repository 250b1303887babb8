"""The chunks of a stream of OpenAI's, of which only the choice differs from one to the next."""

import secrets
from collections.abc import Mapping
from typing import Any

import orjson

from providers import sse
from providers.types import Usage

from . import openai_usage
from .conversation import Ask
from .events import Begun

# Not every provider begins its stream before it says something.
_NAMELESS = Begun("", "")


def answer_id(id: str, prefix: str) -> str:
    """Return the provider's id as one of OpenAI's; a new one when it gave none."""
    return id if id.startswith(prefix) else prefix + (id or secrets.token_hex(12))


class Chunks:
    """Writes chunks. Usage goes out only to a caller who asked for it."""

    __slots__ = (
        "_head",
        "_kind",
        "_model",
        "_prefix",
        "_tail",
        "_usage",
        "_with_usage",
    )

    def __init__(self, ask: Ask, *, kind: str, prefix: str) -> None:
        self._model = ask.model
        self._kind = kind
        self._prefix = prefix
        self._with_usage = ask.stream_usage
        self._head = b""
        self._tail = b',"usage":null}\n\n' if ask.stream_usage else b"}\n\n"
        self._usage: Usage | None = None

    def begin(self, begun: Begun) -> None:
        head = orjson.dumps(
            {
                "id": answer_id(begun.id, self._prefix),
                "object": self._kind,
                "created": begun.created,
                "model": self._model,
            }
        )
        self._head = b'data: %b,"choices":[' % head[:-1]

    def spend(self, usage: Usage) -> None:
        self._usage = usage

    def chunk(self, choice: Mapping[str, Any]) -> bytes:
        if not self._head:
            self.begin(_NAMELESS)
        return b"%b%b]%b" % (self._head, orjson.dumps(choice), self._tail)

    def end(self) -> bytes:
        if not self._with_usage or self._usage is None:
            return sse.DONE
        if not self._head:
            self.begin(_NAMELESS)
        usage = orjson.dumps(openai_usage.render(self._usage))
        return b'%b],"usage":%b}\n\n%b' % (self._head, usage, sse.DONE)
