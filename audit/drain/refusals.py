"""Refusals become ledger entries: one for each key, reason and minute, with a count."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import reduce
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

from audit import services
from audit.chain import PLATFORM
from audit.drain.copying import moment
from audit.models import RefusalTally
from audit.storable import storable
from audit.types import POLICY_STATUSES, Actor, CallRecord, Refusals

# Of one reason in one minute, so many keys get an entry of their own. Made-up keys are
# free; without a ceiling they would let a stranger fill a ledger that is never emptied.
MOST_SUBJECTS = 50

_WIDTHS = {field.name: field.max_length for field in RefusalTally._meta.concrete_fields}


class Tally(NamedTuple):
    """The columns of `RefusalTally`, in their order."""

    chain: UUID
    code: str
    subject: str
    minute: datetime
    times: int
    first_at: datetime
    last_at: datetime
    client_ip: str


def check(refusals: Refusals) -> None:
    """Raises `OverflowError` for refusals at no time there is."""
    _tally(refusals)


def tallies_of(records: Iterable[CallRecord | Refusals]) -> list[Tally]:
    """Count what policy refused, in the order in which the rows are to be locked."""
    sums: dict[tuple[UUID, str, str, datetime], Tally] = {}
    for refusals in _refused(records):
        tally = _tally(refusals)
        sums[tally[:4]] = _sum(sums.get(tally[:4]), tally)
    return [sums[key] for key in sorted(sums)]


def add(tallies: Sequence[Tally]) -> None:
    """Count the tallies in, in the caller's transaction."""
    if not tallies:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO audit_refusaltally AS t"
            " (chain, code, subject, minute, times, first_at, last_at, client_ip)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (chain, code, subject, minute) DO UPDATE SET"
            " times = t.times + excluded.times,"
            " first_at = least(t.first_at, excluded.first_at),"
            " last_at = greatest(t.last_at, excluded.last_at),"
            " client_ip = excluded.client_ip",
            tallies,
        )


def settle(*, before: datetime, now: datetime) -> int:
    """Turn the tallies of minutes that began before `before` into entries; return how many."""
    due = RefusalTally.objects.filter(minute__lt=before)
    chains = due.values_list("chain", flat=True).distinct()
    return sum(_settle_chain(chain, before=before, now=now) for chain in chains)


def _refused(records: Iterable[CallRecord | Refusals]) -> Iterator[Refusals]:
    for record in records:
        if isinstance(record, Refusals):
            yield record
        elif _is_refused_by_policy(record):
            yield Refusals(
                code=record.error,
                subject=record.key_public_id,
                tenant_id=record.tenant_id,
                client_ip=record.client_ip,
                count=1,
                first_at_us=record.started_at_us,
                last_at_us=record.started_at_us,
            )


def _is_refused_by_policy(call: CallRecord) -> bool:
    # A provider's 429 gives the month's charge back, too; it is no limit of ours.
    return (
        call.status in POLICY_STATUSES
        and not call.admitted
        and not call.was_sent_upstream
    )


def _tally(refusals: Refusals) -> Tally:
    last_at = moment(refusals.last_at_us)
    return Tally(
        chain=refusals.tenant_id or PLATFORM,
        code=storable(refusals.code, _WIDTHS["code"]),
        subject=storable(refusals.subject, _WIDTHS["subject"]),
        minute=last_at.replace(second=0, microsecond=0),
        times=refusals.count,
        first_at=moment(refusals.first_at_us),
        last_at=last_at,
        client_ip=storable(refusals.client_ip, _WIDTHS["client_ip"]),
    )


def _sum(one: Tally | None, other: Tally) -> Tally:
    if one is None:
        return other
    return other._replace(
        times=one.times + other.times,
        first_at=min(one.first_at, other.first_at),
        last_at=max(one.last_at, other.last_at),
    )


@transaction.atomic
def _settle_chain(chain: UUID, *, before: datetime, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM audit_refusaltally WHERE chain = %s AND minute < %s"
            f" RETURNING {', '.join(Tally._fields)}",
            [chain, before],
        )
        tallies = [Tally._make(each) for each in cursor.fetchall()]
    tallies.sort(key=lambda tally: (tally.minute, tally.code, -tally.times))
    entries = 0
    for _, group in groupby(tallies, key=lambda tally: (tally.minute, tally.code)):
        of_one_reason = list(group)
        for tally in of_one_reason[:MOST_SUBJECTS]:
            _record([tally], now=now)
        if rest := of_one_reason[MOST_SUBJECTS:]:
            _record(rest, now=now)
        entries += min(len(of_one_reason), MOST_SUBJECTS + 1)
    return entries


def _record(tallies: Sequence[Tally], *, now: datetime) -> None:
    whole = reduce(_sum, tallies)
    who = f"apikey:{whole.subject}" if whole.subject else "anonymous"
    if len(tallies) > 1:
        who = f"{len(tallies)} keys"
    services.record(
        action=f"gateway.call.refused.{whole.code}",
        by=Actor(who, ip=whole.client_ip),
        subject=who,
        tenant_id=None if whole.chain == PLATFORM else whole.chain,
        now=now,
        detail={
            "code": whole.code,
            "count": whole.times,
            "first_at": whole.first_at,
            "last_at": whole.last_at,
        },
    )
