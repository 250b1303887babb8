"""One connection to Valkey on the event loop: commands of one tick leave in one write.

Replies come in the order of the commands, so a queue of futures is all the matching it
takes. A connection that breaks, or whose oldest command waits too long, fails every
command on it and is opened again by the next one.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self, cast
from urllib.parse import parse_qs, unquote, urlsplit

import hiredis

Reply = Any
_CRLF = b"\r\n"


class ValkeyUnavailable(Exception):
    """The counter store did not answer, or answered that it cannot serve."""


class ScriptMissing(Exception):
    """The server does not know the script; it has to be loaded first."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens, from a redis://, rediss:// or unix:// URL."""

    host: str
    port: int
    socket: str
    tls: bool
    db: int
    username: str
    password: str = field(repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        parts = urlsplit(url)
        on_socket = parts.scheme == "unix"
        path_db = "" if on_socket else parts.path.strip("/")
        db = parse_qs(parts.query).get("db", [path_db or "0"])[0]
        return cls(
            host=parts.hostname or "",
            port=parts.port or 6379,
            socket=unquote(parts.path) if on_socket else "",
            tls=parts.scheme == "rediss",
            db=int(db),
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )


def encode(*parts: bytes) -> bytes:
    """Return the command in the server's own protocol (RESP)."""
    out = [b"*%d\r\n" % len(parts)]
    for part in parts:
        out += (b"$%d\r\n" % len(part), part, _CRLF)
    return b"".join(out)


class _Connection(asyncio.Protocol):
    def __init__(self, on_lost: Callable[[], None]) -> None:
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader()
        self._waiting: deque[asyncio.Future[Reply]] = deque()
        self._unsent: list[bytes] = []
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not `isinstance`: uvloop's transports are no subclasses of asyncio's.
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            future = self._waiting.popleft()
            if future.done():
                continue
            if isinstance(reply, hiredis.ReplyError):
                future.set_exception(reply)
            else:
                future.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._fail(f"the connection was lost: {exc or 'closed'}")

    def _fail(self, why: str) -> None:
        self._on_lost()
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_exception(ValkeyUnavailable(why))

    def send(self, command: bytes) -> "asyncio.Future[Reply]":
        future: asyncio.Future[Reply] = self._loop.create_future()
        self._waiting.append(future)
        if not self._unsent:
            self._loop.call_soon(self._flush)
        self._unsent.append(command)
        return future

    def _flush(self) -> None:
        commands, self._unsent = self._unsent, []
        if self._transport is not None:
            self._transport.write(b"".join(commands))

    def abort(self, why: str) -> None:
        """Give the connection up; whoever waits on it is told now, not when it has closed."""
        if self._transport is not None:
            self._transport.abort()
        self._fail(why)


class Valkey:
    """A client for one server, lazily connected, safe to share within a loop.

    `timeout_s` bounds connecting and every reply. `on_reconnect` runs after each new
    connection but the first.
    """

    def __init__(self, url: str, *, timeout_s: float = 1.0) -> None:
        self._address = Address.parse(url)
        self._timeout_s = timeout_s
        self.on_reconnect: Callable[[], None] = lambda: None
        self._connection: _Connection | None = None
        self._connecting: asyncio.Task[_Connection] | None = None
        self._was_connected = False

    async def call(self, command: bytes) -> Reply:
        """Send an encoded command and return its reply.

        Raises `ValkeyUnavailable` or `ScriptMissing`.
        """
        connection = self._connection or await self._connect()
        future = connection.send(command)
        # A bare timer is cheaper than wait_for, which wraps every call in a task.
        timer = future.get_loop().call_later(
            self._timeout_s, self._expire, connection, future
        )
        try:
            return await future
        except hiredis.ReplyError as error:
            if str(error).startswith("NOSCRIPT"):
                raise ScriptMissing from error
            # Loading, out of memory, read-only, not authorised: up, but of no use to us.
            raise ValkeyUnavailable(str(error)) from error
        finally:
            timer.cancel()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.abort("closed")

    def _expire(self, connection: _Connection, future: "asyncio.Future[Reply]") -> None:
        if not future.done():
            # Replies come in order: one that is late means the connection is stuck.
            connection.abort(f"no reply in {self._timeout_s} s")

    async def _connect(self) -> _Connection:
        # Shielded, so that one cancelled call does not take the others' connection away.
        if self._connecting is None or self._connecting.done():
            self._connecting = asyncio.ensure_future(self._open())
        return await asyncio.shield(self._connecting)

    async def _open(self) -> _Connection:
        try:
            async with asyncio.timeout(self._timeout_s):
                connection = await self._dial()
                try:
                    await self._greet(connection)
                except BaseException:
                    connection.abort("not greeted")
                    raise
        except (OSError, TimeoutError, hiredis.ReplyError) as error:
            raise ValkeyUnavailable(f"cannot connect: {error!r}") from error
        self._connection = connection
        if self._was_connected:
            self.on_reconnect()
        self._was_connected = True
        return connection

    async def _dial(self) -> _Connection:
        loop, at = asyncio.get_running_loop(), self._address
        if at.socket:
            _, made = await loop.create_unix_connection(self._protocol, at.socket)
        else:
            tls = ssl.create_default_context() if at.tls else None
            _, made = await loop.create_connection(
                self._protocol, at.host, at.port, ssl=tls
            )
        return made

    async def _greet(self, connection: _Connection) -> None:
        at = self._address
        if at.password:
            user = [at.username.encode()] if at.username else []
            await connection.send(encode(b"AUTH", *user, at.password.encode()))
        if at.db:
            await connection.send(encode(b"SELECT", b"%d" % at.db))

    def _protocol(self) -> _Connection:
        def lost() -> None:
            if self._connection is made:
                self._connection = None

        made = _Connection(lost)
        return made
