"""What may be done to tenants, tiers and keys. Every verb leaves a ledger entry."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.forms.models import model_to_dict

from audit import services as audit
from audit.types import Actor

from . import keys
from .errors import (
    KeyAlreadyRevoked,
    KeyNotUsable,
    TenantAlreadySuspended,
    TenantNotSuspended,
)
from .models import ApiKey, Membership, Tenant, Tier

Row = Tier | Tenant | Membership | ApiKey


@transaction.atomic
def add(*, row: Row, by: Actor, now: datetime) -> None:
    """Store a new tier, tenant or membership that has been validated."""
    row.save(force_insert=True)
    _record(row, "added", by=by, now=now, after=_facts(row))


@transaction.atomic
def amend(*, row: Row, by: Actor, now: datetime) -> None:
    """Store a validated row's new values, the ones that differ going into the ledger."""
    stored = type(row)._default_manager.get(pk=row.pk)  # type: ignore[misc]  # each has its own kind of pk
    before = _facts(stored)
    # Only what is edited: a stale row must not bring back what a verb has changed since.
    row.save(update_fields=list(before))
    after = _facts(row)
    if before != after:
        _record(row, "changed", by=by, now=now, before=before, after=after)


@transaction.atomic
def remove(*, row: Tier | Membership, by: Actor, now: datetime) -> None:
    """Delete a tier nobody is on, or end a membership."""
    before = _facts(row)
    _record(row, "removed", by=by, now=now, before=before)
    row.delete()


@transaction.atomic
def open_tenant(
    *, slug: str, name: str, tier: Tier, by: Actor, now: datetime
) -> Tenant:
    """Create a tenant on `tier`."""
    tenant = Tenant(slug=slug, name=name, tier=tier, created_at=now)
    add(row=tenant, by=by, now=now)
    return tenant


@transaction.atomic
def suspend_tenant(*, tenant: Tenant, by: Actor, now: datetime) -> None:
    """Refuse every key of the tenant until it is reinstated.

    Raises `TenantAlreadySuspended` if somebody got there first.
    """
    won = Tenant.objects.filter(pk=tenant.pk, suspended_at=None).update(
        suspended_at=now, suspended_by=by.name
    )
    if not won:
        raise TenantAlreadySuspended(f"{tenant} is suspended already")
    tenant.refresh_from_db()
    _record(tenant, "suspended", by=by, now=now)


@transaction.atomic
def reinstate_tenant(*, tenant: Tenant, by: Actor, now: datetime) -> None:
    """Let the tenant's keys work again. Raises `TenantNotSuspended`."""
    won = Tenant.objects.filter(pk=tenant.pk, suspended_at__isnull=False).update(
        suspended_at=None, suspended_by=""
    )
    if not won:
        raise TenantNotSuspended(f"{tenant} is not suspended")
    tenant.refresh_from_db()
    _record(tenant, "reinstated", by=by, now=now)


@transaction.atomic
def issue_api_key(
    *,
    tenant: Tenant,
    name: str,
    by: Actor,
    now: datetime,
    expires_at: datetime | None = None,
    allowed_models: Sequence[str] = (),
    requests_per_minute: int | None = None,
    requests_per_month: int | None = None,
    parallel_calls: int | None = None,
    description: str = "",
) -> tuple[ApiKey, str]:
    """Create a key and return it with the one copy of its text there will ever be."""
    new = keys.generate()
    api_key = ApiKey.objects.create(
        tenant=tenant,
        name=name,
        description=description,
        public_id=new.public_id,
        digest=keys.digest(new.secret).hex(),
        created_at=now,
        created_by=by.name,
        expires_at=expires_at,
        allowed_models=list(allowed_models),
        requests_per_minute=requests_per_minute,
        requests_per_month=requests_per_month,
        parallel_calls=parallel_calls,
    )
    _record(api_key, "issued", by=by, now=now, after=_facts(api_key))
    return api_key, keys.render(new, settings.KEY_PREFIX)


@transaction.atomic
def rotate_api_key(
    *, api_key: ApiKey, overlap: timedelta, by: Actor, now: datetime
) -> str:
    """Give the key a new secret and return its text; the old one works for `overlap` more.

    The public part stays, so limits and history go on. A secret from an earlier rotation
    that still overlapped stops at once. Raises `KeyNotUsable` for a revoked or expired key.
    """
    locked = ApiKey.objects.select_for_update().get(pk=api_key.pk)
    if locked.revoked_at or (locked.expires_at and locked.expires_at <= now):
        raise KeyNotUsable(f"{locked} is revoked or expired; issue a new key instead")
    fresh = keys.generate().secret
    locked.previous_digest = locked.digest if overlap else ""
    locked.previous_until = now + overlap if overlap else None
    locked.digest = keys.digest(fresh).hex()
    locked.rotated_at = now
    locked.save(
        update_fields=["digest", "previous_digest", "previous_until", "rotated_at"]
    )
    overlap_s = int(overlap.total_seconds())
    _record(locked, "rotated", by=by, now=now, after={"overlap_seconds": overlap_s})
    api_key.refresh_from_db()
    return keys.render(keys.PresentedKey(locked.public_id, fresh), settings.KEY_PREFIX)


@transaction.atomic
def revoke_api_key(*, api_key: ApiKey, by: Actor, now: datetime) -> None:
    """Stop the key from working. Raises `KeyAlreadyRevoked` if somebody got there first."""
    won = ApiKey.objects.filter(pk=api_key.pk, revoked_at=None).update(
        revoked_at=now, revoked_by=by.name
    )
    if not won:
        raise KeyAlreadyRevoked(f"{api_key} is revoked already")
    api_key.refresh_from_db()
    _record(api_key, "revoked", by=by, now=now)


def note_use(*, last_used: Mapping[UUID, datetime]) -> None:
    """Remember when each key was last seen. Not a change anybody made: no ledger entry."""
    for key_id, at in last_used.items():
        ApiKey.objects.filter(pk=key_id).exclude(last_used_at__gte=at).update(
            last_used_at=at
        )


def _facts(row: Row) -> dict[str, Any]:
    return model_to_dict(row, exclude=["id"])


def _record(
    row: Row,
    what: str,
    *,
    by: Actor,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    noun = row._meta.model_name
    audit.record_change(
        action=f"tenants.{noun}.{what}",
        by=by,
        subject=f"{noun}:{getattr(row, 'public_id', row.pk)}",
        tenant_id=_tenant_id(row),
        now=now,
        before=before,
        after=after,
    )


def _tenant_id(row: Row) -> UUID | None:
    match row:
        case Tier():
            return None
        case Tenant():
            return row.pk
        case Membership() | ApiKey():
            return row.tenant_id
