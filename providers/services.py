"""What may be done to providers, credentials and models. Every verb leaves a ledger entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.forms.models import model_to_dict

from audit import services as audit
from audit.types import Actor

from .models import Credential, Model, Provider
from .sealing import KeyRing, SealBroken

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


@dataclass(frozen=True, slots=True)
class Resealed:
    """What became of the stored secrets; `unopened` names those no key of the ring opens."""

    resealed: int
    current: int
    unopened: tuple[str, ...]


@transaction.atomic
def reseal_credentials(*, ring: KeyRing, by: Actor, now: datetime) -> Resealed:
    """Seal whatever is not under the ring's active key again, so that the others can go.

    One that does not open stays as it is. Callers' snapshots hold opened secrets: nothing
    changes for them.
    """
    resealed, unopened = [], []
    rows = list(Credential.objects.select_for_update().order_by("pk"))
    stale = [row for row in rows if not ring.is_current(row.sealed)]
    for row in stale:
        try:
            secret = ring.open(row.sealed, row=row.seal_row)
        except SealBroken:
            unopened.append(f"credential:{row.pk}")
            continue
        row.sealed = ring.seal(secret, row=row.seal_row)
        row.save(update_fields=["sealed"])
        resealed.append(f"credential:{row.pk}")
    if resealed:
        audit.record(
            action="providers.credential.resealed",
            by=by,
            subject="credentials",
            tenant_id=None,
            now=now,
            detail={"resealed": resealed, "unopened": unopened},
        )
    return Resealed(len(resealed), len(rows) - len(stale), tuple(unopened))


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
        action=f"providers.{noun}.{what}",
        by=by,
        subject=f"{noun}:{getattr(row, 'slug', row.pk)}",
        tenant_id=None,
        now=now,
        before=before,
        after=after,
    )
