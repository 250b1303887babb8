"""The tenants' share of the hot path's snapshot."""

from collections.abc import Iterable, Mapping

from .models import ApiKey, Tenant
from .types import Caller, Digest, Limit, model_filter


def callers() -> Mapping[str, Caller]:
    """Return every key by its public part, dead ones too: their holders are told why."""
    rows = ApiKey.objects.select_related("tenant__tier").iterator(chunk_size=2000)
    return {row.public_id: _caller(row) for row in rows}


def _caller(row: ApiKey) -> Caller:
    tenant, tier = row.tenant, row.tenant.tier
    filters = (model_filter(tier.allowed_models), model_filter(row.allowed_models))
    return Caller(
        key_id=row.pk,
        public_id=row.public_id,
        key_name=row.name,
        tenant_id=tenant.pk,
        tenant_slug=tenant.slug,
        tenant_suspended=tenant.suspended_at is not None,
        digests=tuple(_digests(row)),
        revoked=row.revoked_at is not None,
        expires_at=row.expires_at.timestamp() if row.expires_at else None,
        model_filters=tuple(each for each in filters if each is not None),
        limits=tuple(_limits(row, tenant)),
        max_tokens=tier.max_tokens_per_request,
    )


def _digests(row: ApiKey) -> Iterable[Digest]:
    yield Digest(bytes.fromhex(row.digest))
    if row.previous_until is not None:
        yield Digest(bytes.fromhex(row.previous_digest), row.previous_until.timestamp())


def _limits(row: ApiKey, tenant: Tenant) -> Iterable[Limit]:
    own = (row.requests_per_minute, row.requests_per_month, row.parallel_calls)
    if any(each is not None for each in own):
        yield Limit("key", row.pk, *own)
    tier = tenant.tier
    minute, month = tenant.requests_per_minute, tenant.requests_per_month
    parallel = tenant.parallel_calls
    yield Limit(
        "tenant",
        tenant.pk,
        tier.requests_per_minute if minute is None else minute,
        tier.requests_per_month if month is None else month,
        tier.parallel_calls if parallel is None else parallel,
    )
