"""What every call needs at hand, put together once per worker."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from audit.spool import SpoolWriter
from providers.types import Transport

from .limits.limiter import Limiter
from .refusals import RefusalTally
from .snapshot import SnapshotStore
from .socket_limits import OpenSockets


@dataclass(frozen=True, slots=True)
class Plane:
    """Bytes, seconds and prefixes come from the settings; the rest is made in `wiring`.

    `clock` tells unix time in seconds. `response_key` seals the ids of responses that
    providers keep; `socket_origins` are the web pages that may open a WebSocket.
    """

    store: SnapshotStore
    limiter: Limiter
    transports: Mapping[str, Transport]
    spool: SpoolWriter
    refusals: RefusalTally
    clock: Callable[[], float]
    key_prefixes: Sequence[str]
    response_key: bytes = field(repr=False)
    socket_origins: Collection[str]
    sockets: OpenSockets
    max_body_bytes: int
    body_seconds: float
