"""WebSockets: one turn after the other on an open one.

A socket is only a way in. Each turn is a request of its own that goes the way of every
other: authenticated, limited, routed, settled and recorded as if it had been posted.
"""

import asyncio
import contextlib
import logging
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Coroutine,
    MutableMapping,
)
from dataclasses import dataclass
from typing import Any

from providers.dialects.responses import frames
from providers.dialects.responses.transcript import (
    FrameRefused,
    Transcript,
    Turn,
    lane_of,
)

from .errors import BadRequest, RateLimited, Refusal, ServerError, Unavailable
from .express import ExpressView
from .request import ExpressRequest, Receive, Scope
from .socket_frames import cost_of, decoded

log = logging.getLogger("gatehouse.dataplane")

Send = Callable[[dict[str, Any]], Awaitable[None]]

# Turns of one socket that may wait or be at work, as many as OpenAI has at work at once, and
# what they may take together: waiting, their frames; at work, what the frames became. One
# that is alone may take more, as a posted request may.
MOST_TURNS = 16
MOST_BYTES = 16 * 2**20
# Who does not read for so long is gone, and who reads so slowly that its last turns have not
# ended so long after the socket was to close is cut off.
UNREAD_S = 60.0
LAST_TURNS_S = 600.0
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


@dataclass(slots=True)
class _Place:
    """What a turn takes at the time, counted in its socket and its worker."""

    size: int


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
        # No name for the message: until the next one came, it would keep this one's frame.
        while self._goes_on(await self._receive()):
            pass

    def _goes_on(self, message: MutableMapping[str, Any]) -> bool:
        """Take what came, and return whether more may come."""
        match message["type"]:
            case "websocket.receive":
                text = message.get("text")
                data = message.get("bytes") if text is None else text.encode()
                self._begin(data or b"")
            case "websocket.drain":
                # Our worker's own word for that it stops.
                self._end(_STOPPING)
            case _:
                return False
        return True

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
        """Take no more turns, and close when the last one has ended, or has had its time."""
        if self._ending is None:
            self._ending = end
            self._watching.cancel()
            self._watching = self._loop.call_later(LAST_TURNS_S, self._close_now, end)
        self._close_if_done()

    def _close_if_done(self) -> None:
        if self._ending is not None and not self._turns and not self._over.done():
            self._over.set_result(self._ending)

    def _close_now(self, end: _End | None) -> None:
        if not self._over.done():
            self._over.set_result(end)

    def _begin(self, text: bytes) -> None:
        if len(self._turns) >= MOST_TURNS + _MOST_REFUSALS:
            self._close_now(_FLOODED)
            return
        refusal = self._refusal_unread(text)
        try:
            frame = {} if refusal is not None else decoded(text)
        except BadRequest as error:
            # Its traceback would keep the frame until the refusal is told.
            refusal = error.with_traceback(None)
        if refusal is not None:
            # Nobody has read what lane it names, if any.
            self._under_way(self._refuse_at_once(refusal, None))
            return
        lane, place = lane_of(frame), _Place(cost_of(text))
        self._hold(place.size)
        turn = self._under_way(self._take(frame, place, self._lanes.get(lane)))
        self._lanes[lane] = turn
        turn.add_done_callback(lambda _: self._release(turn, lane, place))

    def _refusal_unread(self, text: bytes) -> Refusal | None:
        if self._ending is not None:
            return self._ending.refusal
        if len(self._turns) >= MOST_TURNS:
            return _too_many()
        return self._no_room_for(cost_of(text))

    def _no_room_for(self, size: int, held: int = 0) -> Refusal | None:
        """Return why a turn may not take `size`, of which it has `held`, if it may not."""
        others = self._held - held
        if others and others + size > MOST_BYTES:
            return _too_many()
        if self._plane.sockets.has_room_for(size - held):
            return None
        return Unavailable(
            "The turns of all WebSockets here take all the memory they may.",
            code="server_overloaded",
            advice="Send it again in a moment.",
        )

    def _hold(self, size: int) -> None:
        self._held += size
        self._plane.sockets.hold(size)

    def _under_way(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.ensure_future(work)
        self._turns.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._turns.discard(task)
        self._idle_since = self._loop.time()
        self._close_if_done()

    def _release(
        self, turn: "asyncio.Task[None]", lane: str | None, place: _Place
    ) -> None:
        self._hold(-place.size)
        if self._lanes.get(lane) is turn:
            del self._lanes[lane]

    async def _take(
        self,
        frame: dict[str, Any],
        place: _Place,
        before: "asyncio.Task[None] | None",
    ) -> None:
        if before is not None:
            # Turns of one lane come one after another, however the one before ended.
            await asyncio.wait([before])
        refusal: Refusal | None
        lane = lane_of(frame)
        try:
            turn = self._transcript.turn(frame)
            # Parsed, it may take far more than the turn that has all of it.
            del frame
            refusal = await self._serve_if_room(turn, place)
        except _Gone:
            return
        except FrameRefused as error:
            refusal = BadRequest(str(error), code=error.code, param=error.param)
            lane = error.stream_id
        except Exception:
            log.exception("turn.failed")
            refusal = ServerError("Something broke on our side.")
        if refusal is not None:
            await self._refuse_at_once(refusal, lane)

    async def _serve_if_room(self, turn: Turn, place: _Place) -> Refusal | None:
        """Serve it, or return why there is no room for it and what it continues."""
        if (refusal := self._no_room_for(turn.size, place.size)) is not None:
            return refusal
        self._hold(turn.size - place.size)
        place.size = turn.size
        await self._serve(turn)
        return None

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
            await self._sent({"type": "websocket.send", "text": text})
        except OSError as error:
            raise _Gone from error

    async def _sent(self, message: dict[str, Any]) -> None:
        """Raises `OSError` when it cannot be, or when the far side reads nothing for too long."""
        try:
            async with asyncio.timeout(UNREAD_S):
                await self._send(message)
        except TimeoutError:
            self._close_now(None)
            await self._send({"type": "websocket.abort"})
            raise

    async def _close(self, end: _End) -> None:
        with contextlib.suppress(OSError, _Gone):
            if end.is_told and end.refusal is not None:
                await self._refuse(end.refusal, None)
            close = {"type": "websocket.close", "code": end.code, "reason": end.reason}
            await self._sent(close)


def _posted(scope: Scope) -> Scope:
    kept = [each for each in scope["headers"] if each[0] not in _OF_THE_OPENING]
    given = {"type": "http", "method": "POST", "query_string": b"", "headers": kept}
    return {**scope, **given}


def _too_many() -> RateLimited:
    return RateLimited(
        f"429: at most {MOST_TURNS} turns of a WebSocket may wait or be at work,"
        f" with {MOST_BYTES // 2**20} MB together, what they continue included.",
        code="too_many_turns",
        advice="Wait for one to end, or open another WebSocket.",
    )
