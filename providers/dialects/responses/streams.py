"""A streamed answer as the events of a response, numbered from 0."""

from typing import Any

from providers.dialects.conversation import Ask, Stop
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

from . import answers, errors
from .output import Output


class ResponseRenderer:
    """One response; what a provider says of further choices is left out."""

    __slots__ = ("_ask", "_begun", "_output", "_reason", "_sequence", "_usage")

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._begun: dict[str, Any] = {}
        self._output = Output("")
        self._reason = ""
        self._sequence = 0
        self._usage: Usage | None = None

    def feed(self, event: Event) -> bytes:
        opening = b"" if self._begun else self._begin(event)
        if isinstance(event, Spent):
            self._usage = event.usage
        elif isinstance(event, Ended):
            return opening + self._end()
        elif not isinstance(event, Begun) and event.choice == 0:
            self._grow(event)
        return opening + self._blocks(self._output.told())

    def fail(self, failure: Failure) -> bytes:
        """Tell the error, and then that the response failed, for those who wait for its end."""
        told = [errors.told(failure)]
        if self._begun:
            failed = {
                "status": "failed",
                "error": {"code": _code(failure), "message": failure.message},
            }
            told.append({"type": "response.failed", "response": self._begun | failed})
        return self._blocks(told)

    def _begin(self, event: Event) -> bytes:
        first = event if isinstance(event, Begun) else Begun("", "")
        id = answers.response_id(first.id)
        self._output = Output(id)
        self._begun = answers.begun(self._ask, id, first.created)
        return self._blocks(
            [
                {"type": kind, "response": self._begun}
                for kind in ("response.created", "response.in_progress")
            ]
        )

    def _grow(
        self,
        event: TextDelta
        | ThinkingDelta
        | ThoughtSigned
        | DeclinedDelta
        | CallBegun
        | ArgumentsDelta
        | Stopped,
    ) -> None:
        output = self._output
        match event:
            case TextDelta():
                output.add_text(event.text, event.logprobs)
            case ThinkingDelta():
                output.think(event.text)
            case ThoughtSigned():
                output.sign(event.signature)
            case DeclinedDelta():
                output.decline(event.text)
            case CallBegun():
                output.begin_call(event.index, event.id, event.name, event.signature)
            case ArgumentsDelta():
                output.add_arguments(event.index, event.text)
            case Stopped():
                self._stop(event.stop)

    def _stop(self, stop: Stop) -> None:
        self._reason = answers.why_incomplete(stop, self._output)
        self._output.finish(answers.status_for(self._reason))

    def _end(self) -> bytes:
        self._output.finish(answers.status_for(self._reason))
        whole = answers.ended(self._begun, self._output, self._reason, self._usage)
        kind = f"response.{whole['status']}"
        return self._blocks([*self._output.told(), {"type": kind, "response": whole}])

    def _blocks(self, told: list[dict[str, Any]]) -> bytes:
        blocks = []
        for event in told:
            event["sequence_number"] = self._sequence
            self._sequence += 1
            blocks.append(errors.event_block(event))
        return b"".join(blocks)


def _code(failure: Failure) -> str:
    """Return one of the codes OpenAI gives a response that failed."""
    if failure.status == 429:
        return "rate_limit_exceeded"
    return "invalid_prompt" if failure.status in (400, 413, 422) else "server_error"
