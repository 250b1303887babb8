"""How an answer comes back: as the provider wrote it, or told again in the caller's dialect."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol

import orjson

from providers.dialects import lenient
from providers.dialects.conversation import Ask
from providers.dialects.dialect import CallerSide, ErrorsShown, ProviderSide
from providers.dialects.gemini import embeddings
from providers.dialects.gemini.embeddings import EmbeddingAsk
from providers.dialects.written import is_too_deep
from providers.errors import UpstreamBroken
from providers.operations import CONVERSATIONS, FREE_IN_FORM, Operation
from providers.types import Target, Usage
from providers.usage.answers import usage_in, usage_of
from providers.usage.estimates import completed, estimate

from .arrays import ArrayStream
from .asks.asked import Asked
from .continuing import Ownership
from .said import said_by
from .streams import PassingStream, Sound, Stream, TranslatedStream

_WHOLE = "the provider answered whole, though asked to stream"
# One of them is in every answer, also in one that is a failure as its dialect tells it.
_ANSWERS = frozenset({"choices", "output", "content", "candidates", "data", "results"})
# No error is so long, and to parse numbers and base64 by the megabyte would hold up all others.
_MANY_BYTES = 64 * 2**10
_EVENT_STREAMS = (b"text/event-stream", b"application/vnd.amazon.eventstream")


class Passage(Protocol):
    """`passes` says that the provider's bytes reach the caller as they came."""

    @property
    def passes(self) -> bool: ...

    def whole(self, body: bytes) -> tuple[bytes, Usage]:
        """Return the body for the caller, and what it took. Raises `UpstreamBroken`."""

    def stream(self, content_type: bytes) -> Stream | None:
        """Return the stream an answer of this type is; None for one that is read whole.

        Raises `UpstreamBroken` when the provider does not stream what it was asked to.
        """


@dataclass(slots=True)
class Passing:
    """Caller and provider speak one dialect. `ownership` is that of the answer's ids."""

    asked: Asked
    errors: ErrorsShown
    target: Target
    ownership: Ownership | None = None
    passes: ClassVar[bool] = True

    def whole(self, body: bytes) -> tuple[bytes, Usage]:
        operation = self.asked.operation
        if operation in CONVERSATIONS:
            usage = usage_in(operation, _answer_in(body), self.asked.body)
        else:
            if operation not in FREE_IN_FORM:
                _check_answers(body)
            usage = usage_of(operation, body, self.asked.body)
        if self.ownership is not None:
            body = self.ownership.relabel().answer(body)
        return body, usage

    def stream(self, content_type: bytes) -> Stream | None:
        is_events = content_type.startswith(_EVENT_STREAMS)
        if self.asked.operation is Operation.SPEECH and not is_events:
            return Sound(self.asked)
        if not self.asked.stream:
            return None
        if not is_events:
            # Some who transcribe do not stream, and say so nowhere else.
            if self.asked.operation in CONVERSATIONS:
                raise UpstreamBroken(_WHOLE)
            return None
        relabel = None if self.ownership is None else self.ownership.relabel()
        return PassingStream(self.asked, self.errors, self.target, relabel)


def _answer_in(body: bytes) -> dict[str, Any]:
    """Return the answer. Raises `UpstreamBroken` for what is none, whatever its status says."""
    said = lenient.object_in(body)
    if said.get("error") and _ANSWERS.isdisjoint(said):
        raise UpstreamBroken("the provider reported an error as its answer")
    return said


def _check_answers(body: bytes) -> None:
    if len(body) < _MANY_BYTES:
        _answer_in(body)
        return
    object_ = body.strip()
    if not (object_.startswith(b"{") and object_.endswith(b"}")):
        raise UpstreamBroken("the answer is not a JSON object")


@dataclass(slots=True)
class Translating:
    """They speak two. `now` is unix seconds, for answers whose provider dates none."""

    asked: Asked
    ask: Ask
    caller: CallerSide
    provider: ProviderSide
    now: int
    passes: ClassVar[bool] = False

    def whole(self, body: bytes) -> tuple[bytes, Usage]:
        try:
            answer = self.provider.parse(body)
            usage = answer.usage or completed(self.asked.body, said_by(answer))
            answer = replace(answer, usage=usage, created=answer.created or self.now)
            return self.caller.render(answer, self.ask), usage
        except orjson.JSONEncodeError as error:
            if not is_too_deep(error):
                raise
            raise UpstreamBroken("the answer is nested too deep to be told") from error

    def stream(self, content_type: bytes) -> Stream | None:
        if not self.asked.stream:
            return None
        if not content_type.startswith(_EVENT_STREAMS):
            raise UpstreamBroken(_WHOLE)
        return TranslatedStream(
            self.asked,
            self.provider.reader(),
            self.caller.renderer(self.ask),
            now=self.now,
        )


@dataclass(frozen=True, slots=True)
class Array:
    """Gemini's answer as one growing array, for a caller that did not ask for events."""

    events: Passage

    @property
    def passes(self) -> bool:
        return self.events.passes

    def whole(self, body: bytes) -> tuple[bytes, Usage]:
        return self.events.whole(body)

    def stream(self, content_type: bytes) -> Stream | None:
        stream = self.events.stream(content_type)
        return None if stream is None else ArrayStream(stream)


@dataclass(frozen=True, slots=True)
class EmbeddingsThroughGemini:
    """OpenAI's embeddings, made by a provider that speaks Gemini's dialect."""

    asked: Asked
    ask: EmbeddingAsk
    passes: ClassVar[bool] = False

    def whole(self, body: bytes) -> tuple[bytes, Usage]:
        embedded = embeddings.parse(body, self.ask)
        usage = embedded.usage or estimate(self.asked.body, "")
        return embeddings.answer(embedded, self.ask, usage), usage

    def stream(self, content_type: bytes) -> Stream | None:
        return None
