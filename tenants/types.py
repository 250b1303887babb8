"""What the hot path knows of who is calling."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

ModelFilter: TypeAlias = re.Pattern[str]


def model_filter(patterns: Iterable[str]) -> ModelFilter | None:
    """Return one expression for the names that `patterns` admit; None admits all.

    Case-insensitive; `*` stands for anything, every other character for itself: model
    ids hold `[`, `:` and `/`, which shell globs would read as their own.
    """
    parts = [re.escape(pattern.strip()).replace(r"\*", ".*") for pattern in patterns]
    if not parts:
        return None
    return re.compile("|".join(parts), re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Limit:
    """Ceilings on requests at one level, and on calls at a time. `None` is unlimited."""

    level: str
    subject: UUID
    per_minute: int | None
    per_month: int | None
    parallel: int | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """SHA-256 of a key's secret, and until when (unix seconds) it opens; None is for good."""

    value: bytes = field(repr=False)
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """An API key and the tenant behind it, as the hot path needs them.

    `expires_at` is in unix seconds. `limits` go from the narrowest level to the widest.
    """

    key_id: UUID
    public_id: str
    key_name: str
    tenant_id: UUID
    tenant_slug: str
    tenant_suspended: bool
    digests: tuple[Digest, ...] = field(repr=False)
    revoked: bool
    expires_at: float | None
    model_filters: tuple[ModelFilter, ...]
    limits: tuple[Limit, ...]
    max_tokens: int | None

    def may_use(self, model: str) -> bool:
        """True when every filter (the tier's, the key's) admits the model."""
        return all(allowed.fullmatch(model) for allowed in self.model_filters)
