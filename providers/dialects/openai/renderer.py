"""Writing the chunks of a streamed chat completion for a caller."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from providers.dialects.conversation import Ask, Signature
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
from providers.dialects.openai_chunks import Chunks
from providers.dialects.openai_errors import ERRORS
from providers.types import Failure

from . import reasoning
from .answering import (
    PREFIX,
    finish_reason,
    hides_reasoning,
    is_legacy,
    shown_logprobs,
)

# A content that is a text, even an empty one, clients take for something that was said.
_OPENING = {"role": "assistant", "content": None, "refusal": None}
_SPEAKING = {**_OPENING, "content": ""}


@dataclass(slots=True)
class _Choice:
    declined: bool = False
    empty_calls: set[int] = field(default_factory=set)
    """Calls without arguments so far: a caller expects JSON, and nothing is none."""
    thought: int = 0
    thinking: bool = False


class ChatRenderer:
    """A choice opens with its first event."""

    def __init__(self, ask: Ask) -> None:
        self._chunks = Chunks(ask, kind="chat.completion.chunk", prefix=PREFIX)
        self._choices: dict[int, _Choice] = {}
        self._legacy = is_legacy(ask)
        self._hides = hides_reasoning(ask)

    def feed(self, event: Event) -> bytes:
        match event:
            case TextDelta(text, index, logprobs):
                opening, delta = self._open(index, _SPEAKING), {"content": text}
                shown = shown_logprobs(logprobs)
                return opening + self._said(index, delta, logprobs=shown)
            case ArgumentsDelta(at, text, index):
                return self._arguments(at, text, index)
            case ThinkingDelta(text, index):
                return self._thought(text, index)
            case ThoughtSigned(signature, index):
                return self._signed(signature, index)
            case DeclinedDelta(text, index):
                opening = self._open(index)
                self._choices[index].declined = True
                return opening + self._said(index, {"refusal": text})
            case CallBegun():
                return self._call(event)
            case Stopped():
                return self._stopped(event)
            case Begun():
                self._chunks.begin(event)
            case Spent(usage):
                self._chunks.spend(usage)
            case Ended():
                return self._chunks.end()
        return b""

    def fail(self, failure: Failure) -> bytes:
        return ERRORS.event(failure, sequence=0)

    def _open(self, index: int, first: Mapping[str, Any] = _OPENING) -> bytes:
        """Return the chunk that opens a choice, once."""
        if index in self._choices:
            return b""
        self._choices[index] = _Choice()
        return self._chunk(index, first)

    def _said(self, index: int, delta: dict[str, Any], **rest: Any) -> bytes:
        opening = self._open(index)
        self._close_thought(index)
        return opening + self._chunk(index, delta, **rest)

    def _chunk(
        self,
        index: int,
        delta: Mapping[str, Any],
        *,
        logprobs: dict[str, Any] | None = None,
        finish_reason: str | None = None,
    ) -> bytes:
        choice = {
            "index": index,
            "delta": delta,
            "logprobs": logprobs,
            "finish_reason": finish_reason,
        }
        return self._chunks.chunk(choice)

    def _thought(self, text: str, index: int) -> bytes:
        if self._hides:
            return b""
        opening = self._open(index)
        choice = self._choices[index]
        choice.thinking = True
        detail = reasoning.detail(text, None, choice.thought)
        delta = {"reasoning_content": text, "reasoning_details": [detail]}
        return opening + self._chunk(index, delta)

    def _signed(self, signature: Signature, index: int) -> bytes:
        if self._hides:
            return b""
        opening = self._open(index)
        choice = self._choices[index]
        write = reasoning.sealed_end if choice.thinking else reasoning.hidden
        detail = write(signature, choice.thought)
        choice.thought += 1
        choice.thinking = False
        return opening + self._chunk(index, {"reasoning_details": [detail]})

    def _close_thought(self, index: int) -> None:
        choice = self._choices[index]
        if choice.thinking:
            choice.thought += 1
            choice.thinking = False

    def _call(self, call: CallBegun) -> bytes:
        opening = self._open(call.choice)
        self._choices[call.choice].empty_calls.add(call.index)
        function = {"name": call.name, "arguments": ""}
        if self._legacy:
            return opening + self._legacy_call(call.index, call.choice, function)
        told: dict[str, Any] = {
            "index": call.index,
            "id": call.id,
            "type": "function",
            "function": function,
        }
        if call.signature:
            told["extra_content"] = reasoning.extra_content(call.signature)
        return opening + self._said(call.choice, {"tool_calls": [told]})

    def _arguments(self, at: int, text: str, index: int) -> bytes:
        opening = self._open(index)
        if text:
            self._choices[index].empty_calls.discard(at)
        function = {"arguments": text}
        if self._legacy:
            return opening + self._legacy_call(at, index, function)
        call = {"index": at, "function": function}
        return opening + self._said(index, {"tool_calls": [call]})

    def _legacy_call(self, at: int, index: int, function: dict[str, Any]) -> bytes:
        """Tell the first call alone: there is room for one."""
        return self._said(index, {"function_call": function}) if at == 0 else b""

    def _stopped(self, stopped: Stopped) -> bytes:
        index = stopped.choice
        opening = self._open(index)
        choice = self._choices[index]
        for at in sorted(choice.empty_calls):
            opening += self._arguments(at, "{}", index)
        reason = finish_reason(
            stopped.stop, declined=choice.declined, legacy=self._legacy
        )
        return opening + self._said(index, {}, finish_reason=reason)
