"""A data plane with real Valkey and a real spool, and a provider that does as it is told."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from audit import spool
from audit.types import CallRecord, Refusals
from gateway_project.dataplane.door import Door
from gateway_project.dataplane.limits.limiter import REVISION_KEY, Limiter
from gateway_project.dataplane.limits.valkey import Valkey, encode
from gateway_project.dataplane.plane import Plane
from gateway_project.dataplane.refusals import RefusalTally
from gateway_project.dataplane.snapshot import Snapshot, SnapshotStore
from gateway_project.dataplane.socket_limits import OpenSockets, SocketLimits
from providers.adapters.registry import ADAPTERS
from providers.errors import UpstreamBroken, UpstreamError
from providers.types import (
    Endpoint,
    Headers,
    ModelEntry,
    Outbound,
    Target,
    Timeouts,
)
from tenants import keys
from tenants.types import Caller, Digest, Limit, model_filter

NOON = 1_772_366_400.0
CHAT = {"model": "fast", "messages": [{"role": "user", "content": "hi"}]}


@dataclass
class Upstream:
    """A provider that answers every request alike, and remembers what it was sent.

    `fails` is raised instead of an answer. After the last chunk it `dies`, or `stalls`: says
    nothing more and stays.
    """

    chunks: Sequence[bytes] = ()
    status: int = 200
    kind: bytes = b"application/json"
    headers: Headers = field(default_factory=list)
    fails: UpstreamError | None = None
    dies: bool = False
    stalls: bool = False
    waits: asyncio.Event | None = None
    received: list[Outbound] = field(default_factory=list)
    sent: int = 0
    closed: int = 0

    async def send(self, outbound: Outbound) -> "Reply":
        self.received.append(outbound)
        await asyncio.sleep(0)
        if self.waits is not None:
            await self.waits.wait()
        if self.fails is not None:
            raise self.fails
        return Reply(self)

    async def close(self) -> None: ...


class Reply:
    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self.status = upstream.status
        self.headers = [(b"content-type", upstream.kind), *upstream.headers]

    async def read(self, limit: int) -> bytes:
        return b"".join([chunk async for chunk in self.chunks()])

    async def chunks(self) -> AsyncIterator[bytes]:
        for chunk in self._upstream.chunks:
            await asyncio.sleep(0)
            self._upstream.sent += 1
            yield chunk
        if self._upstream.stalls:
            await asyncio.Event().wait()
        if self._upstream.dies:
            raise UpstreamBroken("connection reset by peer")

    def close(self) -> None:
        self._upstream.closed += 1


@dataclass
class Response:
    status: int
    headers: dict[str, str]
    chunks: list[bytes]

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        return self.json["error"]


class World:
    """One tenant, one key, and the models `fast`, `other`, and `dark`, whose provider is off.

    `kind` is what kind of provider serves them.
    """

    def __init__(
        self,
        folder: Path,
        upstream: Upstream,
        *,
        kind: str = "OPENAI",
        **caller: object,
    ) -> None:
        self.folder = folder
        self.upstream = upstream
        self.now = NOON
        self.key = keys.generate()
        self.token = keys.render(self.key, "gh-")
        self.caller = replace(_caller(self.key), **caller)
        self.database = Snapshot("world:1", self._callers(), _models(kind))
        self.loads = 0
        self.valkey = Valkey(settings.REDIS_URL)
        self.plane = self._plane()
        self.door = Door(self.plane, _no_django, keep_alive_s=0)

    def _callers(self) -> dict[str, Caller]:
        return {self.caller.public_id: self.caller}

    def _plane(self) -> Plane:
        limiter = Limiter(self.valkey, self._count)
        spool_writer = spool.SpoolWriter(self.folder, clock=lambda: self.now)
        return Plane(
            store=SnapshotStore(self._load, limiter),
            limiter=limiter,
            transports=dict.fromkeys(ADAPTERS, self.upstream),
            spool=spool_writer,
            refusals=RefusalTally(spool_writer, lambda: self.now),
            clock=lambda: self.now,
            key_prefixes=("gh-", "iio-dev-"),
            response_key=b"a key of this world",
            socket_origins=frozenset({"https://allowed.example"}),
            sockets=OpenSockets(SocketLimits()),
            max_body_bytes=2**20,
            body_seconds=0.2,
        )

    async def _load(self) -> Snapshot:
        self.loads += 1
        await asyncio.sleep(0)
        return self.database

    async def _count(self, level, subject, now) -> int:
        return 0

    async def open(self) -> "World":
        await self.valkey.call(encode(b"FLUSHDB"))
        await self.announce()
        await self.plane.store.start()
        return self

    async def announce(self) -> None:
        """Tell the workers which revision the database is at."""
        revision = self.database.revision.encode()
        await self.valkey.call(encode(b"SET", REVISION_KEY, revision))

    async def change(self, **caller: object) -> None:
        """Change the key as a service would: commit, then announce."""
        self.caller = replace(self.caller, **caller)
        epoch, _, number = self.database.revision.partition(":")
        self.database = Snapshot(
            f"{epoch}:{int(number) + 1}", self._callers(), self.database.models
        )
        await self.announce()

    def close(self) -> None:
        self.valkey.close()
        self.plane.spool.close()

    async def ask(
        self,
        body: object = CHAT,
        *,
        path: str = "/v1/chat/completions",
        method: str = "POST",
        headers: Headers = (),
        token: str | None = None,
        parts: Sequence[bytes] = (),
        query: bytes = b"",
        hang_up_after: int | None = None,
    ) -> Response:
        """Send one request through the door; `hang_up_after` cancels it after so many sends."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        authorization = f"Bearer {self.token if token is None else token}".encode()
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query,
            "headers": [
                *([(b"authorization", authorization)] if token != "" else []),
                *headers,
            ],
            "client": ("192.0.2.7", 4711),
        }
        exchange = _Exchange(list(parts) or [raw], hang_up_after)
        await exchange.run(self.door, scope)
        return exchange.response()

    def records(self) -> list[CallRecord | Refusals]:
        """Return what this world has written into its spool, in order."""
        return [
            spool.decode(line)
            for path in spool.spool_files(self.folder)
            for line in path.read_bytes().splitlines()
        ]


class _Exchange:
    def __init__(self, parts: list[bytes], hang_up_after: int | None) -> None:
        self._parts = parts
        self._hang_up_after = hang_up_after
        self._sent: list[dict] = []
        self._task: asyncio.Task | None = None

    async def run(self, door, scope) -> None:
        self._task = asyncio.ensure_future(door(scope, self._receive, self._send))
        try:
            await self._task
        except asyncio.CancelledError:
            if self._hang_up_after is None:
                raise

    async def _receive(self) -> dict:
        if not self._parts:
            await asyncio.Event().wait()
        part = self._parts.pop(0)
        if part == b"...never":
            await asyncio.Event().wait()
        more = part == b"...more" or bool(self._parts)
        if part == b"...more":
            part = b""
        return {"type": "http.request", "body": part, "more_body": more}

    async def _send(self, message: dict) -> None:
        self._sent.append(message)
        if self._hang_up_after is not None and len(self._sent) > self._hang_up_after:
            # What gunicorn does to the task of a client that is gone.
            self._task.cancel()
            await asyncio.sleep(0)

    def response(self) -> Response:
        if not self._sent:
            return Response(0, {}, [])
        start, *rest = self._sent
        headers = {
            name.decode(): value.decode("latin-1") for name, value in start["headers"]
        }
        chunks = [message["body"] for message in rest if message["body"]]
        return Response(start["status"], headers, chunks)


def _caller(key: keys.PresentedKey) -> Caller:
    return Caller(
        key_id=uuid4(),
        public_id=key.public_id,
        key_name="ci",
        tenant_id=uuid4(),
        tenant_slug="acme",
        tenant_suspended=False,
        digests=(Digest(keys.digest(key.secret)),),
        revoked=False,
        expires_at=None,
        model_filters=(),
        limits=(Limit("tenant", uuid4(), 100, 1000),),
        max_tokens=None,
    )


def only(*patterns: str) -> dict[str, object]:
    """Say of a caller which models it may use."""
    return {"model_filters": (model_filter(patterns),)}


def limited(
    per_minute: int | None, per_month: int | None, parallel: int | None = None
) -> dict[str, object]:
    return {"limits": (Limit("key", uuid4(), per_minute, per_month, parallel),)}


def _models(kind: str) -> dict[str, ModelEntry]:
    target = Target(
        provider="acme-ai",
        kind=kind,
        endpoint=Endpoint("http", "127.0.0.1", 1),
        base_path="/v1",
        upstream_model="real-model",
        timeouts=Timeouts(),
        secret="upstream-secret",
    )
    entries = [
        ModelEntry("fast", "acme-ai", 1, "acme-ai", target),
        ModelEntry("other:7b/x", "acme-ai", 1, "acme-ai", target),
        ModelEntry("dark", "acme-ai", 1, "acme-ai", None),
    ]
    return {entry.name: entry for entry in entries}


async def _no_django(scope, receive, send) -> None:
    raise AssertionError(f"{scope['path']} reached Django")
