"""What is written down about one call."""

from dataclasses import dataclass
from uuid import UUID

# A call that was sent to no provider and got one of these answers was refused by policy: who
# may call, what they may use and how much. The others are mistakes in the request.
POLICY_STATUSES = frozenset({401, 402, 403, 429})
# How a call ends that was sent to a provider which gave no status.
UNANSWERED = frozenset(
    {"provider_unavailable", "provider_timeout", "provider_broke_off"}
)
# So does one whose caller hung up; but he may also have done so before it was admitted.
GIVEN_UP = "client_disconnected"


# Not frozen: with so many fields that would double what a record costs.
@dataclass(slots=True)
class CallRecord:
    """One authenticated call, answered or refused, as it ended.

    Times are unix microseconds and microseconds; `error` is our error code or empty;
    `upstream_status` is None when no provider was asked or none answered. `admitted` says
    that it counts against the month: False for a call we turned away, and for one whose
    provider failed it. Of the prompt's tokens `cached_tokens` were read from the provider's
    cache and `cache_write_tokens` written to it; of the completion's, `reasoning_tokens` were
    thought. Never holds prompt text, answer text or secrets.

    A field added later needs a default: spools written before it are still read.
    """

    id: UUID
    request_id: str
    tenant_id: UUID
    key_id: UUID
    key_public_id: str
    endpoint: str
    model: str
    provider: str
    stream: bool
    status: int
    upstream_status: int | None
    error: str
    admitted: bool
    prompt_tokens: int
    completion_tokens: int
    usage_estimated: bool
    started_at_us: int
    first_byte_us: int | None
    duration_us: int
    client_ip: str
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def was_sent_upstream(self) -> bool:
        """True when a provider was asked, whether or not it answered."""
        if self.upstream_status is not None:
            return True
        given_up = self.admitted and self.error == GIVEN_UP
        return bool(self.provider) and (self.error in UNANSWERED or given_up)


@dataclass(frozen=True, slots=True)
class Refusals:
    """So many requests turned away for one reason before anyone was charged for them.

    Requests without a good key have no tenant and no call record; they are counted and
    written every few seconds. `subject` is the key's public id when one was presented.
    """

    code: str
    subject: str
    tenant_id: UUID | None
    client_ip: str
    count: int
    first_at_us: int
    last_at_us: int


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, and from where, as the ledger names them.

    `name` is `user:<username>`, `command:<system user>` or `system`.
    """

    name: str
    ip: str = ""
    user_agent: str = ""


SYSTEM = Actor("system")
