import os
import subprocess
import sys

import pytest

from bench import processes

SPIN = """
import time
while time.process_time() < 0.3:
    pass
print("spun", flush=True)
input()
"""
PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {SPIN!r}], stdin=sys.stdin)
child.wait()
print("waited", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def start():
    started = []

    def run(code: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        with process:
            process.kill()


def test_cpu_time_is_counted_finer_than_a_tick(start):
    process = start(SPIN)
    process.stdout.readline()

    used = processes.times_of([process.pid]).total

    assert 0.3 <= used < 0.6
    assert used % processes.TICK_S != 0


def test_a_family_keeps_the_time_of_children_that_ended(start):
    process = start(PARENT)
    assert process.stdout.readline() == "spun\n"
    alive = processes.family(process.pid)
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline() == "waited\n"

    assert len(alive) == 2
    assert processes.children(process.pid) == []
    assert processes.seconds_of_family(process.pid) >= 0.3


def test_a_pinned_process_runs_where_it_is_told(start):
    process = start(SPIN)
    only = {max(os.sched_getaffinity(0))}

    processes.pin([process.pid], only)

    assert os.sched_getaffinity(process.pid) == only


def test_a_process_that_is_gone_is_not_counted_as_idle(start):
    process = start("pass")
    process.wait()

    with pytest.raises(ProcessLookupError, match=str(process.pid)):
        processes.times_of([process.pid])
