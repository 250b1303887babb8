"""Reads out of the database for the data plane's event loop, each in a thread of its own pool."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection, transaction

from audit import selectors as audit
from gateway_project.dataplane.limits.valkey import ValkeyUnavailable
from gateway_project.dataplane.snapshot import Snapshot, SnapshotUnavailable
from providers import selectors as providers
from providers import snapshot as providers_snapshot
from tenants import snapshot as tenants_snapshot

T = TypeVar("T")

# Two threads, so one slow count does not keep a new configuration waiting.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="snapshot")


async def load() -> Snapshot:
    """Return the configuration as of now. Raises `SnapshotUnavailable`."""
    try:
        return await _in_thread(_load)
    except DatabaseError as error:
        raise SnapshotUnavailable(str(error)) from error


async def count_calls(level: str, subject: UUID, now: datetime) -> int:
    """Return the calls admitted since the month began. Raises `ValkeyUnavailable`.

    Its caller needs the number to restore a counter; without it there is no counter.
    """

    def count() -> int:
        if level == "key":
            return audit.calls_this_month(key_id=subject, now=now)
        return audit.calls_this_month(tenant_id=subject, now=now)

    try:
        return await _in_thread(count)
    except DatabaseError as error:
        raise ValkeyUnavailable(f"the {level}'s month is unknown: {error}") from error


def _load() -> Snapshot:
    with transaction.atomic():
        # One moment for all tables: the revision must not be newer than what it labels.
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return Snapshot(
            revision=audit.current_revision(),
            callers=tenants_snapshot.callers(),
            models=providers_snapshot.models(providers.key_ring()),
        )


async def _in_thread(read: Callable[[], T]) -> T:
    def fresh() -> T:
        # A connection that died with its server must not be met twice.
        close_old_connections()
        try:
            return read()
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_threads, fresh)
