"""WebSockets: one turn after the other on an open one.

A socket is only a way in. Each turn is a request of its own that goes the way of every
other: authenticated, limited, routed, settled and recorded as if it had been posted.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any

import orjson

from providers.dialects.responses import frames, warmup
from providers.dialects.responses.transcript import (
    FrameRefused,
    Transcript,
    Turn,
    decoded,
)

from .errors import BadRequest, Refusal
from .express import ExpressView
from .plane import Plane
from .request import ExpressRequest, Receive, Scope

Send = Callable[[dict[str, Any]], Awaitable[None]]
Frame = Mapping[str, Any]

# Turns of one socket that may wait or be at work; what comes after them stays unread.
MOST_TURNS = 8
# Of the opening request's headers, what is about that request alone.
_OF_THE_OPENING = frozenset(
    {b"x-request-id", b"content-length", b"content-type", b"transfer-encoding"}
)


class ResponsesSocket:
    """One open socket of the Responses API. `view` serves its turns as posted requests."""

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        plane: Plane,
        view: ExpressView,
    ) -> None:
        self._scope = _posted(scope)
        self._receive = receive
        self._send = send
        self._plane = plane
        self._view = view
        self._transcript = Transcript()
        self._slots = asyncio.Semaphore(MOST_TURNS)
        self._turns: set[asyncio.Task[None]] = set()
        self._lanes: dict[str | None, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Serve turns until the caller leaves; those under way are then given up."""
        try:
            while True:
                await self._slots.acquire()
                message = await self._receive()
                if message["type"] != "websocket.receive":
                    return
                self._begin(message.get("text") or message.get("bytes") or "")
        finally:
            for turn in self._turns:
                turn.cancel()
            # Each settles its call before it ends.
            await asyncio.gather(*self._turns, return_exceptions=True)

    def _begin(self, text: str | bytes) -> None:
        frame: Frame | FrameRefused
        try:
            frame = decoded(text)
        except FrameRefused as refused:
            frame = refused
        lane = _lane_of(frame)
        turn = asyncio.ensure_future(self._take(frame, self._lanes.get(lane)))
        self._turns.add(turn)
        self._lanes[lane] = turn
        turn.add_done_callback(lambda done: self._ended(done, lane))

    def _ended(self, turn: "asyncio.Task[None]", lane: str | None) -> None:
        self._turns.discard(turn)
        if self._lanes.get(lane) is turn:
            del self._lanes[lane]
        self._slots.release()

    async def _take(
        self, frame: Frame | FrameRefused, before: "asyncio.Task[None] | None"
    ) -> None:
        if before is not None:
            # Turns of one lane come one after another, however the one before ended.
            await asyncio.wait([before])
        try:
            if isinstance(frame, FrameRefused):
                raise frame
            turn = self._transcript.turn(frame)
        except FrameRefused as error:
            refusal = BadRequest(str(error), code=error.code, param=error.param)
            await self._refuse(refusal, error.stream_id)
            return
        if turn.generates:
            await self._serve(turn)
        else:
            await self._pass(turn, warmup.block(turn))

    async def _serve(self, turn: Turn) -> None:
        request = self._request(turn)
        answer = await self._view.serve(request)
        if request.refusal is not None:
            await self._refuse(request.refusal, turn.stream_id)
        elif not isinstance(answer.body, bytes):
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
        body = orjson.dumps(turn.body)

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        return ExpressRequest(self._scope, receive, self._plane, {})

    async def _refuse(self, refusal: Refusal, stream_id: str | None) -> None:
        await self._tell(frames.refused(refusal.as_failure(), stream_id))

    async def _tell(self, text: str) -> None:
        await self._send({"type": "websocket.send", "text": text})


def _posted(scope: Scope) -> Scope:
    kept = [each for each in scope["headers"] if each[0] not in _OF_THE_OPENING]
    given = {"type": "http", "method": "POST", "query_string": b"", "headers": kept}
    return {**scope, **given}


def _lane_of(frame: Frame | FrameRefused) -> str | None:
    lane = None if isinstance(frame, FrameRefused) else frame.get("stream_id")
    return lane if isinstance(lane, str) else None
