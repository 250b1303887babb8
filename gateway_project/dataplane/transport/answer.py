"""The body of a response, held until its reader wants it."""

import asyncio
from typing import Protocol, Self

from providers.errors import UpstreamBroken, UpstreamError
from providers.types import Headers

# A reader that stalls costs this much memory and one more read of the socket, no more.
MOST_UNREAD = 256 * 1024


class Source(Protocol):
    """Where the bytes come from, for as long as there are more."""

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def abort(self) -> None: ...


class Answer:
    """An `Inbound`. A connection fills it, a reader empties it; neither waits for the other.

    It lets go of its source when the body is whole, so that the connection can serve the
    next request while this answer is still being read.
    """

    __slots__ = (
        "_ceiling",
        "_complete",
        "_first",
        "_loop",
        "_more",
        "_paused",
        "_source",
        "_waiter",
        "_whole",
        "error",
        "headers",
        "status",
    )

    def __init__(self, source: Source, loop: asyncio.AbstractEventLoop) -> None:
        self.status = 0
        self.headers: Headers = []
        self.error: UpstreamError | None = None
        self._source: Source | None = source
        self._loop = loop
        self._complete = False
        # One piece is kept as it came; more are gathered, so that a million tiny ones cost
        # no more than their bytes.
        self._first = b""
        self._more = bytearray()
        self._ceiling = MOST_UNREAD
        self._whole = False
        self._paused = False
        self._waiter: asyncio.Future[None] | None = None

    @property
    def unread(self) -> int:
        """How many bytes wait for the reader."""
        return len(self._first) + len(self._more)

    # The connection's side.

    def receive(self, data: bytes) -> None:
        if self._first:
            self._more += data
        else:
            self._first = data
        if self.unread > self._ceiling:
            if self._whole:
                self._refuse()
            else:
                self._pause()

    def wake(self) -> None:
        """Tell the reader to look again, unless it waits for the whole and has not got it."""
        waiter = self._waiter
        if waiter is not None and (self._source is None or not self._whole):
            self._waiter = None
            if not waiter.done():
                waiter.set_result(None)

    def complete(self) -> None:
        if self._source is not None:
            self._complete = True
            self._source = None
            self.wake()

    def fail(self, error: UpstreamError) -> None:
        """End with an error, which the reader meets behind the bytes that came before it."""
        if self._source is not None:
            self.error = error
            self._source = None
            self.wake()

    # The reader's side.

    async def begin(self) -> None:
        """Return when the headers are in, or never will be."""
        while not self.status and self._source is not None:
            await self._wait()

    async def read(self, limit: int) -> bytes:
        self._whole = True
        self._ceiling = limit
        if self.unread > limit or (self._source and self._announced() > limit):
            self._refuse()
        self._resume()
        while self._source is not None:
            await self._wait()
        if self.error is not None:
            raise self.error
        return self._take()

    def chunks(self) -> Self:
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        while not self._first:
            if self._complete:
                raise StopAsyncIteration
            if self.error is not None:
                raise self.error
            await self._wait()
        data = self._take()
        self._resume()
        return data

    def close(self) -> None:
        if self._source is not None:
            self._abort(UpstreamBroken("the answer was closed before its end"))

    async def _wait(self) -> None:
        self._waiter = self._loop.create_future()
        await self._waiter

    def _take(self) -> bytes:
        data = self._first
        self._first = b""
        if self._more:
            data += self._more
            self._more = bytearray()
        return data

    def _announced(self) -> int:
        return int(dict(self.headers).get(b"content-length", 0))

    def _refuse(self) -> None:
        self._abort(UpstreamBroken(f"the answer is longer than {self._ceiling} bytes"))

    def _abort(self, error: UpstreamError) -> None:
        if self._source is not None:
            self._source.abort()
        self._source = None
        self._complete = False
        self.error = self.error or error
        self.wake()

    def _pause(self) -> None:
        if self._source is not None and not self._paused:
            self._paused = True
            self._source.pause()

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            if self._source is not None:
                self._source.resume()
