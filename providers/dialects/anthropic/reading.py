"""A provider's stream, read as it comes."""

from collections.abc import Callable
from typing import Any

from providers.dialects.bounds import check_place
from providers.dialects.conversation import Signature
from providers.dialects.events import (
    ArgumentsDelta,
    Begun,
    CallBegun,
    DeclinedDelta,
    Ended,
    Event,
    Spent,
    Stopped,
    TextDelta,
    ThinkingDelta,
    ThoughtSigned,
)
from providers.dialects.lenient import count, object_, object_in, text, written
from providers.errors import UpstreamBroken
from providers.sse import Framer, payloads
from providers.usage.stated import by_anthropic

from .answers import explanation, stop_of
from .seals import OWN, redacted

_Said = dict[str, Any]


class Reader:
    __slots__ = (
        "_calls",
        "_calls_begun",
        "_ended",
        "_framer",
        "_spent",
        "_stopped",
        "_without_arguments",
    )

    def __init__(self) -> None:
        self._framer = Framer()
        # The tool call of each open block, by the block's index.
        self._calls: dict[int, int] = {}
        self._calls_begun = 0
        self._without_arguments: set[int] = set()
        self._spent: _Said = {}
        self._stopped = False
        self._ended = False

    def feed(self, chunk: bytes) -> list[Event]:
        events: list[Event] = []
        for data in payloads(self._framer.feed(chunk)):
            if self._ended:
                # What follows the end belongs to no answer.
                break
            said = object_in(data)
            read = _READ.get(text(said, "type"))
            if read is not None:
                read(self, said, events)
        return events

    def end(self) -> list[Event]:
        # Anthropic always says when it is done.
        return []

    def _message_start(self, said: _Said, events: list[Event]) -> None:
        message = object_(said, "message")
        self._spent = dict(object_(message, "usage"))
        events.append(Begun(text(message, "id"), text(message, "model")))

    def _block_start(self, said: _Said, events: list[Event]) -> None:
        block = object_(said, "content_block")
        match text(block, "type"):
            case "tool_use":
                call = self._calls[count(said, "index")] = self._calls_begun
                check_place(call, "tool calls")
                self._calls_begun += 1
                events.append(CallBegun(call, text(block, "id"), text(block, "name")))
                # Some servers of this dialect do not cut arguments into deltas.
                if arguments := object_(block, "input"):
                    events.append(ArgumentsDelta(call, written(arguments)))
                else:
                    self._without_arguments.add(call)
            case "redacted_thinking":
                events.append(ThoughtSigned(redacted(text(block, "data"))))
            case "text" if said_at_once := text(block, "text"):
                events.append(TextDelta(said_at_once))
            case "thinking" if thought_at_once := text(block, "thinking"):
                events.append(ThinkingDelta(thought_at_once))

    def _block_delta(self, said: _Said, events: list[Event]) -> None:
        delta = object_(said, "delta")
        match delta.get("type"):
            case "text_delta":
                if more := text(delta, "text"):
                    events.append(TextDelta(more))
            case "input_json_delta":
                call = self._calls.get(count(said, "index"))
                more = text(delta, "partial_json")
                # Without a call it belongs to a tool that runs at the provider's.
                if more and call is not None:
                    self._without_arguments.discard(call)
                    events.append(ArgumentsDelta(call, more))
            case "thinking_delta":
                if more := text(delta, "thinking"):
                    events.append(ThinkingDelta(more))
            case "signature_delta":
                if value := text(delta, "signature"):
                    events.append(ThoughtSigned(Signature(OWN, value)))

    def _block_stop(self, said: _Said, events: list[Event]) -> None:
        call = self._calls.pop(count(said, "index"), None)
        if call in self._without_arguments:
            self._without_arguments.remove(call)
            # As in a whole answer, where they are an empty object.
            events.append(ArgumentsDelta(call, "{}"))

    def _message_delta(self, said: _Said, events: list[Event]) -> None:
        delta = object_(said, "delta")
        if why := explanation(delta):
            events.append(DeclinedDelta(why))
        if reason := text(delta, "stop_reason"):
            self._stopped = True
            stop = stop_of(reason)
            events.append(Stopped(stop, stop_sequence=text(delta, "stop_sequence")))
        # Counts are of all so far; those not repeated here stand as they were at the start,
        # where the output has not been counted: nothing is stated before this event.
        told = object_(said, "usage")
        self._spent.update((k, v) for k, v in told.items() if v is not None)
        usage = by_anthropic(self._spent)
        if "output_tokens" in told and usage is not None:
            events.append(Spent(usage))

    def _message_stop(self, _: _Said, events: list[Event]) -> None:
        if not self._stopped:
            raise UpstreamBroken("the message does not say why it ended")
        self._ended = True
        events.append(Ended())

    def _error(self, said: _Said, _: list[Event]) -> None:
        kind = text(object_(said, "error"), "type") or "error"
        raise UpstreamBroken(f"the provider broke the stream off: {kind[:60]}")


_READ: dict[str, Callable[[Reader, _Said, list[Event]], None]] = {
    "message_start": Reader._message_start,
    "content_block_start": Reader._block_start,
    "content_block_delta": Reader._block_delta,
    "content_block_stop": Reader._block_stop,
    "message_delta": Reader._message_delta,
    "message_stop": Reader._message_stop,
    "error": Reader._error,
}
