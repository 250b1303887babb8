"""What the hot path knows of a provider, and the seam through which it is reached."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Protocol

Headers = list[tuple[bytes, bytes]]
"""Header names are lower case; order and repeats are kept."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `idle` is the longest silence between two reads once bytes flow."""

    connect: float = 5.0
    first_byte: float = 120.0
    idle: float = 60.0
    total: float = 600.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a provider listens: the parts of its base URL a connection needs."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = {"http": 80, "https": 443}.get(self.scheme)
        return host if self.port == default else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Outbound:
    """One request to a provider, ready to be written."""

    endpoint: Endpoint
    method: bytes
    path: bytes
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    timeouts: Timeouts


class Inbound(Protocol):
    """A provider's answer once its headers are in; the body has yet to be read.

    Read it with `read` or `chunks`, not both, and always `close` it: closing before the
    end aborts the connection, so the provider stops working for nobody; closing after
    the end gives the connection back.
    """

    status: int
    headers: Headers

    async def read(self, limit: int) -> bytes:
        """Return the whole body. Raises an `UpstreamError`, also when it passes `limit` bytes."""

    def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives, framing removed. Raises an `UpstreamError`."""

    def close(self) -> None: ...


class Transport(Protocol):
    """How bytes reach a provider."""

    async def send(self, outbound: Outbound) -> Inbound:
        """Write the request and return once the answer's headers are in.

        Raises an `UpstreamError` and nothing else. Cancelling it aborts the connection.
        """

    async def close(self) -> None:
        """Close idle connections. Answers under way are left to their readers."""


@dataclass(frozen=True, slots=True)
class Target:
    """One place a model can be reached: nothing left to look up."""

    provider: str
    kind: str
    endpoint: Endpoint
    base_path: str
    upstream_model: str
    timeouts: Timeouts
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model as callers name it. `target` is None while its provider cannot be used."""

    name: str
    owned_by: str
    created: int
    provider: str
    target: Target | None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call. `estimated` when the provider did not say and we counted."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated: bool = False
