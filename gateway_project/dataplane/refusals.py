"""Callers turned away at the door, counted rather than written one by one.

They have no tenant to charge, so each one written down would let a stranger fill the disk.
"""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from audit.spool import SpoolWriter
from audit.types import Refusals

_MOST_KINDS = 1000


class RefusalTally:
    def __init__(self, spool: SpoolWriter, clock: Callable[[], float]) -> None:
        self._spool = spool
        self._clock = clock
        self._counts: dict[tuple[str, str, str], Refusals] = {}

    def add(
        self, *, code: str, subject: str, tenant_id: UUID | None, client_ip: str
    ) -> None:
        """Count one refusal; `subject` is the public id of the key presented, or empty."""
        now = int(self._clock() * 1e6)
        kind = (code, subject, client_ip)
        if kind not in self._counts and len(self._counts) >= _MOST_KINDS:
            # A flood from many addresses with many made-up keys is one line.
            kind, subject, tenant_id, client_ip = (code, "", ""), "", None, ""
        known = self._counts.get(kind)
        if known is None:
            known = Refusals(code, subject, tenant_id, client_ip, 0, now, now)
        self._counts[kind] = replace(known, count=known.count + 1, last_at_us=now)

    def flush(self) -> None:
        """Write what was counted since the last time into the spool."""
        counts, self._counts = self._counts, {}
        for refusals in counts.values():
            self._spool.append(refusals)
