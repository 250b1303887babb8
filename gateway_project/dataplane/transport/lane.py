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
        # Since when each has been idle, longest first: what is not needed ages and goes.
        self._idle: dict[Connection, float] = {}
        self._sweeper: asyncio.TimerHandle | None = None

    def take(self) -> Connection | None:
        """Return the idle connection that was used last, if there is one."""
        while self._idle:
            connection, _ = self._idle.popitem()
            if connection.is_open:
                return connection
        return None

    def give(self, connection: Connection) -> None:
        """Keep a connection for later, dropping the one idle for longest when there are many."""
        self._idle[connection] = self.loop.time()
        if len(self._idle) > self._most_idle:
            oldest = next(iter(self._idle))
            del self._idle[oldest]
            oldest.abort()
        if self._idle and self._sweeper is None:
            self._sweeper = self.loop.call_later(self._idle_s, self._sweep)

    def lost(self, connection: Connection) -> None:
        self._idle.pop(connection, None)

    def close(self) -> None:
        """Drop what is idle, and from now on whatever finishes its work."""
        self._most_idle = 0
        while self._idle:
            self._idle.popitem()[0].abort()
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None

    def _sweep(self) -> None:
        self._sweeper = None
        now = self.loop.time()
        for connection, since in list(self._idle.items()):
            if now - since < self._idle_s:
                self._sweeper = self.loop.call_at(since + self._idle_s, self._sweep)
                return
            del self._idle[connection]
            connection.abort()
