"""Writing a text completion, whole or in chunks, which have one shape.

Reasoning has no place in it and is left out; a refusal is text like any other.
"""

from typing import Any

import orjson

from providers.dialects import openai_sampling, openai_usage
from providers.dialects.conversation import Answer, Ask, Choice, Declined, Stop, Text
from providers.dialects.events import (
    Begun,
    DeclinedDelta,
    Ended,
    Event,
    Spent,
    Stopped,
    TextDelta,
)
from providers.dialects.openai_chunks import Chunks, answer_id
from providers.dialects.openai_errors import ERRORS
from providers.types import Failure

_PREFIX = "cmpl-"


def render(answer: Answer, ask: Ask) -> bytes:
    """Write the answer for a caller of ours."""
    body: dict[str, Any] = {
        "id": answer_id(answer.id, _PREFIX),
        "object": "text_completion",
        "created": answer.created,
        "model": ask.model,
        "choices": [
            _choice(index, choice) for index, choice in enumerate(answer.choices)
        ],
    }
    if answer.usage is not None:
        body["usage"] = openai_usage.render(answer.usage)
    return orjson.dumps(body)


class CompletionRenderer:
    def __init__(self, ask: Ask) -> None:
        self._chunks = Chunks(ask, kind="text_completion", prefix=_PREFIX)
        self._declined: set[int] = set()

    def feed(self, event: Event) -> bytes:
        match event:
            case TextDelta(text, index):
                return self._said(index, text) if text else b""
            case DeclinedDelta(text, index):
                self._declined.add(index)
                return self._said(index, text)
            case Stopped(stop, index):
                reason = _finish_reason(stop, declined=index in self._declined)
                return self._said(index, "", reason)
            case Begun():
                self._chunks.begin(event)
            case Spent(usage):
                self._chunks.spend(usage)
            case Ended():
                return self._chunks.end()
        return b""

    def fail(self, failure: Failure) -> bytes:
        return ERRORS.event(failure, sequence=0)

    def _said(self, index: int, text: str, reason: str | None = None) -> bytes:
        return self._chunks.chunk(_shown(index, text, reason))


def _choice(index: int, choice: Choice) -> dict[str, Any]:
    said = [part for part in choice.parts if isinstance(part, Text | Declined)]
    declined = any(isinstance(part, Declined) for part in said)
    text = "".join(part.text for part in said)
    return _shown(index, text, _finish_reason(choice.stop, declined=declined))


def _shown(index: int, text: str, reason: str | None) -> dict[str, Any]:
    return {"text": text, "index": index, "logprobs": None, "finish_reason": reason}


def _finish_reason(stop: Stop, *, declined: bool) -> str:
    """A caller who could offer no tools knows nothing of calls."""
    if stop is Stop.TOOL_CALLS or (stop is Stop.DECLINED and declined):
        return "stop"
    return openai_sampling.FINISH_REASONS[stop]
