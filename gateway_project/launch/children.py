"""Child processes that never outlive us."""

import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from gateway_project.launch.errors import CannotStart
from gateway_project.launch.places import Owner

PR_SET_PDEATHSIG = 1
# Loaded here because a child between fork and exec must not import anything.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def start(
    argv: Sequence[str | Path],
    *,
    at_our_death: signal.Signals,
    output: IO[bytes] | int,
    owner: Owner | None = None,
    env: Mapping[str, str] | None = None,
    keep_open: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that a Ctrl-C reaches only us.

    On Linux the kernel sends it `at_our_death` when the thread that called this ends,
    however it ends; call it from the main thread.
    """
    return subprocess.Popen(
        [str(word) for word in argv],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=env,
        pass_fds=keep_open,
        start_new_session=True,
        user=owner and owner.uid,
        group=owner and owner.gid,
        extra_groups=[] if owner else None,
        # Runs after the change of user, which would clear the request.
        preexec_fn=_follow(os.getpid(), at_our_death),
    )


def _follow(parent: int, at_our_death: signal.Signals) -> Callable[[], None]:
    def ask_the_kernel() -> None:
        if _libc:
            _libc.prctl(PR_SET_PDEATHSIG, int(at_our_death))
            if os.getppid() != parent:  # it died before we could ask
                os._exit(1)

    return ask_the_kernel


def stop(
    process: subprocess.Popen[bytes],
    first: signal.Signals,
    *,
    patience: float,
    then: signal.Signals = signal.SIGKILL,
) -> None:
    """Ask with `first`, wait, insist with `then`; return when the process has ended."""
    if process.poll() is None:
        process.send_signal(first)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.send_signal(then)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
    process.wait()


class Lock:
    """A file lock a child process inherits, so that it is held for as long as that child lives.

    It answers "does an engine of an earlier run still use this folder?" without trusting
    a process id in a file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fd = -1

    def take(self, *, patience: float, nudge: signal.Signals) -> None:
        """Take the lock, asking the process that still holds it to end.

        Raises `CannotStart` when it does not end in time.
        """
        self.fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + patience
        nudged = False
        while not self._is_free():
            if not nudged:
                self._nudge(nudge)
                nudged = True
            if time.monotonic() > deadline:
                holder = self._holder()
                self.release()
                raise CannotStart(
                    f"process {holder} of an earlier run still uses "
                    f"{self.path.with_suffix('')} and does not end."
                )
            time.sleep(0.02)

    def name_holder(self, pid: int) -> None:
        os.ftruncate(self.fd, 0)
        os.pwrite(self.fd, f"{pid}\n".encode(), 0)

    def release(self) -> None:
        """Close our handle; a child that inherited the lock keeps it."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def _is_free(self) -> bool:
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holder(self) -> int | None:
        written = os.pread(self.fd, 32, 0).strip()
        return int(written) if written.isdigit() else None

    def _nudge(self, how: signal.Signals) -> None:
        pid = self._holder()
        if pid:
            # When it is gone, its children hold the lock and will see so themselves.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
