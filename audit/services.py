"""Writing the ledger. An entry commits or vanishes with the change it describes."""

import logging
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from audit import selectors, witness
from audit.chain import PLATFORM, Link, Problem, sealed
from audit.ids import uuid7
from audit.models import Chain, Entry, Revision
from audit.signals import ConfigurationRevised, configuration_revised
from audit.storable import storable
from audit.types import SYSTEM, Actor

logger = logging.getLogger(__name__)

# Problems written out in the entry a verification leaves; the log has all of them.
MOST_NAMED = 20

_WIDTHS = {field.name: field.max_length for field in Entry._meta.concrete_fields}


def record(
    *,
    action: str,
    by: Actor,
    subject: str,
    tenant_id: UUID | None,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> Entry:
    """Append an entry to the tenant's chain, or to the platform's, in the caller's transaction.

    Raises `RuntimeError` outside a transaction: an entry that can survive the failure of
    what it describes is worse than none. The chain stays locked until that transaction
    ends, so write entries late in it and to one chain only.

    Texts are cut to their columns, and what PostgreSQL cannot hold is replaced: a NUL in
    a user name is no way around the ledger. Raises `NotCanonical` for a detail that has
    no single spelling, a float above all.
    """
    _check_in_transaction(action)
    if now.tzinfo is None:
        raise ValueError(f"audit.record({action!r}) got a time without a zone")
    chain = _locked_chain(tenant_id or PLATFORM)
    link = sealed(
        Link(
            id=uuid7(),
            chain=chain.id,
            seq=chain.seq + 1,
            at=now.astimezone(UTC),
            actor=_fit("actor", by.name),
            action=_fit("action", action),
            subject=_fit("subject", subject),
            tenant_id=tenant_id,
            ip=_fit("ip", by.ip),
            user_agent=_fit("user_agent", by.user_agent),
            detail=_plain(detail or {}),
            prev_hash=chain.head,
        )
    )
    entry = Entry(**link._asdict())
    entry.save(force_insert=True)
    Chain.objects.filter(pk=chain.pk).update(seq=link.seq, head=link.hash)
    return entry


def record_change(
    *,
    action: str,
    by: Actor,
    subject: str,
    tenant_id: UUID | None,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Entry:
    """Record a change of configuration, what differs only, and put a new revision in force.

    Sends `configuration_revised` once the caller's transaction has committed. Raises as
    `record` does.
    """
    _check_in_transaction(action)
    # Always the revision before the chain: whoever changes configuration queues at this
    # one lock first, so nobody waits in a circle and numbers commit in their order.
    event = _next_revision()
    entry = record(
        action=action,
        by=by,
        subject=subject,
        tenant_id=tenant_id,
        now=now,
        detail=_differences(before, after),
    )
    transaction.on_commit(lambda: _announce(event))
    return entry


def verify_ledger(*, now: datetime) -> list[Problem]:
    """Recompute every chain, leave the outcome in the platform's, and return the first problems.

    The outcome holds how far each tenant's chain goes, for the next time; of one with
    problems, how far it went before it had them.
    """
    seen = selectors.witnessed()
    heads = dict(seen.heads) if seen else {}
    chains = sorted({*selectors.chains(), *heads})
    found, first = 0, []
    for chain in chains:
        with transaction.atomic():
            head = selectors.head_of(chain)
            before = found
            for problem in selectors.problems_of(chain, seen):
                _tell(problem)
                found += 1
                if found <= MOST_NAMED:
                    first.append(problem)
        if head and found == before and chain != PLATFORM:
            heads[chain] = head
    with transaction.atomic():
        record(
            action="audit.ledger.broken" if found else "audit.ledger.verified",
            by=SYSTEM,
            subject="ledger",
            tenant_id=None,
            now=now,
            detail={
                "chains": len(chains),
                "problems": found,
                "first": [str(problem) for problem in first],
                "heads": witness.written(heads),
            },
        )
    return first


def _tell(problem: Problem) -> None:
    logger.error("ledger.broken", extra={"fields": {"problem": str(problem)}})


def _announce(event: ConfigurationRevised) -> None:
    configuration_revised.send_robust(sender=Revision, event=event)


def _check_in_transaction(action: str) -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(
            f"audit.record({action!r}) called outside transaction.atomic()"
        )


def _locked_chain(chain_id: UUID) -> Chain:
    heads = Chain.objects.select_for_update().filter(pk=chain_id)
    head = heads.first()
    if head is None:
        # Of many that open one chain at once, one inserts and the others wait for it;
        # should it roll back, the next in line inserts.
        Chain.objects.bulk_create([Chain(id=chain_id)], ignore_conflicts=True)
        head = heads.get()
    return head


def _next_revision() -> ConfigurationRevised:
    revision = Revision.objects.filter(pk=Revision.ONLY)
    if not revision.update(number=F("number") + 1):
        Revision.objects.bulk_create([Revision()], ignore_conflicts=True)
        revision.update(number=F("number") + 1)
    epoch, number = revision.values_list("epoch", "number").get()
    return ConfigurationRevised(epoch, number)


def _differences(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> dict[str, Any]:
    if before is None or after is None:
        sides = {"before": before, "after": after}
        return {side: facts for side, facts in sides.items() if facts is not None}
    absent = object()
    changed = [
        name
        for name in before.keys() | after.keys()
        if before.get(name, absent) != after.get(name, absent)
    ]
    return {
        "before": {name: before[name] for name in changed if name in before},
        "after": {name: after[name] for name in changed if name in after},
    }


def _fit(column: str, text: str) -> str:
    return storable(text, _WIDTHS[column])


def _plain(value: Any) -> Any:
    """Return the value as the ledger spells it; what has no spelling is left as it is."""
    match value:
        case Enum():
            return _plain(value.value)
        case str():
            return storable(value)
        case UUID() | Decimal():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case Mapping():
            return {_plain(name): _plain(item) for name, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in value]
        case _:
            return value
