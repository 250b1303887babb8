"""The data plane of one worker, put together from the settings."""

import hmac
import time
from collections.abc import Mapping

from django.conf import settings

from audit.spool import SpoolWriter
from gateway_project import snapshots
from gateway_project.dataplane.limits.limiter import Limiter
from gateway_project.dataplane.limits.valkey import Valkey
from gateway_project.dataplane.plane import Plane
from gateway_project.dataplane.refusals import RefusalTally
from gateway_project.dataplane.snapshot import SnapshotStore
from gateway_project.dataplane.socket_limits import OpenSockets, SocketLimits
from gateway_project.dataplane.transport import HTTPTransport
from providers.adapters.mock import MockTransport
from providers.adapters.registry import ADAPTERS
from providers.types import Transport


def build_plane() -> Plane:
    """Return a data plane whose connections open with the first calls."""
    valkey = Valkey(settings.REDIS_URL)
    limiter = Limiter(valkey, snapshots.count_calls)
    store = SnapshotStore(snapshots.load, limiter)
    # What was announced while the connection was away was missed.
    valkey.on_reconnect = store.distrust
    spool = SpoolWriter(settings.SPOOL_DIR, clock=time.time)
    return Plane(
        store=store,
        limiter=limiter,
        transports=_transports(),
        spool=spool,
        refusals=RefusalTally(spool, time.time),
        clock=time.time,
        key_prefixes=tuple(dict.fromkeys(settings.ACCEPTED_KEY_PREFIXES)),
        response_key=_derived(b"gatehouse response ids"),
        socket_origins=frozenset(settings.WEBSOCKET_ORIGINS),
        sockets=OpenSockets(
            SocketLimits(
                per_key=settings.WEBSOCKETS_PER_KEY,
                idle_s=settings.WEBSOCKET_IDLE_SECONDS,
            )
        ),
        max_body_bytes=settings.MAX_BODY_BYTES,
        body_seconds=settings.BODY_SECONDS,
    )


def _transports() -> Mapping[str, Transport]:
    shared = HTTPTransport()
    return dict.fromkeys(ADAPTERS, shared) | {"MOCK": MockTransport(time.time)}


def _derived(purpose: bytes) -> bytes:
    """Return a key of its own for one purpose, the same in every worker."""
    return hmac.digest(settings.SECRET_KEY.encode(), purpose, "sha256")
