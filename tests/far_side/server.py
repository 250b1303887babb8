"""One HTTP server in a thread of its own, so that tests may block while it answers."""

import contextlib
import json
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

from . import anthropic, bedrock, gemini, openai, responses
from .answers import Plain, Received, Route, Stream, Wrong

_DIALECTS = {
    "openai": (openai.ROUTES + responses.ROUTES, openai.error),
    "anthropic": (anthropic.ROUTES, anthropic.error),
    "gemini": (gemini.ROUTES, gemini.error),
    "bedrock": (bedrock.ROUTES, bedrock.error),
}


class FarSide(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[Received] = []
        self.refusals: list[str] = []
        self.departures = 0
        self.failures: list[BaseException] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def openai(self) -> str:
        return f"{self.url}/openai/v1"

    @property
    def anthropic(self) -> str:
        return f"{self.url}/anthropic"

    @property
    def gemini(self) -> str:
        return f"{self.url}/gemini"

    @property
    def bedrock(self) -> str:
        return f"{self.url}/bedrock"

    @property
    def last(self) -> Received:
        return self.requests[-1]

    def forget(self) -> None:
        self.requests.clear()
        self.refusals.clear()

    def handle_error(self, request: object, client_address: object) -> None:
        failure = sys.exception()
        if isinstance(failure, ConnectionError):
            self.departures += 1
        elif failure:
            self.failures.append(failure)


@contextlib.contextmanager
def standing() -> Iterator[FarSide]:
    with FarSide() as far:
        thread = Thread(target=far.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield far
        finally:
            far.shutdown()
            thread.join()
    if far.failures:
        raise far.failures[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FarSide

    def do_POST(self) -> None:
        url = urlsplit(self.path)
        received = Received(
            method=self.command,
            path=url.path,
            query=dict(parse_qsl(url.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(self.headers["content-length"])),
        )
        self.server.requests.append(received)
        answer = self._answer(received)
        if isinstance(answer, Stream):
            self._stream(answer)
        else:
            self._plain(answer)

    def _answer(self, received: Received) -> Plain | Stream:
        name = received.path.split("/")[1]
        if name not in _DIALECTS:
            return Plain({"message": "There is no such provider."}, 404)
        routes, error = _DIALECTS[name]
        try:
            return _obeying(_respond(received, routes), error)
        except Wrong as wrong:
            refused = wrong
        except (LookupError, TypeError, AttributeError, ValueError) as wrong:
            refused = Wrong(400, f"Malformed: {wrong!r}")
        self.server.refusals.append(str(refused))
        return error(refused)

    def _plain(self, answer: Plain) -> None:
        time.sleep(answer.orders.slow_ms / 1000)
        body = json.dumps(answer.value, ensure_ascii=False).encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, stream: Stream) -> None:
        orders = stream.orders
        self.send_response(200)
        self.send_header("content-type", stream.content_type)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for number, event in enumerate(stream.events):
            if number == orders.cut_after:
                self._reset()
                return
            if number == orders.error_after:
                self._chunk(stream.failure)
                break
            if number == orders.stop_after:
                break
            time.sleep(orders.slow_ms / 1000)
            self._chunk(event)
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, chunk: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        self.wfile.flush()

    def _reset(self) -> None:
        # What was written must arrive before the reset throws the rest away.
        time.sleep(0.05)
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


def _respond(received: Received, routes: list[Route]) -> Plain | Stream:
    path = "/" + received.path.split("/", 2)[2]
    for pattern, respond in routes:
        if found := pattern.fullmatch(path):
            return respond(received, found)
    raise Wrong(404, f"There is no {path}.")


def _obeying(answer: Plain | Stream, error: Callable[[Wrong], Plain]) -> Plain | Stream:
    status = answer.orders.status
    if status is None:
        return answer
    failure = error(Wrong(status, f"This model answers {status}."))
    later = {"retry-after": "7"} if status in (429, 503, 529) else {}
    return replace(failure, headers={**failure.headers, **later})
