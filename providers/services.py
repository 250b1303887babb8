"""What may be done to providers, credentials and models. Every verb leaves a ledger entry."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.forms.models import model_to_dict

from audit import services as audit
from audit.types import Actor

from .models import Credential, Model, Provider
from .sealing import KeyRing

Row = Provider | Credential | Model


@transaction.atomic
def add(*, row: Provider | Model, by: Actor, now: datetime) -> None:
    """Store a new provider or model that has been validated."""
    row.save(force_insert=True)
    _record(row, "added", by=by, now=now, after=_facts(row))


@transaction.atomic
def amend(*, row: Row, by: Actor, now: datetime) -> None:
    """Store a validated row's new values, the ones that differ going into the ledger."""
    before = _facts(type(row)._default_manager.get(pk=row.pk))
    # Only what is edited: a stale row must not bring back what a verb has changed since.
    row.save(update_fields=list(before))
    after = _facts(row)
    if before != after:
        _record(row, "changed", by=by, now=now, before=before, after=after)


@transaction.atomic
def remove(*, row: Row, by: Actor, now: datetime) -> None:
    """Delete the row, a provider's credentials and models with it."""
    _record(row, "removed", by=by, now=now, before=_facts(row))
    row.delete()


@transaction.atomic
def store_credential(
    *, credential: Credential, secret: str, ring: KeyRing, by: Actor, now: datetime
) -> None:
    """Seal `secret` into a new or existing credential; of the text only a hint is kept."""
    is_new = credential._state.adding
    credential.sealed = ring.seal(secret, row=credential.seal_row)
    credential.hint = secret[-4:] if len(secret) >= 16 else ""
    credential.save()
    what = "added" if is_new else "replaced"
    _record(credential, what, by=by, now=now, after=_facts(credential))


def _facts(row: Row) -> dict[str, Any]:
    return {
        name: value if isinstance(value, str | int | None) else str(value)
        for name, value in model_to_dict(row, exclude=["id"]).items()
    }


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
        action=f"providers.{noun}.{what}",
        by=by,
        subject=f"{noun}:{getattr(row, 'slug', row.pk)}",
        tenant_id=None,
        now=now,
        before=before,
        after=after,
    )
