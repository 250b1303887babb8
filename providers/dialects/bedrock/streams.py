"""A stream of the Converse API. Its frames say by their headers what they hold."""

from base64 import b64decode, b64encode
from binascii import Error
from typing import Any

from providers.dialects import lenient
from providers.dialects.bounds import check_place
from providers.dialects.conversation import Signature
from providers.dialects.events import (
    ArgumentsDelta,
    Begun,
    CallBegun,
    Ended,
    Event,
    Spent,
    Stopped,
    TextDelta,
    ThinkingDelta,
    ThoughtSigned,
)
from providers.errors import UpstreamBroken

from .answers import is_of_server, stop_of, usage_of
from .eventstream import Frame, Frames
from .reasoning import redacted, signed


class ConverseReader:
    """Usage comes after the end of the message, and `Ended` with it or with the connection."""

    def __init__(self) -> None:
        self._frames = Frames()
        # The tool call of each open block, by the block's index.
        self._calls: dict[int, int] = {}
        self._calls_begun = 0
        self._has_arguments = False
        self._signature: list[str] = []
        self._redacted: list[bytes] = []
        self._stopped = False
        self._ended = False

    def feed(self, chunk: bytes) -> list[Event]:
        events: list[Event] = []
        for frame in self._frames.feed(chunk):
            if not self._ended:
                events += self._events(frame)
        return events

    def end(self) -> list[Event]:
        if not self._stopped or self._ended or self._frames.is_inside:
            return []
        self._ended = True
        return [Ended()]

    def _events(self, frame: Frame) -> list[Event]:
        headers = frame.headers
        if headers.get(":message-type", "event") != "event":
            name = headers.get(":exception-type") or headers.get(":error-code", "")
            raise UpstreamBroken(f"the provider broke off: {name[:60]!r}")
        said = lenient.object_in(frame.payload)
        match headers.get(":event-type"):
            case "contentBlockDelta":
                return self._delta(said)
            case "contentBlockStart":
                return self._start(said)
            case "contentBlockStop":
                return self._stop(said)
            case "messageStart":
                return [Begun(id="", model="")]
            case "messageStop":
                return self._message_stop(said)
            case "metadata":
                return self._metadata(said)
            case _:
                return []

    def _start(self, said: dict[str, Any]) -> list[Event]:
        call = lenient.object_(lenient.object_(said, "start"), "toolUse")
        if not call or is_of_server(call):
            return []
        index = self._calls[_block(said)] = self._calls_begun
        check_place(index, "tool calls")
        self._calls_begun += 1
        self._has_arguments = False
        name = lenient.text(call, "name")
        return [CallBegun(index, lenient.text(call, "toolUseId"), name)]

    def _delta(self, said: dict[str, Any]) -> list[Event]:
        delta = lenient.object_(said, "delta")
        if text := lenient.text(delta, "text"):
            return [TextDelta(text)]
        if call := lenient.object_(delta, "toolUse"):
            index = self._calls.get(_block(said))
            text = lenient.text(call, "input")
            if index is None or not text:
                return []
            self._has_arguments = True
            return [ArgumentsDelta(index, text)]
        return self._reasoning(lenient.object_(delta, "reasoningContent"))

    def _reasoning(self, delta: dict[str, Any]) -> list[Event]:
        if text := lenient.text(delta, "text"):
            return [ThinkingDelta(text)]
        if signature := lenient.text(delta, "signature"):
            self._signature.append(signature)
        if content := lenient.text(delta, "redactedContent"):
            # Each piece is base64 by itself; joined they are only as bytes.
            self._redacted.append(_bytes(content))
        return []

    def _stop(self, said: dict[str, Any]) -> list[Event]:
        index = self._calls.pop(_block(said), None)
        if index is None:
            return self._signed()
        # A call without arguments is one with an empty object, as in a whole answer.
        return [] if self._has_arguments else [ArgumentsDelta(index, "{}")]

    def _signed(self) -> list[Event]:
        signature: Signature | None = signed("".join(self._signature))
        if self._redacted:
            signature = redacted(b64encode(b"".join(self._redacted)).decode())
        self._signature, self._redacted = [], []
        return [] if signature is None else [ThoughtSigned(signature)]

    def _message_stop(self, said: dict[str, Any]) -> list[Event]:
        stop, sequence = stop_of(said, calls=self._calls_begun > 0)
        self._stopped = True
        return [*self._signed(), Stopped(stop, stop_sequence=sequence)]

    def _metadata(self, said: dict[str, Any]) -> list[Event]:
        usage = usage_of(said)
        events: list[Event] = [] if usage is None else [Spent(usage)]
        if self._stopped:
            self._ended = True
            events.append(Ended())
        return events


def _block(said: dict[str, Any]) -> int:
    return lenient.count(said, "contentBlockIndex")


def _bytes(content: str) -> bytes:
    try:
        return b64decode(content, validate=True)
    except (Error, ValueError) as error:
        raise UpstreamBroken("encrypted reasoning is not base64") from error
