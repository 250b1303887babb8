"""What the hot path knows of a provider, and the seam through which it is reached."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .operations import Operation

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


# Freezing a class makes its objects cost three times as much, so what is made anew for
# every call is not.
@dataclass(slots=True)
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
    region: str = ""
    api_version: str = ""


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
    """Tokens of one call. `estimated` when the provider did not say and we counted.

    Of the prompt, `cached_tokens` were read from the provider's cache and
    `cache_write_tokens` written into it; of the completion, `reasoning_tokens` were
    thought. All three are contained in the first two, whatever the provider's own sums are.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated: bool = False
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as every dialect can show it.

    `type` and `code` are OpenAI's words or of their kind; `status` is the HTTP status, also
    of a failure that is told inside a stream.
    """

    status: int
    message: str
    type: str
    code: str
    param: str | None = None
    details: Mapping[str, Any] | None = None
    retry_after_s: int | None = None
    advice: str | None = None


@dataclass(slots=True)
class Sending:
    """What to ask a provider for: a body of the operation's dialect, and what came with it.

    `headers` and `query` are the caller's own; which of them travel is for the adapter to
    say. They are empty for a body that was translated: they belong to another dialect.
    `now` is unix seconds, for adapters that sign what they send with the time.
    """

    operation: Operation
    body: bytes = field(repr=False)
    stream: bool
    content_type: bytes = b"application/json"
    headers: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    query: bytes = field(default=b"", repr=False)
    now: float = 0.0


@dataclass(frozen=True, slots=True)
class Adapter:
    """How one kind of provider is spoken to.

    `speaks` are the operations its providers serve themselves, so that a caller's bytes
    pass through; other conversations are translated into `converses`, which is one of them.
    `outbound` raises `Unsayable` for what cannot be sent. `shown` are the headers of its
    answers that a caller may see. `caps_by_max_tokens` is for servers of OpenAI's dialect
    that know no newer name for the ceiling of an answer.
    """

    speaks: frozenset[Operation]
    converses: Operation
    outbound: Callable[[Target, Sending], Outbound]
    shown: frozenset[bytes]
    caps_by_max_tokens: bool = False
