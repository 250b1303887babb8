"""A request as the express door hands it to a view: the ASGI scope, read lazily."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from providers.types import Target
from tenants.types import Caller

from .call import Call
from .errors import BodyTooLarge, BodyTooSlow, Refusal, UnsupportedEncoding
from .plane import Plane
from .snapshot import Snapshot

if TYPE_CHECKING:
    from .plans import Plan

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

# What a caller may give for an id: short, printable, and so safe to echo and to log.
REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")
_DISCARD_BYTES = 256 * 2**20
_DISCARD_SECONDS = 10.0


class ExpressRequest:
    """`snapshot`, `caller`, `data`, `target` and `plan` are set by the stages of the view, in that order.

    `refusal` is how the view answered, if not well. `presented_id` is the public part of the key that was presented, good or not.
    """

    caller: Caller
    snapshot: Snapshot
    target: Target
    plan: "Plan"
    data: Any = None
    refusal: Refusal | None = None
    presented_id: str = ""

    def __init__(
        self, scope: Scope, receive: Receive, plane: Plane, path_args: Mapping[str, str]
    ) -> None:
        self._receive = receive
        self._body: bytes | None = None
        self._unreadable: Refusal | None = None
        self.scope = scope
        self.plane = plane
        self.path_args = path_args
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope["query_string"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        client = scope.get("client")
        self.now = plane.clock()
        self.call = Call.begin(
            endpoint=self.path,
            request_id=self._given_request_id(),
            client_ip=client[0] if client else "",
            now=self.now,
        )

    def header(self, name: bytes) -> str:
        """Return a header's value without surrounding blanks; empty when it is absent."""
        value = self.headers.get(name)
        return value.decode("latin-1").strip() if value else ""

    def _given_request_id(self) -> str:
        given = self.headers.get(b"x-request-id")
        if given is None:
            return ""
        text = given.decode("latin-1")
        return text if REQUEST_ID.fullmatch(text) else ""

    async def read(self) -> bytes:
        """Return the body, at most `max_body_bytes` of it.

        Raises `BodyTooLarge`, `BodyTooSlow` or `UnsupportedEncoding`.
        """
        if self._body is not None:
            return self._body
        if self._unreadable is not None:
            # Asked again, the server would hand out the rest as if it were a body.
            raise self._unreadable
        limit = self.plane.max_body_bytes
        try:
            self._check_promised(limit)
            self._body = await self._receive_all(limit)
        except Refusal as refusal:
            self._unreadable = refusal
            raise
        return self._body

    async def _receive_all(self, limit: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self.plane.body_seconds):
                while True:
                    message = await self._receive()
                    if message["type"] != "http.request":
                        # Gone, or the server lost patience: the two look alike here.
                        raise TimeoutError
                    part = message.get("body", b"")
                    size += len(part)
                    if size > limit:
                        raise _too_large(limit)
                    parts.append(part)
                    if not message.get("more_body"):
                        return b"".join(parts) if len(parts) > 1 else part
        except TimeoutError:
            raise BodyTooSlow(
                "The body did not arrive whole in time.",
                advice=f"Send it within {self.plane.body_seconds:.0f} seconds.",
                headers=[(b"connection", b"close")],
            ) from None

    def _check_promised(self, limit: int) -> None:
        promised = self.headers.get(b"content-length", b"")
        if promised.isdigit() and int(promised) > limit:
            raise _too_large(limit)
        if self.header(b"content-encoding").lower() not in ("", "identity"):
            raise UnsupportedEncoding(
                "content-encoding: a compressed body is not read; send it plain.",
                param="content-encoding",
            )

    async def discard(self) -> None:
        """Take what is left of the body, within reason.

        A connection closed on unread bytes is reset, and the reset may overtake the
        answer that says why.
        """
        if self._body is not None or not self._has_body():
            return
        size = 0
        try:
            async with asyncio.timeout(_DISCARD_SECONDS):
                while size < _DISCARD_BYTES:
                    message = await self._receive()
                    size += len(message.get("body", b""))
                    if not message.get("more_body"):
                        return
        except TimeoutError:
            return

    def _has_body(self) -> bool:
        return (
            self.headers.get(b"content-length", b"0") != b"0"
            or b"transfer-encoding" in self.headers
        )


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(
        f"The body is larger than {limit // 2**20} MB.",
        advice="Send less; the operator can raise MAX_BODY_MB.",
        headers=[(b"connection", b"close")],
    )
