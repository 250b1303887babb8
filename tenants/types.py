"""What the hot path knows of who is calling."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Limit:
    """A ceiling on requests at one level. `None` is unlimited."""

    level: str
    subject: UUID
    per_minute: int | None
    per_month: int | None


@dataclass(frozen=True, slots=True)
class Digest:
    """SHA-256 of a key's secret, and until when (unix seconds) it opens; None is for good."""

    value: bytes = field(repr=False)
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """An API key and the tenant behind it, as the hot path needs them."""

    key_id: UUID
    public_id: str
    key_name: str
    tenant_id: UUID
    tenant_slug: str
    tenant_active: bool
    digests: tuple[Digest, ...] = field(repr=False)
    revoked: bool
    expires_at: float | None
    allowed_models: Sequence[Sequence[str]]
    limits: tuple[Limit, ...]
    max_tokens: int | None

    def may_use(self, model: str) -> bool:
        """True when every list of patterns admits `model`; an empty list admits all.

        Case-insensitive, `*` stands for anything.
        """
        name = model.lower()
        return all(
            not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)
            for patterns in self.allowed_models
        )
