import fcntl
import logging
import os
from collections.abc import Callable
from pathlib import Path

from audit.ids import uuid7
from audit.spool.lines import Record, encode

logger = logging.getLogger(__name__)


class SpoolWriter:
    """The one file this process appends its records to; made after the fork, closed at the end.

    `clock` tells unix time in seconds. Making one raises `OSError` if the folder cannot
    be written; nothing after that does.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], float],
        rotate_bytes: int = 64 * 2**20,
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._clock = clock
        self._rotate_bytes = rotate_bytes
        self._room = rotate_bytes
        self._unwritten = bytearray()
        self._fd = _open(folder, clock())

    @property
    def healthy(self) -> bool:
        """False while there are records that could not be written: take no more calls."""
        return not self._unwritten

    def append(self, record: Record) -> None:
        """Write the record, or keep it for `retry` if the disk will not have it."""
        line = encode(record)
        if self._unwritten:
            self._unwritten += line
            self.retry()
            return
        try:
            written = os.write(self._fd, line)
        except OSError as error:
            self._keep(line, error)
            return
        self._room -= written
        if written < len(line):
            self._unwritten += line[written:]
            self.retry()
        elif self._room <= 0:
            self._rotate()

    def retry(self) -> bool:
        """Write what is kept, as far as it goes, and tell whether all of it went."""
        try:
            while self._unwritten:
                written = os.write(self._fd, self._unwritten)
                self._room -= written
                del self._unwritten[:written]
        except OSError as error:
            self._keep(b"", error)
        return self.healthy

    def close(self) -> None:
        """Write what is left and give the file to whoever drains it."""
        if self._fd < 0:
            return
        if not self.retry():
            # The log is the last place left for them.
            lines = self._unwritten.decode(errors="replace").splitlines()
            logger.critical("spool.lost", extra={"fields": {"lines": lines}})
        os.close(self._fd)
        self._fd = -1

    def _keep(self, line: bytes, error: OSError) -> None:
        if self.healthy:
            fields = {"folder": str(self._folder), "error": str(error)}
            logger.error("spool.unwritable", extra={"fields": fields})
        self._unwritten += line

    def _rotate(self) -> None:
        self._room = self._rotate_bytes
        try:
            fresh = _open(self._folder, self._clock())
        except OSError as error:
            fields = {"folder": str(self._folder), "error": str(error)}
            logger.warning("spool.not_rotated", extra={"fields": fields})
            return
        os.close(self._fd)
        self._fd = fresh


def _open(folder: Path, now: float) -> int:
    path = folder / f"{os.getpid()}-{uuid7(int(now * 1000))}.jsonl"
    # Locked before it gets its name: a reader takes a file that is not locked for one
    # whose writer is dead, and removes it.
    unnamed = path.with_suffix(".new")
    fd = os.open(unnamed, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        unnamed.rename(path)
    except OSError:
        os.close(fd)
        raise
    return fd
