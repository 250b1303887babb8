"""One call while it is under way, and the record it becomes."""

import time
from dataclasses import dataclass
from uuid import UUID

from audit.ids import uuid7
from audit.types import CallRecord
from providers.types import Usage
from tenants.types import Caller

from .limits.limiter import Grant

_NOTHING_USED = Usage()


@dataclass(slots=True)
class Call:
    """What is known so far. Times are unix seconds (`started_at`) and monotonic ones.

    `lease_name` is what its place among its caller's calls at a time is known by, if it
    asked for one.
    """

    id: UUID
    request_id: str
    endpoint: str
    client_ip: str
    started_at: float
    started: float
    caller: Caller | None = None
    grant: Grant | None = None
    model: str = ""
    provider: str = ""
    stream: bool = False
    admitted: bool = False
    sent: bool = False
    upstream_status: int | None = None
    first_byte: float | None = None
    status: int = 0
    error: str = ""
    usage: Usage = _NOTHING_USED
    lease_name: bytes = b""

    @classmethod
    def begin(
        cls, *, endpoint: str, request_id: str, client_ip: str, now: float
    ) -> "Call":
        call_id = uuid7(int(now * 1000))
        return cls(
            id=call_id,
            request_id=request_id or str(call_id),
            endpoint=endpoint,
            client_ip=client_ip,
            started_at=now,
            started=time.perf_counter(),
        )

    def answered(self) -> None:
        """Note the moment of the first byte of the provider's answer."""
        self.first_byte = time.perf_counter()

    def elapsed_us(self) -> int:
        return int((time.perf_counter() - self.started) * 1e6)

    def record(self, caller: Caller) -> CallRecord:
        first = self.first_byte
        return CallRecord(
            id=self.id,
            request_id=self.request_id,
            tenant_id=caller.tenant_id,
            key_id=caller.key_id,
            key_public_id=caller.public_id,
            endpoint=_storable(self.endpoint, 100),
            model=_storable(self.model, 200),
            provider=self.provider,
            stream=self.stream,
            admitted=self.admitted,
            status=self.status,
            upstream_status=self.upstream_status,
            error=self.error,
            prompt_tokens=self.usage.prompt_tokens,
            completion_tokens=self.usage.completion_tokens,
            usage_estimated=self.usage.estimated,
            started_at_us=int(self.started_at * 1e6),
            first_byte_us=None if first is None else int((first - self.started) * 1e6),
            duration_us=self.elapsed_us(),
            client_ip=self.client_ip,
            cached_tokens=self.usage.cached_tokens,
            cache_write_tokens=self.usage.cache_write_tokens,
            reasoning_tokens=self.usage.reasoning_tokens,
        )


def _storable(text: str, length: int) -> str:
    """Cut what a caller wrote to what the records hold; their database knows no NUL."""
    return text[:length].replace("\0", "\ufffd")
