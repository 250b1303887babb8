import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from django.db import InterfaceError, OperationalError, connection

from audit.drain.files import AfterBatch, MarkMoved, drain_folder
from audit.drain.refusals import settle

logger = logging.getLogger(__name__)

PAUSE_S = 0.5
LONGEST_PAUSE_S = 5.0
# Workers hand in their refusals every few seconds.
GRACE = timedelta(seconds=10)
MINUTE = timedelta(minutes=1)

# What passes by itself. Anything else ends the drainer, and its supervisor starts it anew.
PASSING = (OperationalError, InterfaceError, OSError, MarkMoved)


class FolderTaken(Exception):
    """Another drainer is at work in the folder."""


@contextmanager
def sole_drainer(folder: Path) -> Iterator[None]:
    """Keep every other drainer out of the folder. Raises `FolderTaken`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "drain.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderTaken(f"another drainer is at work in {folder}") from None
        yield


def drain_all(folder: Path, *, now: datetime, after_batch: AfterBatch) -> None:
    """Copy everything there is, and settle every tally, the running minute's included.

    Raises the database's errors; what is not copied then waits in the spool.
    """
    while drain_folder(folder, after_batch=after_batch):
        pass
    settle(before=datetime.max.replace(tzinfo=UTC), now=now)


def drain_until(
    stop: Event, folder: Path, *, clock: Callable[[], datetime], after_batch: AfterBatch
) -> None:
    """Keep copying, every half second while little comes in, until `stop`; then all that is left.

    Waits for a database that is away, a little longer each time.
    """
    settled = clock()
    pause = PAUSE_S
    while not stop.is_set():
        try:
            more = drain_folder(folder, after_batch=after_batch)
            now = clock()
            if now - settled >= GRACE:
                settle(before=now - GRACE - MINUTE, now=now)
                settled = now
        except PASSING as trouble:
            pause = min(pause * 2, LONGEST_PAUSE_S)
            _give_up(trouble)
            stop.wait(pause)
            continue
        pause = PAUSE_S
        stop.wait(0 if more else pause)
    try:
        drain_all(folder, now=clock(), after_batch=after_batch)
    except PASSING as trouble:
        _give_up(trouble)


def _give_up(trouble: Exception) -> None:
    """Say so, and begin the next attempt on a new connection."""
    fields = {"trouble": f"{type(trouble).__name__}: {trouble}".strip()}
    logger.warning("drain.waits", extra={"fields": fields})
    connection.close()
