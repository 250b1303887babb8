import contextlib
import os
import shutil
from pathlib import Path
from typing import IO

from gateway_project.launch import places

BIGGEST = 10 * 2**20


class LogFile:
    """Where a child writes; one older file is kept beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._from = 0

    def open(self) -> IO[bytes]:
        """Open for appending, having put a big one aside, and note where this run begins."""
        places.make_folder(self.path.parent, 0o700)
        self.rotate()
        log = self.path.open("ab")
        self._from = log.tell()
        return log

    def rotate(self) -> None:
        """Put what is in a big file aside and empty it, also while a child writes.

        The child appends, so it goes on at the beginning.
        """
        if not self.path.exists() or self.path.stat().st_size <= BIGGEST:
            return
        # On a full disk the old lines are what there is least need of.
        with contextlib.suppress(OSError):
            shutil.copyfile(self.path, self.path.with_suffix(".log.1"))
        os.truncate(self.path, 0)
        self._from = 0

    def last_words(self, *, lines: int) -> list[str]:
        """Return the last lines that this run wrote."""
        with self.path.open("rb") as log:
            log.seek(0, os.SEEK_END)
            log.seek(max(self._from, log.tell() - 20_000))
            return log.read().decode(errors="replace").splitlines()[-lines:]
