"""What makes a ledger hard to edit quietly, and how an edit is found.

Each entry carries the hash of everything it says, the hash of the entry before it
included; the chain's head says how far the chain goes. Change, drop, swap or cut
anything and something no longer fits. What fits because the head was moved with it is
found by comparing with what was seen before: see `witness.py`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from audit.canonical import NotCanonical, digest

# The chain of what concerns no tenant, or all of them.
PLATFORM = UUID(int=0)
# What the first entry of a chain names as the one before it.
GENESIS = "0" * 64
# Looking for the place an altered entry came from is quadratic.
MAX_SUSPECTS = 200


class Link(NamedTuple):
    """One entry, as its chain sees it. Everything but `hash` goes into the hash."""

    id: UUID
    chain: UUID
    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    tenant_id: UUID | None
    ip: str
    user_agent: str
    detail: dict[str, object]
    prev_hash: str
    hash: str = ""


class Head(NamedTuple):
    """How far a chain goes, kept beside it: without it a cut tail would not show."""

    seq: int
    hash: str


class Kind(StrEnum):
    EDITED = "edited"
    MISSING = "missing"
    REORDERED = "reordered"
    UNLINKED = "unlinked"
    TRUNCATED = "truncated"
    BEYOND_HEAD = "beyond head"
    HEAD_MISMATCH = "head mismatch"
    GONE = "gone"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a chain, and the entry it shows at."""

    kind: Kind
    chain: UUID
    seq: int
    entry_id: UUID | None
    text: str

    def __str__(self) -> str:
        entry = f"entry {self.seq}" + (f" ({self.entry_id})" if self.entry_id else "")
        return f"chain {name_of(self.chain)}: {entry}: {self.kind}: {self.text}"


def name_of(chain: UUID) -> str:
    return "platform" if chain == PLATFORM else str(chain)


def link_hash(link: Link) -> str:
    """Return what `link.hash` must be. Raises `NotCanonical`."""
    return digest(
        {
            "v": 1,
            "id": str(link.id),
            "chain": str(link.chain),
            "seq": link.seq,
            "at": link.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": link.actor,
            "action": link.action,
            "subject": link.subject,
            "tenant_id": link.tenant_id and str(link.tenant_id),
            "ip": link.ip,
            "user_agent": link.user_agent,
            "detail": link.detail,
            "prev_hash": link.prev_hash,
        }
    )


def sealed(link: Link) -> Link:
    """Return the link with its hash in place."""
    return link._replace(hash=link_hash(link))


def problems_in(
    chain: UUID, links: Iterable[Link], head: Head | None
) -> Iterator[Problem]:
    """Yield everything wrong with a chain whose entries come in the order of their `seq`.

    `head` is None when there is none. Nothing is kept of what has been read, but for
    the first few altered entries: those are named last, with the place they came from.
    """
    suspects: list[Link] = []
    last: Link | None = None
    doubtful = False
    for link in links:
        if head and link.seq > head.seq:
            yield _beyond(link, head)
            continue
        yield from _order(link, last)
        edited = not is_whole(link)
        if edited and len(suspects) < MAX_SUSPECTS:
            suspects.append(link)
        elif edited:
            yield _altered(link)
        elif not doubtful:
            yield from _junction(link, last)
        last, doubtful = link, edited
    yield from _places(suspects)
    yield from _ending(chain, last, doubtful, head)


def is_whole(link: Link, seq: int | None = None) -> bool:
    """Return whether the link says what it was hashed over, as the entry `seq` if given."""
    try:
        expected = link_hash(link if seq is None else link._replace(seq=seq))
    except NotCanonical:
        return False
    return expected == link.hash


def _order(link: Link, last: Link | None) -> Iterator[Problem]:
    expected = last.seq + 1 if last else 1
    if link.seq > expected:
        gone = link.seq - expected
        text = "is not there" if gone == 1 else f"to {link.seq - 1} are not there"
        yield Problem(Kind.MISSING, link.chain, expected, None, text)
    elif link.seq < expected:
        text = f"comes after entry {expected - 1}"
        yield Problem(Kind.REORDERED, link.chain, link.seq, link.id, text)


def _junction(link: Link, last: Link | None) -> Iterator[Problem]:
    """Compare an entry with the one before; across a gap there is nothing to compare."""
    if link.seq != (last.seq + 1 if last else 1):
        return
    if link.prev_hash != (last.hash if last else GENESIS):
        text = (
            f"does not continue entry {last.seq} ({last.id}): one of the two was rewritten"
            if last
            else "names an entry before it, but is the first"
        )
        yield Problem(Kind.UNLINKED, link.chain, link.seq, link.id, text)


def _places(suspects: list[Link]) -> Iterator[Problem]:
    """Tell an entry that was moved, and is whole in its old place, from one rewritten."""
    places = sorted({link.seq + step for link in suspects for step in (-1, 0, 1)})
    for link in suspects:
        home = next((seq for seq in places if is_whole(link, seq)), None)
        if home is None:
            yield _altered(link)
        else:
            text = f"was written as entry {home}"
            yield Problem(Kind.REORDERED, link.chain, link.seq, link.id, text)


def _altered(link: Link) -> Problem:
    text = "its contents do not match its hash"
    return Problem(Kind.EDITED, link.chain, link.seq, link.id, text)


def _beyond(link: Link, head: Head) -> Problem:
    text = f"the chain's head stands at entry {head.seq}"
    return Problem(Kind.BEYOND_HEAD, link.chain, link.seq, link.id, text)


def _ending(
    chain: UUID, last: Link | None, doubtful: bool, head: Head | None
) -> Iterator[Problem]:
    seq, last_id = (last.seq, last.id) if last else (0, None)
    if head is None:
        if last:
            text = "the chain's head is not there"
            yield Problem(Kind.HEAD_MISMATCH, chain, seq, last_id, text)
    elif head.seq > seq:
        text = f"the chain's head stands at entry {head.seq}; the entries after {seq} are not there"
        yield Problem(Kind.TRUNCATED, chain, head.seq, None, text)
    elif not doubtful and head.hash != (last.hash if last else GENESIS):
        text = "its hash is not the one the chain's head holds"
        yield Problem(Kind.HEAD_MISMATCH, chain, seq, last_id, text)
