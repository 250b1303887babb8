"""Events as the stream of a caller of `streamGenerateContent`."""

from dataclasses import dataclass, field
from typing import Any

import orjson

from providers.dialects.conversation import (
    Ask,
    Signature,
    Stop,
    Text,
    Thinking,
    ToolCall,
)
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
from providers.types import Failure, Usage

from . import answers, ids, logprobs, reasons, tokens
from .errors import Errors

_Json = dict[str, Any]


@dataclass(slots=True)
class _Call:
    id: str
    name: str
    signature: Signature | None
    arguments: list[str] = field(default_factory=list)


class Renderer:
    """Gemini sends a call in one piece, and why it stopped with the usage at the very end.

    The last piece of a thought waits for the signature that may follow: clients drop one
    that comes with no text.
    """

    def __init__(self, ask: Ask) -> None:
        self._model = ask.model
        self._id = ids.answer_id("")
        self._calls: dict[int, dict[int, _Call]] = {}
        self._malformed: set[int] = set()
        self._thoughts: dict[int, str] = {}
        self._stops: dict[int, str] = {}
        self._usage: Usage | None = None

    def feed(self, event: Event) -> bytes:
        match event:
            case TextDelta():
                return self._text(event)
            case Begun(id=id):
                self._id = id or self._id
            case ThinkingDelta(text=text, choice=choice):
                told = self._told_before(choice)
                self._thoughts[choice] = text
                return told
            case ThoughtSigned(signature=signature, choice=choice):
                thought = Thinking(self._thoughts.pop(choice, ""), signature)
                return self._say(choice, [answers.part(thought)])
            case DeclinedDelta(text=text, choice=choice):
                return self._say(choice, [{"text": text}])
            case CallBegun(index=index, choice=choice):
                call = _Call(event.id, event.name, event.signature)
                self._calls.setdefault(choice, {})[index] = call
            case ArgumentsDelta(index=index, choice=choice, text=text):
                self._argue(choice, index, text)
            case Stopped(stop=stop, choice=choice):
                return self._stop(stop, choice)
            case Spent(usage=usage):
                self._usage = usage
            case Ended():
                return self._end()
        return b""

    def fail(self, failure: Failure) -> bytes:
        told = [self._told_before(choice) for choice in [*self._thoughts]]
        return b"".join(told) + Errors().event(failure, sequence=0)

    def _text(self, event: TextDelta) -> bytes:
        extra: _Json = {}
        if event.logprobs is not None:
            extra["logprobsResult"] = logprobs.result(event.logprobs)
        return self._say(event.choice, [{"text": event.text}], **extra)

    def _say(self, choice: int, parts: list[_Json | None], **extra: Any) -> bytes:
        """Return the chunk with these parts, after any of the choice that waited."""
        content = {"parts": [*self._waited(choice), *parts], "role": "model"}
        return self._chunk([{"content": content, **extra, "index": choice}])

    def _told_before(self, choice: int) -> bytes:
        """Return the chunk of what waited, if anything did."""
        waited = self._waited(choice)
        if not waited:
            return b""
        content = {"parts": waited, "role": "model"}
        return self._chunk([{"content": content, "index": choice}])

    def _waited(self, choice: int) -> list[_Json]:
        thought = self._thoughts.pop(choice, "")
        said = [{"text": thought, "thought": True}] if thought else []
        return [*said, *self._made(choice)]

    def _argue(self, choice: int, index: int, text: str) -> None:
        if call := self._calls.get(choice, {}).get(index):
            call.arguments.append(text)
        else:
            self._malformed.add(choice)

    def _made(self, choice: int) -> list[_Json]:
        """Return the calls that waited, without those that cannot be shown."""
        calls = self._calls.pop(choice, None)
        if not calls:
            return []
        made = [
            answers.part(ToolCall(c.id, c.name, "".join(c.arguments), c.signature))
            for c in calls.values()
        ]
        if None in made:
            self._malformed.add(choice)
        return [each for each in made if each is not None]

    def _stop(self, stop: Stop, choice: int) -> bytes:
        told = self._told_before(choice)
        malformed = choice in self._malformed and stop is not Stop.LENGTH
        self._stops[choice] = (
            answers.MALFORMED if malformed else reasons.reason_of(stop)
        )
        return told

    def _end(self) -> bytes:
        said = answers.part(Text(""))
        candidates = [
            {
                "content": {"parts": [said], "role": "model"},
                "finishReason": reason,
                "index": choice,
            }
            for choice, reason in sorted(self._stops.items())
        ]
        if self._usage is None:
            return self._chunk(candidates)
        return self._chunk(candidates, usageMetadata=tokens.metadata(self._usage))

    def _chunk(self, candidates: list[_Json], **extra: Any) -> bytes:
        body = {
            "candidates": candidates,
            **extra,
            "modelVersion": self._model,
            "responseId": self._id,
        }
        return b"data: %b\n\n" % orjson.dumps(body)
