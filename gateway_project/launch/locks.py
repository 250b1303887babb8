import contextlib
import fcntl
import os
import signal
import time
from pathlib import Path

from gateway_project.launch.errors import CannotStart


class Lock:
    """A file lock that a child process inherits and holds for as long as it lives.

    It answers "does an engine of an earlier run still use this folder?" without trusting
    a process id in a file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fd = -1

    def try_to_take(self) -> bool:
        if self.fd < 0:
            self.fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def take(self, *, patience: float, nudge: signal.Signals) -> None:
        """Take the lock, asking the process that still holds it to end.

        Raises `CannotStart` when it does not end in time.
        """
        if self.try_to_take():
            return
        holder = self.holder()
        if holder:
            # When it is gone, its children hold the lock and will see so themselves.
            with contextlib.suppress(ProcessLookupError):
                os.kill(holder, nudge)
        deadline = time.monotonic() + patience
        while not self.try_to_take():
            if time.monotonic() > deadline:
                self.release()
                raise CannotStart(
                    f"process {holder} of an earlier run still holds {self.path} "
                    "and does not end."
                )
            time.sleep(0.02)

    def name_holder(self, pid: int | None) -> None:
        os.ftruncate(self.fd, 0)
        os.pwrite(self.fd, f"{pid or ''}".encode(), 0)

    def holder(self) -> int | None:
        written = os.pread(self.fd, 32, 0).strip()
        return int(written) if written.isdigit() else None

    def release(self) -> None:
        """Close our handle; a child that inherited the lock keeps it."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
