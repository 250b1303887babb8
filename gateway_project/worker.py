"""gunicorn's own ASGI worker, with the few things a gateway needs done differently."""

import asyncio
import http
from typing import Any

import orjson
from gunicorn import glogging
from gunicorn.asgi import websocket
from gunicorn.asgi.protocol import ASGIProtocol
from gunicorn.workers import gasgi

from audit.ids import uuid7
from gateway_project import settings

# What cutting calls off may take; the arbiter's patience is longer by more than this.
_CUT_SECONDS = 1.0
# How long what a closed WebSocket was still told may go unread.
_UNREAD_SECONDS = 60.0


class Log(glogging.Logger):  # type: ignore[misc]  # gunicorn has no type hints
    """gunicorn's log, without the access lines it writes whenever its log is configured.

    The call records say more, and one line costs as much as a tenth of a call.
    """

    access_log_enabled = False


class Protocol(ASGIProtocol):  # type: ignore[misc]  # gunicorn has no type hints
    """One client connection.

    A request that never becomes one is refused in JSON like every other, and must be whole
    within a time; gunicorn waits for the first header for ever.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.worker.connections.add(self)
        self._patience = self.worker.loop.call_later(
            self.worker.header_seconds, self._out_of_patience
        )

    def connection_lost(self, exc: Exception | None) -> None:
        self._patience.cancel()
        self.worker.connections.discard(self)
        super().connection_lost(exc)

    def _out_of_patience(self) -> None:
        if self._current_request is None and self.req_count <= 1 and not self._closed:
            self._send_error_response(408, "The request did not arrive in time.")
            self._close_transport()
            self._request_ready.set()

    def _feed_callback_parser(self, data: bytes) -> bool:
        try:
            return bool(super()._feed_callback_parser(data))
        except ValueError:
            # A length of thousands of digits is more than int() reads.
            self._send_error_response(400, "A number in it cannot be read.")
            self._close_transport()
            return False

    def cut(self) -> asyncio.Task[None] | None:
        """Cancel what is being answered here, and return the connection's task."""
        task: asyncio.Task[None] | None = self._task
        if task is not None:
            task.cancel()
        return task

    def close_if_idle(self) -> None:
        """Close a connection on which nothing is being answered, or will be soon."""
        if self._websocket is not None:
            self._websocket.go_away()
        elif self._current_request is None:
            self._close_transport()
            self._request_ready.set()

    def _send_error_response(
        self, status: int, message: str, extra_headers: Any = ()
    ) -> None:
        error = {
            "message": f"The HTTP request cannot be read: {message}",
            "type": "invalid_request_error" if status < 500 else "internal_error",
            "param": None,
            "code": "invalid_http",
        }
        body = orjson.dumps({"error": error, "detail": error["message"]})
        head = [
            f"HTTP/1.1 {status} {self._get_reason_phrase(status)}",
            "Content-Type: application/json",
            f"X-Request-ID: {uuid7()}",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in extra_headers),
            "Connection: close",
        ]
        self._safe_write("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body)


class Socket(websocket.WebSocketProtocol):  # type: ignore[misc]  # gunicorn has no type hints
    """A WebSocket whose refusal is an answer with a body, as ASGI's extension has it.

    A message of ours, `websocket.drain`, tells the application that the worker stops; by
    another, `websocket.abort`, it ends one whose far side does not read: no close frame would
    ever get there.
    """

    _stops = False

    def go_away(self) -> None:
        """Have the application finish its turns and close; gunicorn would wait for the client."""
        if not self._stops:
            self._stops = True
            self._receive_queue.put_nowait({"type": "websocket.drain"})

    async def _send(self, message: Any) -> None:
        match message["type"]:
            case "websocket.http.response.start":
                self._refusal = message
            case "websocket.http.response.body":
                self._refuse(message["body"])
            case "websocket.abort":
                self._abort()
            case "websocket.close":
                await super()._send(message)
                if self.transport.get_write_buffer_size():
                    # Who does not read would keep a closed connection for ever.
                    loop = asyncio.get_running_loop()
                    loop.call_later(_UNREAD_SECONDS, self.transport.abort)
            case _:
                await super()._send(message)

    def _refuse(self, body: bytes) -> None:
        status = http.HTTPStatus(self._refusal["status"])
        head = [
            b"HTTP/1.1 %d %b" % (status, status.phrase.encode()),
            *(b"%b: %b" % header for header in self._refusal["headers"]),
            b"content-length: %d" % len(body),
            b"connection: close",
        ]
        self._denied = self.closed = True
        self._close_event.set()
        self.transport.write(b"\r\n".join(head) + b"\r\n\r\n" + body)
        self.transport.close()

    def _abort(self) -> None:
        self.closed = True
        self._close_event.set()
        self.transport.abort()

    async def _send_close(self, code: int, reason: str = "") -> None:
        if code == websocket.CLOSE_INTERNAL_ERROR and self._stops:
            # Cut off in the middle of a turn, which is no fault of the application.
            code, reason = websocket.CLOSE_GOING_AWAY, "The server is stopping."
        await super()._send_close(code, reason)

    async def _send_frame(self, opcode: int, payload: Any) -> None:
        if opcode == websocket.OPCODE_PONG and self._drain is not None:
            # Who pings and does not read would have us keep the answers.
            await self._drain()
        await super()._send_frame(opcode, payload)

    async def _handle_continuation(self, payload: bytes) -> None:
        """Put together what has come: crumbs take many times the memory of their bytes."""
        first, *rest = pieces = self._fragments
        whole = first if isinstance(first, bytearray) else bytearray(first)
        for each in rest:
            whole += each
        pieces[:] = [whole]

    def _unmask(self, payload: bytes, masking_key: bytes) -> bytes:
        """Unmask in three steps of the interpreter; gunicorn takes one for every byte."""
        size = len(payload)
        mask = (masking_key * (size // 4 + 1))[:size]
        number = int.from_bytes(payload, "little") ^ int.from_bytes(mask, "little")
        return number.to_bytes(size, "little")


class Worker(gasgi.ASGIWorker):  # type: ignore[misc]  # gunicorn has no type hints
    """Serves with our protocol, keeps the configured backlog, and drains without waiting for idle connections."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.header_seconds = settings.HEADER_SECONDS
        self.connections: set[Protocol] = set()

    async def _serve(self) -> None:
        # The base classes name their protocol classes nowhere else than in their modules;
        # the modules belong to this process.
        gasgi.ASGIProtocol = Protocol
        websocket.WebSocketProtocol = Socket
        # Whole messages; the application takes each as it comes.
        websocket.RECEIVE_QUEUE_HIGH_WATER = 1
        self.loop.call_soon(self._listen_again)
        await super()._serve()

    def _listen_again(self) -> None:
        """Restore the backlog: asyncio listens anew with its own of 100."""
        if not self.servers:
            self.loop.call_later(0.05, self._listen_again)
            return
        for listener in self.sockets:
            listener.sock.listen(self.cfg.backlog)

    async def _shutdown(self) -> None:
        for server in self.servers:
            server.close()
        await self._finish_calls()
        await super()._shutdown()

    async def _finish_calls(self) -> None:
        """Let answers end in their time; cut the others while they can still be recorded."""
        deadline = self.loop.time() + settings.DRAIN_SECONDS
        while self.connections and self.loop.time() < deadline:
            # Each time, for those that were between two states before.
            for connection in list(self.connections):
                connection.close_if_idle()
            if self._quick_shutdown:
                break
            await asyncio.sleep(0.1)
        cut = [task for each in list(self.connections) if (task := each.cut())]
        if cut:
            await asyncio.wait(cut, timeout=_CUT_SECONDS)
        for connection in list(self.connections):
            # A client that does not read would keep its connection, and so us, from ending.
            connection.transport.abort()
        # The calls themselves end a few turns of the loop after their connections.
        await asyncio.sleep(0.1)
