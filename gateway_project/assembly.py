"""The data plane of one worker, put together from the settings."""

import time

from django.conf import settings

from audit.spool import SpoolWriter
from gateway_project import snapshots
from gateway_project.dataplane.limits.limiter import Limiter
from gateway_project.dataplane.limits.valkey import Valkey
from gateway_project.dataplane.plane import Plane
from gateway_project.dataplane.refusals import RefusalTally
from gateway_project.dataplane.snapshot import SnapshotStore
from gateway_project.dataplane.transport import HTTPTransport
from providers.adapters.mock import MockTransport


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
        transports={"MOCK": MockTransport(clock=time.time), "OPENAI": HTTPTransport()},
        spool=spool,
        refusals=RefusalTally(spool, time.time),
        clock=time.time,
        key_prefixes=tuple(dict.fromkeys(settings.ACCEPTED_KEY_PREFIXES)),
        max_body_bytes=settings.MAX_BODY_BYTES,
        body_seconds=settings.BODY_SECONDS,
    )
