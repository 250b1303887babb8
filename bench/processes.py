"""What the kernel knows of processes: who belongs to whom, how much CPU time, where they run."""

import ctypes
import os
import time
from collections.abc import Iterable, Set
from dataclasses import dataclass
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Times:
    """CPU time in seconds; `system` is the kernel's part of it, known only to a tick."""

    total: float
    system: float


def children(pid: int) -> list[int]:
    """Return the processes that `pid` started and that still run."""
    return sorted(child for child, parent in _parents().items() if parent == pid)


def family(pid: int) -> list[int]:
    """Return `pid` and all that descend from it."""
    parents, found = _parents(), [pid]
    for member in found:
        found += [child for child, parent in parents.items() if parent == member]
    return found


def times_of(pids: Iterable[int]) -> Times:
    """Return what these processes have used so far, threads that ended included."""
    total = system = 0.0
    for pid in pids:
        total += time.clock_gettime(_clock_of(pid))
        system += int(_stat(pid)[12]) * TICK_S
    return Times(total, system)


def seconds_of_family(pid: int) -> float:
    """Return what a process and its descendants have used, ended ones included, to a tick."""
    fields = (_stat(member) for member in family(pid))
    return sum(sum(map(int, each[11:15])) for each in fields if each) * TICK_S


def busy_s(cpus: Set[int]) -> float:
    """Return for how long these processors have worked, for whomever."""
    busy = 0.0
    for line in Path("/proc/stat").read_text().splitlines():
        name, *fields = line.split()
        if name[:3] == "cpu" and name[3:].isdigit() and int(name[3:]) in cpus:
            user, nice, system, _idle, _iowait, irq, softirq, steal = map(
                int, fields[:8]
            )
            busy += user + nice + system + irq + softirq + steal
    return busy * TICK_S


def pin(pids: Iterable[int], cpus: Set[int]) -> None:
    """Keep every thread of these processes, and all they will start, on these processors."""
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), cpus)


def _clock_of(pid: int) -> int:
    # A process's own clock counts in nanoseconds, where /proc/PID/stat counts in ticks of
    # ten milliseconds, too coarse for a second of single calls.
    clock = ctypes.c_int()
    if _libc.clock_getcpuclockid(pid, ctypes.byref(clock)):
        raise ProcessLookupError(f"process {pid} is gone")
    return clock.value


def _parents() -> dict[int, int]:
    pids = (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))
    return {pid: int(stat[1]) for pid in pids if (stat := _stat(pid))}


def _stat(pid: int) -> list[str]:
    """Return the fields that follow the name; empty when the process is gone."""
    try:
        # The name in brackets may hold anything, brackets and blanks too.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
