import os
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
        if self.path.exists() and self.path.stat().st_size > BIGGEST:
            os.replace(self.path, self.path.with_suffix(".log.1"))
        log = self.path.open("ab")
        self._from = log.tell()
        return log

    def last_words(self, *, lines: int) -> list[str]:
        """Return the last lines that this run wrote."""
        with self.path.open("rb") as log:
            log.seek(0, os.SEEK_END)
            log.seek(max(self._from, log.tell() - 20_000))
            return log.read().decode(errors="replace").splitlines()[-lines:]
