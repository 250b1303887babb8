"""Everything the hot path knows, compiled from the database and swapped in whole."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from providers.types import ModelEntry
from tenants.types import Caller

from .errors import Unavailable
from .limits.limiter import Limiter
from .limits.valkey import ValkeyUnavailable

log = logging.getLogger("gatehouse.snapshot")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One consistent reading of the configuration. A request keeps the one it began with."""

    revision: str
    callers: Mapping[str, Caller]
    models: Mapping[str, ModelEntry]

    def models_for(self, caller: Caller) -> list[ModelEntry]:
        """Return what the caller may use, by name; the same rule that admits a call."""
        return [
            entry
            for name, entry in sorted(self.models.items())
            if entry.target is not None and caller.may_use(name)
        ]


class SnapshotUnavailable(Exception):
    """The database could not be read."""


# No store can hold it: a snapshot of this revision is outdated, whatever is announced.
_NONE = "?"

LoadSnapshot = Callable[[], Awaitable[Snapshot]]
"""Read the configuration. Raises `SnapshotUnavailable`."""


class SnapshotStore:
    """Holds the current snapshot of this worker and replaces it when it has moved on.

    The database is the record; the counter store only announces that it changed.
    """

    def __init__(self, load: LoadSnapshot, limiter: Limiter) -> None:
        self._load = load
        self._limiter = limiter
        self._loading: asyncio.Task[Snapshot] | None = None
        self.current = Snapshot(_NONE, {}, {})

    async def start(self) -> None:
        """Load the first snapshot. Raises `SnapshotUnavailable`."""
        self.current = await self._load()

    def distrust(self) -> None:
        """Make the next call load afresh: announcements may have been missed."""
        known = self.current
        self.current = Snapshot(_NONE, known.callers, known.models)

    async def catch_up(self, snapshot: Snapshot) -> bool:
        """Return whether `snapshot` is outdated, having loaded the one that replaces it.

        Raises `Unavailable`. A counter store that does not answer announces nothing.
        """
        if snapshot is not self.current:
            return True
        try:
            announced = await self._limiter.current_revision()
        except ValkeyUnavailable:
            return False
        if announced == snapshot.revision:
            return False
        await self.refresh(seen=announced)
        return True

    async def refresh(self, *, seen: str) -> None:
        """Load the configuration again, because revision `seen` is not ours.

        Raises `Unavailable` when the database cannot be read: serving on would mean
        acting on permissions that are known to have changed.
        """
        joined = self._loading is not None and not self._loading.done()
        try:
            # Shielded: many calls wait for one load, and one that hangs up must not end it.
            loaded = await asyncio.shield(self._load_once())
        except SnapshotUnavailable as error:
            log.error("snapshot.unavailable", extra={"fields": {"why": str(error)}})
            raise Unavailable(
                "The configuration changed and cannot be read at the moment.",
                retry_after_s=5,
            ) from error
        self.current = loaded
        # A load that was under way may have read the database before `seen` was
        # committed; announcing its older revision would undo the newer one's.
        if not joined and loaded.revision != seen:
            await self._adopt(seen, loaded.revision)

    async def reconcile(self) -> None:
        """Catch up with a change whose announcement was lost. Raises nothing."""
        try:
            # In this order: see `refresh`.
            seen = await self._limiter.current_revision()
            loaded = await self._load()
        except (SnapshotUnavailable, ValkeyUnavailable) as error:
            log.warning(
                "snapshot.not_reconciled", extra={"fields": {"why": str(error)}}
            )
            return
        if loaded.revision != self.current.revision:
            self.current = loaded
        if loaded.revision != seen:
            await self._adopt(seen, loaded.revision)

    def _load_once(self) -> "asyncio.Task[Snapshot]":
        if self._loading is None or self._loading.done():
            self._loading = asyncio.ensure_future(self._load())
        return self._loading

    async def _adopt(self, seen: str, loaded: str) -> None:
        try:
            await self._limiter.adopt_revision(seen=seen, loaded=loaded)
        except ValkeyUnavailable as error:
            log.warning("snapshot.not_adopted", extra={"fields": {"why": str(error)}})
