"""What a verification writes down of every chain, and what that gives away later.

A chain that was cut and had its head moved back fits in itself, and one dropped with its
head leaves nothing to look at. So each outcome in the platform's chain holds how far every
tenant's chain went; the platform's own links already hold how far it went itself.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from audit.chain import Head, Kind, Problem


class Witness(NamedTuple):
    """What each chain's head was, and when that was written down."""

    at: datetime
    heads: Mapping[UUID, Head]


class Standing(NamedTuple):
    """What is there of one chain now; `entry` is the one at the place witnessed."""

    last_seq: int
    head: Head | None
    entry: tuple[UUID, str] | None


def written(heads: Mapping[UUID, Head]) -> list[list[str | int]]:
    """Spell the heads for an outcome's detail."""
    return [[str(chain), *heads[chain]] for chain in sorted(heads)]


def read(rows: Any) -> dict[UUID, Head]:
    """Return the heads `written` into a detail."""
    return {UUID(chain): Head(seq, hash) for chain, seq, hash in rows}


def contradictions(
    chain: UUID, witnessed: Head, at: datetime, now: Standing
) -> Iterator[Problem]:
    """Yield what was witnessed and is no more, unless the chain by itself gives it away."""
    when = f"when the ledger was verified at {at.isoformat(timespec='seconds')}"
    seq = witnessed.seq
    if now.head is None and not now.last_seq:
        text = f"was there {when}; of the chain nothing is left"
        yield Problem(Kind.GONE, chain, seq, None, text)
    elif max(now.last_seq, now.head.seq if now.head else 0) < seq:
        text = f"was there {when}; the chain now ends at entry {now.last_seq}"
        yield Problem(Kind.TRUNCATED, chain, seq, None, text)
    elif now.entry and now.entry[1] != witnessed.hash:
        text = f"its hash was another {when}"
        yield Problem(Kind.REWRITTEN, chain, seq, now.entry[0], text)
