"""A caller's stream, written as the answer comes."""

from collections.abc import Callable
from typing import Any

import orjson

from providers.dialects.calls import arguments_object
from providers.dialects.conversation import Ask, Stop, Thinking
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

from .answers import opening, reason
from .errors import ERRORS
from .seals import call_block, thinking_block
from .usage import counted

_DELTA = (
    b'event: content_block_delta\ndata: {"type":"content_block_delta","index":%d,'
    b'"delta":{"type":"%b","%b":%b}}\n\n'
)
_STOP = b'event: content_block_stop\ndata: {"type":"content_block_stop","index":%d}\n\n'
_MESSAGE_STOP = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'


class Renderer:
    """Blocks come one after another: what belongs to another block than the open one closes it.

    A provider may write two calls at once, but clients must not see a block go on that has
    been closed. So what comes before the arguments of the open call are whole is held back.
    """

    __slots__ = (
        "_ask",
        "_begun",
        "_block",
        "_calling",
        "_declined",
        "_held",
        "_is_whole",
        "_open",
        "_pieces",
        "_stopped",
        "_usage",
    )

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._begun = False
        self._block = -1
        self._open = ""
        # The number of the open call, its arguments by now, and what waits for their end,
        # by the number of its call.
        self._calling: int | None = None
        self._pieces: list[str] = []
        self._is_whole = False
        self._held: dict[int, list[Event]] = {}
        self._declined = False
        self._stopped = Stopped(Stop.END)
        self._usage: Usage | None = None

    def feed(self, event: Event) -> bytes:
        if not isinstance(event, Begun | Spent | Ended) and event.choice:
            # No client of this dialect can ask for more than one answer.
            return b""
        if not self._begun and type(event) not in (Begun, Spent):
            return self._start(Begun("", "")) + _WRITE[type(event)](self, event)
        if self._calling is not None and self._waits(event):
            return b""
        return _WRITE[type(event)](self, event)

    def fail(self, failure: Failure) -> bytes:
        return ERRORS.event(failure, sequence=0)

    def _start(self, event: Begun) -> bytes:
        if self._begun:
            return b""
        self._begun = True
        message = {**opening(event.id, self._ask.model), "usage": counted(self._usage)}
        return _event(b"message_start", {"message": message})

    def _text(self, event: TextDelta | DeclinedDelta) -> bytes:
        if not event.text:
            return b""
        if isinstance(event, DeclinedDelta):
            self._declined = True
        delta = orjson.dumps(event.text)
        start = b""
        if self._open != "text":
            start = self._opened("text", {"type": "text", "text": ""})
        return start + _DELTA % (self._block, b"text_delta", b"text", delta)

    def _thinking(self, event: ThinkingDelta) -> bytes:
        if not event.text:
            return b""
        start = self._opened_thinking() if self._open != "thinking" else b""
        delta = orjson.dumps(event.text)
        return start + _DELTA % (self._block, b"thinking_delta", b"thinking", delta)

    def _signed(self, event: ThoughtSigned) -> bytes:
        text = "…" if self._open == "thinking" else ""
        block = thinking_block(Thinking(text, event.signature))
        if block["type"] != "thinking":
            return self._opened("redacted_thinking", block) + self._closed()
        start = self._opened_thinking() if self._open != "thinking" else b""
        value = orjson.dumps(block["signature"])
        delta = _DELTA % (self._block, b"signature_delta", b"signature", value)
        return start + delta + self._closed()

    def _call(self, event: CallBegun) -> bytes:
        seal = b""
        if event.signature is not None:
            block = call_block(event.signature)
            seal = self._opened("redacted_thinking", block) + self._closed()
        start = self._opened(
            "tool_use",
            {"type": "tool_use", "id": event.id, "name": event.name, "input": {}},
        )
        self._calling, self._pieces, self._is_whole = event.index, [], False
        return seal + start

    def _arguments(self, event: ArgumentsDelta) -> bytes:
        if event.index != self._calling or not event.text:
            return b""
        self._pieces.append(event.text)
        self._is_whole = False
        value = orjson.dumps(event.text)
        return _DELTA % (self._block, b"input_json_delta", b"partial_json", value)

    def _waits(self, event: Event) -> bool:
        """Hold the event back, if it may not come yet."""
        place = -1
        match event:
            case ArgumentsDelta(index=index) if index == self._calling:
                return False
            case CallBegun(index=index) | ArgumentsDelta(index=index):
                place = index
            case Begun() | Spent() | Stopped() | Ended():
                return False
        if not self._held and self._is_call_whole():
            return False
        self._held.setdefault(place, []).append(event)
        return True

    def _is_call_whole(self) -> bool:
        if not self._is_whole and self._pieces:
            self._pieces = ["".join(self._pieces)]
            self._is_whole = arguments_object(self._pieces[0]) is not None
        return self._is_whole

    def _released(self) -> bytes:
        held, self._held = self._held, {}
        return b"".join(
            _WRITE[type(event)](self, event)
            for events in held.values()
            for event in events
        )

    def _stop(self, event: Stopped) -> bytes:
        self._stopped = event
        return self._released() + self._closed()

    def _spend(self, event: Spent) -> bytes:
        self._usage = event.usage
        return b""

    def _end(self, _: Ended) -> bytes:
        said = self._released() + self._closed()
        delta = {
            "stop_reason": reason(self._stopped.stop, declined=self._declined),
            "stop_sequence": self._stopped.stop_sequence or None,
        }
        last = {"delta": delta, "usage": counted(self._usage)}
        return said + _event(b"message_delta", last) + _MESSAGE_STOP

    def _opened_thinking(self) -> bytes:
        empty = {"type": "thinking", "thinking": "", "signature": ""}
        return self._opened("thinking", empty)

    def _opened(self, kind: str, block: dict[str, Any]) -> bytes:
        closed = self._closed()
        self._block += 1
        self._open = kind
        told = {"index": self._block, "content_block": block}
        return closed + _event(b"content_block_start", told)

    def _closed(self) -> bytes:
        if not self._open:
            return b""
        self._open = ""
        self._calling = None
        return _STOP % self._block


def _event(name: bytes, told: dict[str, Any]) -> bytes:
    data = orjson.dumps({"type": name.decode(), **told})
    return b"event: %b\ndata: %b\n\n" % (name, data)


_WRITE: dict[type, Callable[[Renderer, Any], bytes]] = {
    Begun: Renderer._start,
    TextDelta: Renderer._text,
    DeclinedDelta: Renderer._text,
    ThinkingDelta: Renderer._thinking,
    ThoughtSigned: Renderer._signed,
    CallBegun: Renderer._call,
    ArgumentsDelta: Renderer._arguments,
    Stopped: Renderer._stop,
    Spent: Renderer._spend,
    Ended: Renderer._end,
}
