"""Child processes that never outlive us."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from gateway_project.launch.places import Owner

PR_SET_PDEATHSIG = 1
# Loaded here because a child between fork and exec must not import anything.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def start(
    argv: Sequence[str | Path],
    *,
    at_our_death: signal.Signals,
    output: IO[bytes] | int | None,
    owner: Owner | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
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
        cwd=cwd,
        pass_fds=keep_open,
        start_new_session=True,
        user=owner.uid if owner else None,
        group=owner.gid if owner else None,
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
    *steps: tuple[signal.Signals, float],
    hurried: Callable[[], bool] = lambda: False,
) -> None:
    """Send each signal and wait so many seconds for the end.

    When all were in vain, kill it with its own children. As soon as `hurried` says so, only the last step counts.
    """
    for how, patience in steps:
        is_last = (how, patience) == steps[-1]
        if hurried() and not is_last:
            continue
        if process.poll() is None:
            process.send_signal(how)
        deadline = time.monotonic() + patience
        while process.poll() is None and time.monotonic() < deadline:
            if hurried() and not is_last:
                break
            time.sleep(0.01)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
