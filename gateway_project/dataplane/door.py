"""The express door: calls of the data plane go to their views, all else to Django."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, cast

from django.urls import URLResolver
from django.urls.exceptions import Resolver404
from django.urls.resolvers import RegexPattern

from providers.types import Headers

from . import urls
from .answer import Answer
from .express import ExpressView
from .plane import Plane
from .request import ExpressRequest, Receive, Scope
from .sockets import ResponsesSocket
from .throttling import rate_headers
from .views.facts import UnknownPath

Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Route = tuple[ExpressView, Mapping[str, str]]

_DIALECTS = ("/v1/", "/v1beta/", "/api/v1/")
_KEEP_ALIVE = b": keep-alive\n\n"
# An array has no place for a comment, and sound would have it heard.
_EVENTS = b"text/event-stream"


class Door:
    """An ASGI application. `keep_alive_s` is the longest silence in a stream; 0 is any."""

    def __init__(
        self, plane: Plane, django: Application, *, keep_alive_s: float
    ) -> None:
        self._plane = plane
        self._django = django
        self._keep_alive_s = keep_alive_s
        self._resolver = URLResolver(RegexPattern(r"^/"), urls.urlpatterns)
        self._views: dict[object, ExpressView] = {}
        self._fixed: dict[str, Route] = {}
        self._unknown = UnknownPath()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        route = self._fixed.get(path) or self._route(path)
        if scope["type"] == "websocket":
            await self._open_socket(scope, receive, send, route)
            return
        if route is None:
            await self._django(scope, receive, send)
            return
        view, path_args = route
        request = ExpressRequest(scope, receive, self._plane, path_args)
        answer = await view.serve(request)
        headers = _headers(request, answer)
        if isinstance(answer.body, bytes):
            await _send_whole(send, request, answer, headers)
        else:
            await self._send_stream(send, answer.status, headers, answer.body)
        await request.discard()

    async def _open_socket(
        self, scope: Scope, receive: Receive, send: Send, route: Route | None
    ) -> None:
        view = route[0] if route is not None else self._unknown
        opening = view.opening() if view.opening is not None else self._unknown
        request = ExpressRequest({**scope, "method": "GET"}, receive, self._plane, {})
        await receive()
        answer = await opening.serve(request)
        if answer.status == 101:
            await ResponsesSocket(request, receive, send, view).run()
            return
        start = {"status": answer.status, "headers": _headers(request, answer)}
        await send({"type": "websocket.http.response.start", **start})
        await send({"type": "websocket.http.response.body", "body": answer.body})

    def _route(self, path: str) -> Route | None:
        try:
            match = self._resolver.resolve(path)
        except Resolver404:
            is_dialects = f"{path}/".startswith(_DIALECTS)
            return (self._unknown, {}) if is_dialects else None
        view_class = cast(type[ExpressView], match.func.cls)  # type: ignore[attr-defined]  # set by as_view
        route = self._views.setdefault(view_class, view_class()), match.kwargs
        if not match.kwargs:
            # Those with a model in them are without end, and anybody's to make up.
            self._fixed[path] = route
        return route

    async def _send_stream(
        self,
        send: Send,
        status: int,
        headers: Headers,
        events: AsyncGenerator[bytes, None],
    ) -> None:
        has_comments = dict(headers).get(b"content-type", b"").startswith(_EVENTS)
        try:
            await send(
                {"type": "http.response.start", "status": status, "headers": headers}
            )
            with _Heart(send, self._keep_alive_s if has_comments else 0) as heart:
                async for block in events:
                    await heart.send(block)
        finally:
            await events.aclose()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send_whole(
    send: Send, request: ExpressRequest, answer: Answer, headers: Headers
) -> None:
    body = answer.body
    assert isinstance(body, bytes)
    headers.append((b"content-length", b"%d" % len(body)))
    await send(
        {"type": "http.response.start", "status": answer.status, "headers": headers}
    )
    if request.method == "HEAD":
        body = b""
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _headers(request: ExpressRequest, answer: Answer) -> Headers:
    call = request.call
    headers = [
        *answer.headers,
        (b"x-request-id", call.request_id.encode()),
        (b"x-response-time", b"%dms" % (call.elapsed_us() // 1000)),
    ]
    if call.grant is not None:
        headers += rate_headers(call.grant)
    return headers


class _Heart:
    """Sends a stream's blocks, and a comment whenever it has been silent for too long.

    Proxies cut connections on which nothing moves, and a model may think for minutes.
    """

    def __init__(self, send: Send, every_s: float) -> None:
        self._send = send
        self._every_s = every_s
        self._loop = asyncio.get_running_loop()
        self._last = self._loop.time()
        self._busy = False
        self._beats: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        if every_s:
            self._timer = self._loop.call_later(every_s, self._due)

    async def send(self, block: bytes) -> None:
        self._busy = True
        await self._send(
            {"type": "http.response.body", "body": block, "more_body": True}
        )
        self._busy = False
        self._last = self._loop.time()

    def __enter__(self) -> "_Heart":
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _due(self) -> None:
        silent_s = self._loop.time() - self._last
        if silent_s >= self._every_s and not self._busy:
            beat = asyncio.ensure_future(self.send(_KEEP_ALIVE))
            self._beats.add(beat)
            beat.add_done_callback(self._beats.discard)
        wait_s = self._every_s - silent_s
        self._timer = self._loop.call_later(
            wait_s if wait_s > 0 else self._every_s, self._due
        )
