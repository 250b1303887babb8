"""The connections to one endpoint, and which of them wait for their next request.

A lane is one scheme, host and port under one TLS configuration: a connection is never handed
to a request that asked for another.
"""

import asyncio

from providers.types import Endpoint

from .connection import Connection


class Lane:
    def __init__(
        self,
        endpoint: Endpoint,
        loop: asyncio.AbstractEventLoop,
        *,
        most_idle: int,
        idle_s: float,
    ) -> None:
        self.endpoint = endpoint
        self.where = endpoint.authority
        self.host = self.where.encode("idna")
        self.loop = loop
        self._most_idle = most_idle
        self._idle_s = idle_s
        self._open: set[Connection] = set()
        # Since when each has been idle, longest first: what is not needed ages and goes.
        self._idle: dict[Connection, float] = {}
        self._sweeper: asyncio.TimerHandle | None = None
        self._emptied: asyncio.Future[None] | None = None

    def take(self) -> Connection | None:
        """Return the connection used last, if one is idle and still good."""
        while self._idle:
            connection, since = self._idle.popitem()
            if connection.is_open and self.loop.time() - since < self._idle_s:
                return connection
            connection.abort()
        return None

    def give(self, connection: Connection) -> None:
        """Keep a connection for later, dropping the one idle for longest when there are many."""
        self._idle[connection] = self.loop.time()
        if len(self._idle) > self._most_idle:
            oldest = next(iter(self._idle))
            del self._idle[oldest]
            oldest.abort()
        if self._sweeper is None:
            self._sweeper = self.loop.call_later(self._idle_s, self._sweep)

    def opened(self, connection: Connection) -> None:
        self._open.add(connection)

    def lost(self, connection: Connection) -> None:
        self._open.discard(connection)
        self._idle.pop(connection, None)
        if self._emptied is not None and not self._open and not self._emptied.done():
            self._emptied.set_result(None)

    async def close(self) -> None:
        """Abort every connection, also those at work, and return when all are gone."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        if self._open:
            self._emptied = self.loop.create_future()
            for connection in list(self._open):
                connection.abort()
            await self._emptied
            self._emptied = None

    def _sweep(self) -> None:
        self._sweeper = None
        now = self.loop.time()
        for connection, since in list(self._idle.items()):
            if now - since < self._idle_s:
                self._sweeper = self.loop.call_at(since + self._idle_s, self._sweep)
                return
            del self._idle[connection]
            connection.abort()
