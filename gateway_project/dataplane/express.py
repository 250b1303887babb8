"""An APIView whose parts are made once per class and whose stages the express door awaits.

What Django and DRF do for every request (middleware, content negotiation, request and
response wrappers) costs more here than the call itself; the declarations stay DRF's.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar

from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from providers.dialects.dialect import ErrorsShown

from .answer import Answer
from .errors import (
    MethodNotAllowed,
    ProviderRefused,
    Refusal,
    ServerError,
    Unavailable,
)
from .limits.limiter import StaleSnapshot
from .limits.valkey import ValkeyUnavailable
from .renderers import OpenAIRenderer
from .request import ExpressRequest
from .settling import give_place_back, settle

log = logging.getLogger("gatehouse.dataplane")

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
# Each round means the configuration changed while it was being read.
_MOST_RELOADS = 5
# Hung up before the answer was whole; nginx's number, seen only in the records.
CLIENT_GONE = 499


class ExpressView(APIView):
    """Stages in order: authenticate, parse, permissions, throttles, then the handler.

    Every answer of a `recorded` view leaves a call record once its caller is known.
    `opening` judges the requests that open a WebSocket, for a view that serves one, and
    `preparing` the turns on it that ask no model.
    """

    recorded: ClassVar[bool] = False
    opening: "ClassVar[type[ExpressView] | None]" = None
    preparing: "ClassVar[type[ExpressView] | None]" = None
    stages: ClassVar["Stages"]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.stages = Stages(cls)

    async def serve(self, request: ExpressRequest) -> Answer:
        """Return the answer, whatever happens; only a cancellation passes through."""
        try:
            handler = self._handler(request.method)
            await self._admit(request)
            return await handler(request)
        except Refusal as refusal:
            return self._refuse(request, refusal)
        except asyncio.CancelledError:
            self._note(request, CLIENT_GONE, "client_disconnected")
            raise
        except Exception:
            log.exception(
                "call.failed", extra={"fields": {"request_id": request.call.request_id}}
            )
            return self._refuse(request, ServerError("Something broke on our side."))

    def _handler(self, method: str) -> Callable[[ExpressRequest], Awaitable[Answer]]:
        name = self.stages.handlers.get(method)
        if name is None:
            allowed = ", ".join(self.stages.handlers)
            raise MethodNotAllowed(
                f"{method} is not allowed here; {allowed} is.",
                headers=[(b"allow", allowed.encode())],
            )
        return getattr(self, name)  # type: ignore[no-any-return]  # found by name

    async def _admit(self, request: ExpressRequest) -> None:
        store = request.plane.store
        for _ in range(_MOST_RELOADS):
            request.snapshot = store.current
            try:
                await self._judge(request)
            except Refusal:
                # A key issued a moment ago is unknown only to this worker's snapshot.
                if await store.catch_up(request.snapshot):
                    continue
                await self._look_at_limits(request)
                raise
            try:
                for throttle in self.stages.throttles:
                    await throttle.allow_request(request, self)
                return
            except StaleSnapshot as stale:
                await store.refresh(seen=stale.revision)
        raise Unavailable("The configuration keeps changing.", retry_after_s=1)

    async def _judge(self, request: ExpressRequest) -> None:
        for authenticator in self.stages.authenticators:
            authenticator.authenticate(request)
        if self.stages.parser is not None and request.data is None:
            body = await request.read()
            media_type = request.headers.get(b"content-type", b"")
            request.data = self.stages.parser.parse(body, media_type, request)
        for permission in self.stages.permissions:
            permission.has_permission(request, self)

    async def _look_at_limits(self, request: ExpressRequest) -> None:
        """Find out what is left, for the headers of an answer that came before the limits did."""
        call = request.call
        if call.caller is None or call.grant is not None:
            return
        try:
            call.grant = await request.plane.limiter.reserve(
                call.caller.limits,
                revision=request.snapshot.revision,
                now=request.now,
                cost=0,
            )
        except (StaleSnapshot, ValkeyUnavailable):
            return

    def _refuse(self, request: ExpressRequest, refusal: Refusal) -> Answer:
        self._note(request, refusal.status, refusal.code)
        request.refusal = refusal
        return self.show(request, refusal)

    def show(self, request: ExpressRequest, refusal: Refusal) -> Answer:
        """Return the refusal as the caller's dialect has it."""
        if isinstance(refusal, ProviderRefused) and refusal.body:
            body = refusal.body
        else:
            body = self.errors_of(request).body(refusal.as_failure())
        return Answer(refusal.status, refusal.as_headers(), body)

    def errors_of(self, request: ExpressRequest) -> ErrorsShown:
        """Return how this caller is shown an error."""
        return self.stages.errors

    def _note(self, request: ExpressRequest, status: int, error: str) -> None:
        call, plane = request.call, request.plane
        if call.caller is None:
            if status == 401:
                plane.refusals.add(
                    code=error,
                    subject=request.presented_id,
                    tenant_id=None,
                    client_ip=call.client_ip,
                )
        elif self.recorded and (call.sent or plane.spool.healthy):
            settle(request, status, error)
        else:
            # What was refused while nothing can be written is not worth the memory.
            give_place_back(request)


class Stages:
    """A view class's parts, each made once."""

    def __init__(self, view: type[ExpressView]) -> None:
        self.authenticators: Sequence[Any] = _made(
            view.authentication_classes, BaseAuthentication
        )
        self.permissions: Sequence[Any] = _made(view.permission_classes, BasePermission)
        self.throttles: Sequence[Any] = _made(view.throttle_classes, BaseThrottle)
        parsers: Sequence[Any] = _made(view.parser_classes, BaseParser)
        takes_body = any(hasattr(view, name) for name in ("post", "put", "patch"))
        self.parser = parsers[0] if parsers and takes_body else None
        names = {method: method.lower() for method in _METHODS} | {"HEAD": "get"}
        self.errors: ErrorsShown = _errors(view)
        self.handlers = {
            method: name for method, name in names.items() if hasattr(view, name)
        }


def _errors(view: type[ExpressView]) -> ErrorsShown:
    """Return what the first renderer that knows a dialect shows; OpenAI's otherwise."""
    dialects = [each for each in view.renderer_classes if hasattr(each, "errors")]
    found: ErrorsShown = (dialects or [OpenAIRenderer])[0].errors
    return found


def _made(classes: Sequence[Any], base: type) -> Sequence[Any]:
    return tuple(each() for each in classes if issubclass(each, base))
