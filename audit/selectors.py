"""Reading what is written down."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain as joined
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet, Subquery

from audit import witness
from audit.chain import PLATFORM, Head, Link, Problem, is_whole, problems_in
from audit.models import CallRecord, Chain, Entry, Revision
from audit.witness import Standing, Witness

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


@transaction.atomic  # without one the cursor would hold every outcome there ever was
def witnessed() -> Witness | None:
    """Return what the last verification wrote down, None when there was none.

    An outcome that was edited is passed over: the verification of its chain names it.
    """
    outcomes = Entry.objects.filter(
        chain=PLATFORM,
        action__in=("audit.ledger.verified", "audit.ledger.broken"),
        detail__has_key="heads",
    ).order_by("-seq")
    rows = outcomes.values_list(*Link._fields)
    for link in map(Link._make, rows.iterator(chunk_size=1)):
        if is_whole(link):
            return Witness(link.at, witness.read(link.detail["heads"]))
    return None


def head_of(chain: UUID) -> Head | None:
    """Return how far a chain goes, None when it has no head."""
    row = Chain.objects.filter(pk=chain).values_list("seq", "head").first()
    return Head(*row) if row else None


def problems_of(chain: UUID, seen: Witness | None = None) -> Iterator[Problem]:
    """Yield everything wrong with one chain, each naming the entry it shows at.

    `seen` is what it is held against, besides itself.

    Streams: inside a transaction it holds one chunk of entries, however long the chain.
    Entries written meanwhile are left for the next time.
    """
    place = Chain.objects.filter(pk=chain)
    head = head_of(chain)
    entries = Entry.objects.filter(chain=chain).order_by("seq")
    written = entries.filter(seq__lte=head.seq) if head else entries
    # The head is read again in this very statement, so what is written meanwhile is
    # never taken for an entry beyond it.
    beyond = entries.filter(seq__gt=Subquery(place.values("seq")))
    yield from problems_in(chain, joined(_links(written), _links(beyond)), head)
    if seen and chain in seen.heads:
        yield from _contradictions(chain, seen.heads[chain], seen.at)


def _contradictions(chain: UUID, seen: Head, at: datetime) -> Iterator[Problem]:
    entries = Entry.objects.filter(chain=chain)
    entry = entries.filter(seq=seen.seq).values_list("id", "hash").first()
    if entry and entry[1] == seen.hash:
        return
    last = entries.order_by("-seq").values_list("seq", flat=True).first()
    now = Standing(last or 0, head_of(chain), entry)
    yield from witness.contradictions(chain, seen, at, now)


def _links(entries: QuerySet[Entry]) -> Iterator[Link]:
    rows = entries.values_list(*Link._fields)
    return map(Link._make, rows.iterator(chunk_size=CHUNK))
