import asyncio
import ssl

from providers.types import Endpoint, Outbound

from . import failures, wire
from .answer import Answer
from .connection import Connection
from .lane import Lane

MOST_IDLE = 256
IDLE_S = 30.0


class HTTPTransport:
    """A `Transport` over HTTP/1.1, for the event loop of one worker.

    It verifies certificates, keeps at most `most_idle` unused connections per endpoint for at
    most `idle_s` seconds, follows no redirects, keeps no cookies and uses no proxy.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        most_idle: int = MOST_IDLE,
        idle_s: float = IDLE_S,
    ) -> None:
        self._tls = tls or ssl.create_default_context()
        self._most_idle = most_idle
        self._idle_s = idle_s
        self._lanes: dict[Endpoint, Lane] = {}
        # Made by the first request: there is no loop yet when a worker puts itself together.
        self._loop: asyncio.AbstractEventLoop | None = None

    async def send(self, outbound: Outbound) -> Answer:
        """Write the request and return once the answer's headers are in.

        Raises an `UpstreamError` and nothing else. Cancelling it aborts the connection.
        """
        loop = self._loop or self._adopt_loop()
        ends_at = loop.time() + outbound.timeouts.total
        lane = self._lanes.get(outbound.endpoint) or self._open_lane(outbound.endpoint)
        head = wire.head(outbound, lane.host)
        kept = lane.take()
        answer = await kept.exchange(outbound, head, ends_at=ends_at) if kept else None
        if answer is None:
            fresh = await self._connect(lane, outbound.timeouts.connect, ends_at)
            answer = await fresh.exchange(outbound, head, ends_at=ends_at)
        assert answer is not None, "a fresh connection cannot be stale"
        return answer

    async def close(self) -> None:
        """Close idle connections now, and those at work when their answers are whole."""
        self._most_idle = 0
        for lane in self._lanes.values():
            lane.close()
        # Their sockets are closed by the loop, which gets its turn here.
        await asyncio.sleep(0)

    async def _connect(
        self, lane: Lane, patience_s: float, ends_at: float
    ) -> Connection:
        loop, endpoint = lane.loop, lane.endpoint
        tls = self._tls if endpoint.scheme == "https" else None
        try:
            async with asyncio.timeout_at(min(loop.time() + patience_s, ends_at)):
                _, connection = await loop.create_connection(
                    lambda: Connection(lane, loop),
                    endpoint.host,
                    endpoint.port,
                    ssl=tls,
                    server_hostname=endpoint.host if tls else None,
                )
        except OSError as error:
            raise failures.unreachable(lane.where, error) from error
        return connection

    def _open_lane(self, endpoint: Endpoint) -> Lane:
        try:
            lane = Lane(
                endpoint,
                self._adopt_loop(),
                most_idle=self._most_idle,
                idle_s=self._idle_s,
            )
        except UnicodeError as error:
            raise failures.unreachable(endpoint.host, error) from error
        self._lanes[endpoint] = lane
        return lane

    def _adopt_loop(self) -> asyncio.AbstractEventLoop:
        self._loop = asyncio.get_running_loop()
        return self._loop
