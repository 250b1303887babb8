"""What the kernel knows about processes, for tests that must leave none behind."""

import time
from collections.abc import Iterable
from pathlib import Path


def is_running(pid: int) -> bool:
    """Tell whether it runs; one that has ended and waits to be collected does not."""
    try:
        return _stat(pid)[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def descendants(pid: int) -> set[int]:
    found = {pid}
    parents = {
        child: parent
        for child in (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))
        if (parent := _parent(child))
    }
    while (
        more := {child for child, parent in parents.items() if parent in found} - found
    ):
        found |= more
    return found - {pid}


def command_of(pid: int) -> bytes:
    """Return its command line; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def still_running(pids: Iterable[int], *, after: float) -> set[int]:
    """Return those that still run when so many seconds have passed; at once if none does."""
    deadline = time.monotonic() + after
    while (
        left := {pid for pid in pids if is_running(pid)}
    ) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def _parent(pid: int) -> int | None:
    try:
        return int(_stat(pid)[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def _stat(pid: int) -> list[str]:
    # The name in brackets may hold anything; the state and the parent follow the last bracket.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
