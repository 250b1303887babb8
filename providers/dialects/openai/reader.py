"""Reading the chunks of a streamed chat completion."""

from dataclasses import dataclass, field
from typing import Any

from providers import sse
from providers.dialects import lenient, openai_usage
from providers.dialects.bounds import check_place
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
from providers.errors import UpstreamBroken

from . import reasoning
from .answers import (
    arguments_of,
    created_of,
    logprobs_of,
    new_call_id,
    text_of,
)
from .reasons import stop_of


@dataclass(slots=True)
class _Choice:
    ids: list[str] = field(default_factory=list)
    """The calls so far; their position is the index by which events name them."""
    places: dict[int, int] = field(default_factory=dict)
    empty: set[int] = field(default_factory=set)
    """Calls without arguments so far."""
    declined: bool = False
    stopped: bool = False


class ChatReader:
    """Reads what OpenAI sends, and what servers send that take its dialect less exactly."""

    __slots__ = ("_begun", "_choices", "_ended", "_framer")

    def __init__(self) -> None:
        self._framer = sse.Framer()
        self._choices: dict[int, _Choice] = {}
        self._begun = False
        self._ended = False

    def feed(self, chunk: bytes) -> list[Event]:
        events: list[Event] = []
        block = self._framer.feed(chunk)
        for data in sse.payloads(block) if block else ():
            if self._ended:
                break
            if data.strip() == b"[DONE]":
                self._end(events)
            else:
                self._read(lenient.object_in(data), events)
        return events

    def end(self) -> list[Event]:
        """Take the answer for whole when every choice has said why it stopped."""
        stopped = [choice.stopped for choice in self._choices.values()]
        is_whole = stopped and all(stopped) and not self._framer.is_inside
        if self._ended or not is_whole:
            return []
        self._ended = True
        return [Ended()]

    def _end(self, events: list[Event]) -> None:
        if not self._choices:
            raise UpstreamBroken("the stream ended without an answer")
        for index, choice in self._choices.items():
            self._stop("stop", index, choice, events)
        self._ended = True
        events.append(Ended())

    def _read(self, value: dict[str, Any], events: list[Event]) -> None:
        if value.get("error") or value.get("object") == "error":
            raise UpstreamBroken("the provider reported an error in the stream")
        choices = lenient.objects(value, "choices")
        usage = openai_usage.parse(value) if "usage" in value else None
        # Azure begins with a chunk of filter results that has no id and no model yet.
        if not self._begun and (choices or usage):
            self._begun = True
            id, model = lenient.text(value, "id"), lenient.text(value, "model")
            events.append(Begun(id, model, created_of(value)))
        for each in choices:
            self._read_choice(each, events)
        if usage:
            events.append(Spent(usage))

    def _read_choice(self, value: dict[str, Any], events: list[Event]) -> None:
        index = lenient.count(value, "index")
        choice = self._choices.get(index)
        if choice is None:
            check_place(index, "choices")
            choice = self._choices[index] = _Choice()
        # Some servers repeat an empty delta after the end of a choice.
        if choice.stopped:
            return
        delta = lenient.object_(value, "delta")
        _read_thought(delta, index, events)
        text = text_of(delta.get("content"))
        logprobs = logprobs_of(value) if value.get("logprobs") else None
        if text or logprobs:
            events.append(TextDelta(text, index, logprobs))
        if refusal := lenient.text(delta, "refusal"):
            choice.declined = True
            events.append(DeclinedDelta(refusal, index))
        if "tool_calls" in delta:
            for each in lenient.objects(delta, "tool_calls"):
                _read_call(each, index, choice, events)
        if reason := lenient.text(value, "finish_reason"):
            self._stop(reason, index, choice, events)

    def _stop(
        self, reason: str, index: int, choice: _Choice, events: list[Event]
    ) -> None:
        if choice.stopped:
            return
        choice.stopped = True
        # As in a whole answer, where they are an empty object.
        events += [ArgumentsDelta(at, "{}", index) for at in sorted(choice.empty)]
        stop = stop_of(reason, called=bool(choice.ids), declined=choice.declined)
        events.append(Stopped(stop, index))


def _read_thought(delta: dict[str, Any], index: int, events: list[Event]) -> None:
    text = reasoning.text_in(delta)
    if text:
        events.append(ThinkingDelta(text, index))
    if "reasoning_details" not in delta:
        return
    for each in lenient.objects(delta, "reasoning_details"):
        # Beside a text outside them, the details say the same once more.
        if not text and (thought := reasoning.detail_text(each)):
            events.append(ThinkingDelta(thought, index))
        if seal := reasoning.kept(each):
            events.append(ThoughtSigned(seal, index))


def _read_call(
    value: dict[str, Any], index: int, choice: _Choice, events: list[Event]
) -> None:
    function = lenient.object_(value, "function")
    id, name = lenient.text(value, "id"), lenient.text(function, "name")
    place = _place(value, id, name, choice)
    if place is None:
        place = _begin(value, id, name, choice)
        seal = reasoning.kept_google(value)
        events.append(CallBegun(place, choice.ids[place], name, index, seal))
    if arguments := arguments_of(function):
        choice.empty.discard(place)
        events.append(ArgumentsDelta(place, arguments, index))


def _place(value: dict[str, Any], id: str, name: str, choice: _Choice) -> int | None:
    """Return which call this goes on with; None when it begins one.

    Some servers number no calls, or all of them 0: there a new id with a name begins one.
    Others repeat the id, or send a new one with every piece of the same call.
    """
    at = value.get("index")
    if type(at) is int:
        place = choice.places.get(at)
    elif id in choice.ids:
        place = choice.ids.index(id)
    else:
        place = None if name else len(choice.ids) - 1
    if place is None or place < 0 or (name and id and id != choice.ids[place]):
        return None
    return place


def _begin(value: dict[str, Any], id: str, name: str, choice: _Choice) -> int:
    if not name:
        raise UpstreamBroken("a tool call has no name")
    place = len(choice.ids)
    check_place(place, "tool calls")
    choice.ids.append(id or new_call_id())
    choice.empty.add(place)
    at = value.get("index")
    if type(at) is int:
        choice.places[at] = place
    return place
