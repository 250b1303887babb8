"""One socket to a provider: a request out, a response in, never longer than its timeouts."""

import asyncio
import socket
from typing import Protocol, cast

import httptools

from providers.errors import UpstreamError, UpstreamTimedOut
from providers.types import Headers, Outbound, Timeouts

from . import failures
from .answer import Answer

MOST_HEAD_BYTES = 64 * 1024
SLICE = 256 * 1024
# How soon after a request a kept connection must break to be taken for one that the provider
# had closed before it saw the request.
STALE_S = 1.0

# Codings we could not undo; none was asked for.
_CODINGS = {
    b"transfer-encoding": (b"chunked",),
    b"content-encoding": (b"identity", b""),
}
# Event loops count in milliseconds and may call a timer that much early.
_CLOCK_GRAIN_S = 0.002


class _Stale(UpstreamError):
    pass


class Owner(Protocol):
    where: str

    def give(self, connection: "Connection") -> None: ...

    def lost(self, connection: "Connection") -> None: ...


class Connection(asyncio.Protocol):
    """Serves one exchange at a time and offers itself to its owner between two."""

    _transport: asyncio.Transport

    def __init__(self, owner: Owner, loop: asyncio.AbstractEventLoop) -> None:
        self._owner = owner
        self._loop = loop
        self._parser = httptools.HttpResponseParser(self)
        self._answer: Answer | None = None
        self._served = False
        # The request, as far as it is out.
        self._sent = True
        self._room: asyncio.Future[None] | None = None
        # The response, as far as it is in.
        self._headers: Headers = []
        self._bodiless = False
        self._interim = False
        self._whole = False
        self._reusable = False
        self._head_bytes = 0
        self._since_body = 0
        self._paused = False
        # How long there is patience.
        self._timeouts = Timeouts()
        self._began_at = 0.0
        self._moved_at = 0.0
        self._ends_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0

    @property
    def is_open(self) -> bool:
        return not self._transport.is_closing()

    async def exchange(
        self, outbound: Outbound, head: bytes, *, ends_at: float
    ) -> Answer | None:
        """Write the request and return the answer once its headers are in.

        Return None when the connection turns out stale: it has served before, and is closed
        before it says anything. Servers close idle connections when they like, and a request
        that crosses the close on its way is never read; sending it again on a fresh
        connection is what browsers and other proxies do too. Raises an `UpstreamError`.
        """
        answer = self._begin(outbound, ends_at)
        try:
            await self._write(head, outbound.body, answer)
            await answer.begin()
        except asyncio.CancelledError:
            answer.close()
            raise
        if answer.status:
            return answer
        if isinstance(answer.error, _Stale):
            return None
        assert answer.error is not None
        raise answer.error

    def abort(self) -> None:
        self._answer = None
        self._transport.abort()

    def pause(self) -> None:
        if self.is_open:
            self._paused = True
            self._transport.pause_reading()

    def resume(self) -> None:
        if self._paused and self.is_open:
            self._paused = False
            # The silence was ours.
            self._moved_at = self._loop.time()
            self._transport.resume_reading()

    def _begin(self, outbound: Outbound, ends_at: float) -> Answer:
        answer = self._answer = Answer(self, self._loop)
        self._sent = False
        self._headers = []
        self._bodiless = outbound.method == b"HEAD"
        self._interim = self._whole = False
        self._head_bytes = self._since_body = 0
        self._timeouts = outbound.timeouts
        self._began_at = self._moved_at = self._loop.time()
        self._ends_at = ends_at
        self._set_timer(ends_at)
        return answer

    # The request, going out.

    async def _write(self, head: bytes, body: bytes, answer: Answer) -> None:
        if len(body) <= SLICE:
            self._transport.write(head + body)
            self._sent = True
        else:
            await self._write_slices(head, body, answer)

    async def _write_slices(self, head: bytes, body: bytes, answer: Answer) -> None:
        """Write at the provider's pace, and no further once it has answered or left."""
        self._transport.write(head)
        rest = memoryview(body)
        while rest:
            self._transport.write(rest[:SLICE])
            rest = rest[SLICE:]
            if self._room is not None:
                await self._room
            if self._answer is not answer or answer.status:
                return
            self._moved_at = self._loop.time()
        self._sent = True

    def pause_writing(self) -> None:
        self._room = self._loop.create_future()

    def resume_writing(self) -> None:
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)

    # The response, coming in.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A cast, because uvloop's transports do not inherit from asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        # A model may think for minutes; routers forget connections on which nothing moves.
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1
        )

    def data_received(self, data: bytes) -> None:
        answer = self._answer
        if answer is None:
            # Nobody asked: a late or second answer that must not reach the next request.
            self._transport.abort()
            return
        self._moved_at = self._loop.time()
        self._since_body += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            if not self._whole:
                self._fail(failures.broken(self._owner.where, error, _stage(answer)))
                return
            # The answer is whole; what follows it is not HTTP, or not ours.
            self._reusable = False
        if self._whole:
            self._finish(answer)
        elif self._since_body > MOST_HEAD_BYTES:
            # A header, trailer or chunk line without end, which the parser would gather.
            self._fail(failures.too_long(self._owner.where, MOST_HEAD_BYTES))
        else:
            answer.wake()
        if answer.status and not self._sent:
            self.resume_writing()

    def on_message_begin(self) -> None:
        if self._whole:
            raise ValueError("a second answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_bytes += len(name) + len(value) + 4
        if self._head_bytes > MOST_HEAD_BYTES:
            raise ValueError(f"headers longer than {MOST_HEAD_BYTES} bytes")
        name, value = name.lower(), value.rstrip()
        allowed = _CODINGS.get(name)
        if allowed is not None and value.lower() not in allowed:
            raise ValueError(f"{name.decode()} that was not asked for")
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status == 101:
            raise ValueError("a switch of protocols nobody asked for")
        headers, self._headers = self._headers, []
        self._interim = status < 200
        if self._answer is not None and not self._interim:
            self._answer.headers = headers
            self._answer.status = status
            self._whole = self._bodiless
            # Asked now, because the parser forgets when the body is done.
            self._reusable = self._parser.should_keep_alive() and not self._bodiless

    def on_body(self, body: bytes) -> None:
        if self._interim:
            raise ValueError("a body where none may be")
        self._since_body = 0
        if self._answer is not None:
            self._answer.receive(body)

    def on_message_complete(self) -> None:
        self._whole = not self._interim

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._owner.lost(self)
        self.resume_writing()
        answer, self._answer = self._answer, None
        if answer is not None:
            if exc is None and _ends_with_the_connection(answer):
                answer.complete()
            elif self._is_stale(answer):
                answer.fail(_Stale(""))
            else:
                answer.fail(failures.broken(self._owner.where, exc, _stage(answer)))
        # The parser holds this object's methods: without the cycle both go at once.
        del self._parser

    def _finish(self, answer: Answer) -> None:
        self._answer = None
        answer.complete()
        if self._reusable and self._sent and self.is_open:
            self.resume()
            self._served = True
            self._owner.give(self)
        else:
            self._transport.abort()

    def _fail(self, error: UpstreamError) -> None:
        answer, self._answer = self._answer, None
        self._transport.abort()
        if answer is not None:
            answer.fail(error)

    def _is_stale(self, answer: Answer) -> bool:
        return (
            self._served
            and not answer.status
            and not self._since_body
            and self._loop.time() - self._began_at < STALE_S
        )

    # Patience. The timer fires at or before the next deadline and looks again, so that a
    # byte that arrives costs a time stamp and no timer.

    def _set_timer(self, deadline: float) -> None:
        # When the headers come, patience changes from the one kind to the other.
        soonest = min(self._timeouts.first_byte, self._timeouts.idle)
        at = min(deadline, self._loop.time() + soonest)
        if self._timer is not None and self._timer_at > at:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer_at = at
            self._timer = self._loop.call_at(at, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._answer is None:
            return
        deadline, fact = self._deadline(self._answer)
        if self._loop.time() + _CLOCK_GRAIN_S < deadline:
            self._set_timer(deadline)
        else:
            self._fail(UpstreamTimedOut(f"{self._owner.where} {fact}"))

    def _deadline(self, answer: Answer) -> tuple[float, str]:
        """Return when patience ends as things stand, and what to say of it then."""
        allowed = self._timeouts
        if not self._sent:
            until = self._moved_at + allowed.idle
            fact = f"took none of the request for {allowed.idle:g} s"
        elif not answer.status:
            until = self._moved_at + allowed.first_byte
            fact = f"did not begin to answer within {allowed.first_byte:g} s"
        else:
            until = self._moved_at + allowed.idle
            fact = f"fell silent for {allowed.idle:g} s in the middle of its answer"
        # While reading is paused, the reader is the one who is slow.
        if self._paused or until >= self._ends_at:
            return self._ends_at, f"was not done within {allowed.total:g} s"
        return until, fact


def _ends_with_the_connection(answer: Answer) -> bool:
    framed = (b"content-length", b"transfer-encoding")
    return answer.status > 0 and not any(name in framed for name, _ in answer.headers)


def _stage(answer: Answer) -> str:
    return "in the middle of its answer" if answer.status else "before it answered"
