"""Providers that misbehave on purpose, over real sockets of the loopback.

A test gives a script, the provider's side of one connection:

    async def script(peer):
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\\r\\ncontent-length: 5\\r\\n\\r\\nhal")
        peer.reset()

    async with serving(script) as upstream:
        ...

Tests that use it need `pytest.mark.enable_socket`.
"""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from providers.types import Endpoint, Outbound, Timeouts


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Peer:
    """The provider's side of one connection."""

    def __init__(
        self,
        upstream: "Upstream",
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.number = upstream.connections
        self.reader = reader
        self._upstream = upstream
        self._writer = writer

    async def request(self) -> Received:
        """Return the next request. Raises `EOFError` when the client closes instead."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").rstrip().split("\r\n")
        method, path, _ = line.split(" ")
        headers = dict(each.split(": ", 1) for each in lines)
        body = await self.reader.readexactly(int(headers["content-length"]))
        received = Received(method, path, headers, body)
        self._upstream.requests.append(received)
        return received

    async def send(self, *parts: bytes, pause_s: float = 0.003) -> None:
        """Write each part so that it arrives by itself."""
        for number, part in enumerate(parts):
            if number:
                await asyncio.sleep(pause_s)
            if self._writer.is_closing():
                raise ConnectionResetError  # a closed uvloop transport says RuntimeError
            self._writer.write(part)
            await self._writer.drain()
            self._upstream.sent += len(part)

    async def gone(self) -> None:
        """Return when the client has closed or reset the connection."""
        try:
            while await self.reader.read(65536):
                pass
        except ConnectionError:
            pass
        self._upstream.departures += 1

    def reset(self) -> None:
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def close(self) -> None:
        self._writer.close()


Script = Callable[[Peer], Awaitable[None]]


@dataclass
class Upstream:
    """A provider that is listening, and what it remembers."""

    script: Script
    port: int = 0
    scheme: str = "http"
    requests: list[Received] = field(default_factory=list)
    connections: int = 0
    departures: int = 0
    sent: int = 0
    failures: list[BaseException] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(self.scheme, "127.0.0.1", self.port)

    def outbound(
        self,
        body: bytes = b"{}",
        *,
        method: bytes = b"POST",
        timeouts: Timeouts | None = None,
        **changes: object,
    ) -> Outbound:
        fields = {
            "endpoint": self.endpoint,
            "method": method,
            "path": b"/v1/chat/completions",
            "headers": [(b"authorization", b"Bearer sk-secret")],
            "body": body,
            "timeouts": timeouts or Timeouts(5, 20, 20, 30),
        }
        return Outbound(**{**fields, **changes})

    async def meet(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        task = asyncio.current_task()
        self.tasks.add(task)
        try:
            await self.script(Peer(self, reader, writer))
        except (EOFError, ConnectionError):
            self.departures += 1
        except Exception as failure:  # noqa: BLE001  # raised again where the test sees it
            self.failures.append(failure)
        finally:
            self.tasks.discard(task)
            writer.close()


@asynccontextmanager
async def serving(
    script: Script, *, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[Upstream, None]:
    """Listen on a free port of 127.0.0.1 and run `script` for every connection."""
    upstream = Upstream(script, scheme="https" if tls else "http")
    server = await asyncio.start_server(upstream.meet, "127.0.0.1", 0, ssl=tls)
    upstream.port = server.sockets[0].getsockname()[1]
    try:
        yield upstream
    finally:
        server.close()
        for task in list(upstream.tasks):
            task.cancel()
        await asyncio.gather(*upstream.tasks, return_exceptions=True)
        await server.wait_closed()
    if upstream.failures:
        raise upstream.failures[0]


def answering(*responses: bytes) -> Script:
    """Answer the requests of each connection with these, in order, then close."""

    async def script(peer: Peer) -> None:
        for response in responses:
            await peer.request()
            await peer.send(response)

    return script


def plain(body: bytes, *, status: str = "200 OK", headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


def chunked(*chunks: bytes, headers: str = "", trailers: str = "") -> bytes:
    head = f"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n{headers}\r\n".encode()
    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    return head + body + b"0\r\n" + trailers.encode() + b"\r\n"
