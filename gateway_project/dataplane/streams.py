"""A streamed answer on its way through: what comes in from the provider, what goes out."""

from dataclasses import replace
from typing import Protocol

import orjson

from providers import sse
from providers.adapters.complaints import repeats
from providers.dialects.dialect import ErrorsShown, Reader, Renderer
from providers.dialects.events import (
    Begun,
    Ended,
    Event,
    Spent,
    Stopped,
)
from providers.dialects.responses.ownership import Relabel
from providers.dialects.written import is_too_deep
from providers.errors import UpstreamBroken
from providers.operations import Operation
from providers.types import Failure, Target, Usage
from providers.usage.estimates import completed, estimate
from providers.usage.meters import meter

from .asks.asked import Asked
from .said import Said
from .stripping import without_usage
from .upstream import refusal_of_failure

EVENTS = b"text/event-stream; charset=utf-8"
_DONE_CLOSED = frozenset({Operation.CHAT, Operation.COMPLETIONS})


class Stream(Protocol):
    """`ended` is set by the chunk that ends the answer, `error` when the provider ends it badly.

    `content_type` is empty where the provider's own holds.
    """

    @property
    def content_type(self) -> bytes: ...

    @property
    def ended(self) -> bool: ...

    @property
    def error(self) -> str: ...

    def feed(self, chunk: bytes) -> bytes:
        """Return what the caller gets for this chunk; may be empty. Raises `UpstreamBroken`."""

    def end(self) -> bytes:
        """Return what is left when the connection ended cleanly. Raises `UpstreamBroken`."""

    def fail(self, failure: Failure) -> bytes | None:
        """Return what tells the caller that the stream broke; None when nothing can."""

    def usage(self) -> Usage:
        """Return what the answer took by now."""


class PassingStream:
    """Whole events as the provider wrote them."""

    content_type = EVENTS

    def __init__(
        self,
        asked: Asked,
        errors: ErrorsShown,
        target: Target,
        relabel: Relabel | None,
    ) -> None:
        self.ended = False
        self.error = ""
        self._framer = sse.Framer()
        self._meter = meter(asked.operation, asked.body)
        self._errors = errors
        self._target = target
        self._relabel = relabel
        self._asked = asked
        self._drops_usage = asked.operation in _DONE_CLOSED and not _wants_usage(asked)

    def feed(self, chunk: bytes) -> bytes:
        block = self._framer.feed(chunk)
        if not block:
            return block
        self._meter.feed(block)
        if self._meter.ended or self._meter.failed:
            self.ended = True
        if self._meter.failed:
            self.error = "provider_broke_off"
            block = self._up_to_error(block)
        if self._drops_usage and b'"usage"' in block:
            block = without_usage(block)
        return block if self._relabel is None else self._relabel.block(block)

    def _up_to_error(self, block: bytes) -> bytes:
        """Drop what follows: a `[DONE]` there would make a good end of it."""
        events = [event + b"\n\n" for event in block.split(b"\n\n")[:-1]]
        found = meter(self._asked.operation, self._asked.body)
        for count, event in enumerate(events, 1):
            found.feed(event)
            if found.failed:
                last = self._without_credential(event)
                return b"".join([*events[: count - 1], last])
        return block

    def _without_credential(self, event: bytes) -> bytes:
        """Return the provider's own error, or ours where that would give us away."""
        secret = self._target.secret
        if not secret or not any(repeats(each, secret) for each in sse.payloads(event)):
            return event
        broken = UpstreamBroken("the provider reported an error in its stream")
        failure = refusal_of_failure(broken, self._target.provider).as_failure()
        return self._errors.event(failure, sequence=self._meter.sequence)

    def end(self) -> bytes:
        """Some compatible servers send no [DONE]; a finish reason ends an answer as well."""
        if self._framer.is_inside or not self._meter.complete:
            raise UpstreamBroken("the stream ended before its end was announced")
        return sse.DONE if self._asked.operation in _DONE_CLOSED else b""

    def fail(self, failure: Failure) -> bytes | None:
        return self._errors.event(failure, sequence=self._meter.sequence)

    def usage(self) -> Usage:
        return self._meter.usage()


def _wants_usage(asked: Asked) -> bool:
    options = asked.fields.get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True


class TranslatedStream:
    """Events of the provider's dialect told again in the caller's."""

    content_type = EVENTS

    def __init__(
        self, asked: Asked, reader: Reader, renderer: Renderer, *, now: int
    ) -> None:
        self.ended = False
        self.error = ""
        self._asked = asked
        self._reader = reader
        self._renderer = renderer
        self._now = now
        self._usage: Usage | None = None
        self._stopped = False
        self._is_final = False
        self._said = Said()

    def feed(self, chunk: bytes) -> bytes:
        if self.ended:
            return b""
        try:
            return self._tell_all(self._reader.feed(chunk))
        except orjson.JSONEncodeError as error:
            if not is_too_deep(error):
                raise
            raise UpstreamBroken("an event is nested too deep to be told") from error

    def _tell_all(self, events: list[Event]) -> bytes:
        if len(events) == 1:
            return self._tell(events[0])
        return b"".join([self._tell(event) for event in events if not self.ended])

    def _tell(self, event: Event) -> bytes:
        match event:
            case Begun():
                event = replace(event, created=event.created or self._now)
            case Stopped():
                self._stopped = True
            case Spent():
                self._usage, self._is_final = event.usage, self._stopped
            case Ended():
                return self._close(event)
            case _:
                self._said.hear(event)
        return self._renderer.feed(event)

    def _close(self, ended: Ended) -> bytes:
        self.ended = True
        stated = b""
        if self._usage is None:
            # The caller is told what the books will say.
            stated = self._renderer.feed(Spent(self.usage()))
        return stated + self._renderer.feed(ended)

    def end(self) -> bytes:
        told = self._tell_all(self._reader.end())
        if not self.ended:
            raise UpstreamBroken("the stream ended before its end was announced")
        return told

    def fail(self, failure: Failure) -> bytes | None:
        return self._renderer.fail(failure)

    def usage(self) -> Usage:
        if self._usage is not None and (self.ended or self._is_final):
            return self._usage
        # Some state it as it grows; a stream that is cut off has said more by then.
        return completed(self._asked.body, self._said.tokens(), self._usage)


class Sound:
    """Bytes that are no text: they pass as they come, and only a cut tells of a failure."""

    content_type = b""

    def __init__(self, asked: Asked) -> None:
        self.ended = False
        self.error = ""
        self._asked = asked

    def feed(self, chunk: bytes) -> bytes:
        return chunk

    def end(self) -> bytes:
        return b""

    def fail(self, failure: Failure) -> bytes | None:
        return None

    def usage(self) -> Usage:
        return estimate(self._asked.body, "")
