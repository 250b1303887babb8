"""Reading what is written down."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain as joined
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery

from audit.chain import Head, Link, Problem, problems_in
from audit.models import CallRecord, Chain, Entry, Revision

# Rows fetched from the server-side cursor at a time.
CHUNK = 5000


def current_revision() -> str:
    """Return which configuration is in force, as "epoch:number"; the first asked makes the row."""
    row = Revision.objects.filter(pk=Revision.ONLY).first()
    if row is None:
        Revision.objects.bulk_create([Revision()], ignore_conflicts=True)
        row = Revision.objects.get(pk=Revision.ONLY)
    return str(row)


def calls_this_month(
    *, now: datetime, tenant_id: UUID | None = None, key_id: UUID | None = None
) -> int:
    """Count the admitted calls of a tenant, or of a key, since the month began in UTC."""
    match tenant_id, key_id:
        case UUID(), None:
            whose = Q(tenant_id=tenant_id)
        case None, UUID():
            whose = Q(key_id=key_id)
        case _:
            raise TypeError("calls_this_month() takes a tenant_id or a key_id")
    began = now.astimezone(UTC).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    return CallRecord.objects.filter(
        whose, admitted=True, started_at__gte=began
    ).count()


def chains() -> list[UUID]:
    """Return every chain that has a head or an entry, the platform's first."""
    headless = Entry.objects.values_list("chain", flat=True).distinct()
    return sorted({*Chain.objects.values_list("id", flat=True), *headless})


def problems_of(chain: UUID) -> Iterator[Problem]:
    """Yield everything wrong with one chain, each naming the entry it shows at.

    Streams: inside a transaction it holds one chunk of entries, however long the chain.
    Entries written meanwhile are left for the next time.
    """
    place = Chain.objects.filter(pk=chain)
    seq_and_hash = place.values_list("seq", "head").first()
    head = Head(*seq_and_hash) if seq_and_hash else None
    entries = Entry.objects.filter(chain=chain).order_by("seq")
    written = entries.filter(seq__lte=head.seq) if head else entries
    # The head is read again in this very statement, so what is written meanwhile is
    # never taken for an entry beyond it.
    beyond = entries.filter(seq__gt=Subquery(place.values("seq")))
    yield from problems_in(chain, joined(_links(written), _links(beyond)), head)


def _links(entries: QuerySet[Entry]) -> Iterator[Link]:
    rows = entries.values_list(*Link._fields)
    return map(Link._make, rows.iterator(chunk_size=CHUNK))


def length_of(chain: UUID) -> int:
    """Return the number of the last entry written to a chain, according to its head."""
    return Chain.objects.filter(pk=chain).values_list("seq", flat=True).first() or 0
