"""WebSockets: one turn after the other on an open one.

A socket is only a way in. Each turn is a request of its own that goes the way of every
other: authenticated, limited, routed, settled and recorded as if it had been posted.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from providers.dialects.responses import frames
from providers.dialects.responses.transcript import (
    FrameRefused,
    Transcript,
    Turn,
    decoded,
    lane_of,
)

from .errors import BadRequest, RateLimited, Refusal, ServerError, Unavailable
from .express import ExpressView
from .request import ExpressRequest, Receive, Scope

log = logging.getLogger("gatehouse.dataplane")

Send = Callable[[dict[str, Any]], Awaitable[None]]

# Turns of one socket that may wait or be at work, as many as OpenAI has at work at once, and
# how large the frames of all but the first may be together.
MOST_TURNS = 16
MOST_WAITING_BYTES = 16 * 2**20
# Refusals the far side has not read yet; who lets more pile up is not reading.
_MOST_REFUSALS = MOST_TURNS
_GOING_AWAY, _POLICY = 1001, 1008
# Of the opening request's headers, what is about that request alone.
_OF_THE_OPENING = frozenset(
    {b"x-request-id", b"content-length", b"content-type", b"transfer-encoding"}
)


@dataclass(frozen=True, slots=True)
class _End:
    """Why a socket is closed by us: the close frame, and how a frame is refused until then."""

    code: int
    reason: str
    refusal: Refusal | None = None
    is_told: bool = False


_STOPPING = _End(
    _GOING_AWAY,
    "This server is stopping.",
    Unavailable("This server is stopping.", advice="Open another WebSocket."),
)
_IDLE = _End(_GOING_AWAY, "There was no turn for too long.")
_OLD = _End(
    _GOING_AWAY,
    "This WebSocket has been open for too long.",
    BadRequest(
        "This WebSocket has been open for as long as one may be; open another to go on.",
        code="websocket_connection_limit_reached",
    ),
    is_told=True,
)
_FLOODED = _End(_POLICY, "Too many frames at once.")


class _Gone(Exception):
    """The far side is; nobody can be told anything any more."""


class ResponsesSocket:
    """One open socket of the Responses API. `view` serves its turns as posted requests.

    Frames are always taken at once, so that a caller who leaves is noticed: what waits is
    bounded here and not by the network.
    """

    def __init__(
        self, opening: ExpressRequest, receive: Receive, send: Send, view: ExpressView
    ) -> None:
        self._scope = _posted(opening.scope)
        self._plane = opening.plane
        self._key_id = opening.caller.key_id
        self._receive = receive
        self._send = send
        self._view = view
        assert view.preparing is not None, "a view with sockets has turns that prepare"
        self._preparing = view.preparing()
        self._transcript = Transcript()
        self._turns: set[asyncio.Task[None]] = set()
        self._lanes: dict[str | None, asyncio.Task[None]] = {}
        self._held = 0
        self._loop = asyncio.get_running_loop()
        self._limits = opening.plane.sockets.limits
        self._old_at = self._loop.time() + self._limits.life_s
        self._idle_since = self._loop.time()
        self._ending: _End | None = None
        # Holds None when it is the far side that ends it.
        self._over: asyncio.Future[_End | None] = self._loop.create_future()

    async def run(self) -> None:
        """Accept it and serve turns until either side ends it; those under way are given up."""
        # Nothing was awaited since its place was found free.
        with self._plane.sockets.counted(self._key_id):
            await self._send({"type": "websocket.accept"})
            reading = asyncio.ensure_future(self._read())
            reading.add_done_callback(self._read_ended)
            self._watch()
            try:
                end = await self._over
            finally:
                self._watching.cancel()
                given_up = [reading, *self._turns]
                for task in given_up:
                    task.cancel()
                # Each turn settles its call before it ends.
                await asyncio.gather(*given_up, return_exceptions=True)
            if end is not None:
                await self._close(end)

    async def _read(self) -> None:
        while True:
            message = await self._receive()
            match message["type"]:
                case "websocket.receive":
                    text = message.get("text")
                    data = message.get("bytes") if text is None else text.encode()
                    self._begin(data or b"")
                case "websocket.drain":
                    # Our worker's own word for that it stops.
                    self._end(_STOPPING)
                case _:
                    return

    def _read_ended(self, reading: "asyncio.Task[None]") -> None:
        if self._over.done() or reading.cancelled():
            return
        if (error := reading.exception()) is not None:
            self._over.set_exception(error)
        else:
            self._over.set_result(None)

    def _watch(self) -> None:
        """End it when it is too old or idle for too long, and look again when it may be."""
        now = self._loop.time()
        idle_at = (now if self._turns else self._idle_since) + self._limits.idle_s
        self._watching = self._loop.call_at(min(idle_at, self._old_at), self._watch)
        if now >= self._old_at:
            self._end(_OLD)
        elif now >= idle_at:
            self._end(_IDLE)

    def _end(self, end: _End) -> None:
        """Take no more turns, and close when the last one has ended."""
        self._watching.cancel()
        self._ending = self._ending or end
        self._close_if_done()

    def _close_if_done(self) -> None:
        if self._ending is not None and not self._turns and not self._over.done():
            self._over.set_result(self._ending)

    def _begin(self, text: bytes) -> None:
        if len(self._turns) >= MOST_TURNS + _MOST_REFUSALS:
            if not self._over.done():
                self._over.set_result(_FLOODED)
            return
        lane = lane_of(text)
        if (refusal := self._refusal_of(text)) is not None:
            self._under_way(self._refuse_at_once(refusal, lane))
            return
        turn = self._under_way(self._take(text, self._lanes.get(lane)))
        self._lanes[lane] = turn
        self._held += len(text)
        turn.add_done_callback(lambda _: self._release(turn, lane, len(text)))

    def _refusal_of(self, text: bytes) -> Refusal | None:
        if self._ending is not None:
            return self._ending.refusal
        is_full = len(self._turns) >= MOST_TURNS
        too_large = self._held and self._held + len(text) > MOST_WAITING_BYTES
        if not is_full and not too_large:
            return None
        return RateLimited(
            f"429: at most {MOST_TURNS} turns of a WebSocket may wait or be at work,"
            f" their frames at most {MOST_WAITING_BYTES // 2**20} MB together.",
            code="too_many_turns",
            advice="Wait for one to end, or open another WebSocket.",
        )

    def _under_way(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.ensure_future(work)
        self._turns.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._turns.discard(task)
        self._idle_since = self._loop.time()
        self._close_if_done()

    def _release(self, turn: "asyncio.Task[None]", lane: str | None, size: int) -> None:
        self._held -= size
        if self._lanes.get(lane) is turn:
            del self._lanes[lane]

    async def _take(self, text: bytes, before: "asyncio.Task[None] | None") -> None:
        if before is not None:
            # Turns of one lane come one after another, however the one before ended.
            await asyncio.wait([before])
        lane: str | None = None
        with contextlib.suppress(_Gone):
            try:
                turn = self._transcript.turn(decoded(text))
                lane = turn.stream_id
                await self._serve(turn)
            except FrameRefused as error:
                refusal = BadRequest(str(error), code=error.code, param=error.param)
                await self._refuse(refusal, error.stream_id)
            except _Gone:
                raise
            except Exception:
                log.exception("turn.failed")
                await self._refuse(ServerError("Something broke on our side."), lane)

    async def _serve(self, turn: Turn) -> None:
        view = self._view if turn.generates else self._preparing
        request = self._request(turn)
        answer = await view.serve(request)
        if request.refusal is not None:
            await self._refuse(request.refusal, turn.stream_id)
        elif isinstance(answer.body, bytes):
            await self._pass(turn, answer.body)
        else:
            await self._stream(turn, answer.body)

    async def _stream(self, turn: Turn, blocks: AsyncGenerator[bytes, None]) -> None:
        try:
            async for block in blocks:
                await self._pass(turn, block)
        finally:
            await blocks.aclose()

    async def _pass(self, turn: Turn, block: bytes) -> None:
        if response := frames.final_response(block):
            self._transcript.remember(turn, response)
        for text in frames.of_block(block, turn.stream_id):
            await self._tell(text)

    def _request(self, turn: Turn) -> ExpressRequest:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": turn.body, "more_body": False}

        return ExpressRequest(self._scope, receive, self._plane, {})

    async def _refuse_at_once(self, refusal: Refusal, stream_id: str | None) -> None:
        with contextlib.suppress(_Gone):
            await self._refuse(refusal, stream_id)

    async def _refuse(self, refusal: Refusal, stream_id: str | None) -> None:
        await self._tell(frames.refused(refusal.as_failure(), stream_id))

    async def _tell(self, text: str) -> None:
        try:
            await self._send({"type": "websocket.send", "text": text})
        except OSError as error:
            raise _Gone from error

    async def _close(self, end: _End) -> None:
        if end.is_told and end.refusal is not None:
            await self._refuse_at_once(end.refusal, None)
        with contextlib.suppress(OSError):
            close = {"type": "websocket.close", "code": end.code, "reason": end.reason}
            await self._send(close)


def _posted(scope: Scope) -> Scope:
    kept = [each for each in scope["headers"] if each[0] not in _OF_THE_OPENING]
    given = {"type": "http", "method": "POST", "query_string": b"", "headers": kept}
    return {**scope, **given}
