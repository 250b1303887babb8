"""A provider's stream, read as events."""

from typing import Any

from providers.dialects import lenient
from providers.dialects.bounds import check_place
from providers.dialects.conversation import Stop, Text, Thinking, ToolCall
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
from providers.sse import Framer, payloads
from providers.types import Usage

from . import candidates, ids, logprobs, reasons, tokens


class Reader:
    """Gemini never says that a stream ends, so only the clean end of the connection does."""

    def __init__(self) -> None:
        self._framer = Framer()
        self._id: str | None = None
        self._calls: dict[int, int] = {}
        self._stopped: set[int] = set()
        self._usage: Usage | None = None

    def feed(self, chunk: bytes) -> list[Event]:
        events: list[Event] = []
        for data in payloads(self._framer.feed(chunk)):
            self._read(lenient.object_in(data), events)
        return events

    def end(self) -> list[Event]:
        whole = self._stopped and self._stopped == self._calls.keys()
        return [Ended()] if whole and not self._framer.is_inside else []

    def _read(self, answer: dict[str, Any], events: list[Event]) -> None:
        candidates.check(answer)
        if self._id is None:
            self._id = lenient.text(answer, "responseId")
            events.append(Begun(self._id, lenient.text(answer, "modelVersion")))
        for candidate in lenient.objects(answer, "candidates"):
            self._candidate(candidate, events)
        if not self._calls and candidates.is_blocked(answer):
            self._calls[0] = 0
            self._stop(Stop.FILTERED, 0, events)
        usage = tokens.usage_of(answer)
        if usage is not None and usage != self._usage:
            self._usage = usage
            events.append(Spent(usage))

    def _candidate(self, candidate: dict[str, Any], events: list[Event]) -> None:
        choice = candidates.index_of(candidate)
        check_place(choice, "candidates")
        self._calls.setdefault(choice, 0)
        before = len(events)
        chances = logprobs.entries(candidate)
        for said in candidates.said(candidate):
            match said:
                case Text(text=text):
                    events.append(TextDelta(text, choice, chances))
                    chances = None
                case Thinking(text=text, signature=None):
                    events.append(ThinkingDelta(text, choice))
                case Thinking(signature=signature) if signature:
                    events.append(ThoughtSigned(signature, choice))
                case ToolCall():
                    self._call(said, choice, events)
        if chances:
            events.append(TextDelta("", choice, chances))
        if choice in self._stopped and len(events) > before:
            raise UpstreamBroken("a candidate went on after it had finished")
        called = self._calls[choice] > 0
        reason = lenient.text(candidate, "finishReason")
        stop = reasons.stop_of(reason, called=called)
        if stop is not None and choice not in self._stopped:
            self._stop(stop, choice, events)

    def _call(self, call: ToolCall, choice: int, events: list[Event]) -> None:
        index = self._calls[choice]
        check_place(index, "tool calls")
        self._calls[choice] = index + 1
        id = ids.call_id(call.id, self._id or "", choice, index)
        events.append(CallBegun(index, id, call.name, choice, call.signature))
        events.append(ArgumentsDelta(index, call.arguments, choice))

    def _stop(self, stop: Stop, choice: int, events: list[Event]) -> None:
        self._stopped.add(choice)
        events.append(Stopped(stop, choice))
