import os
import signal
import time

import pytest

from gateway_project.launch import logs, supervision
from gateway_project.launch.supervision import GaveUp, Keeper, Program
from tests.processes import is_running

SLEEP = ("-c", "import time; time.sleep(60)")
STEPS = ((signal.SIGTERM, 5.0),)


@pytest.fixture
def said():
    return []


@pytest.fixture
def keep(tmp_path, said):
    kept = []

    def keep(*words, vital=None):
        program = Program(
            "it", *words, environment=os.environ, logs=tmp_path, steps=STEPS
        )
        kept.append(program)
        keeper = Keeper(program, say=said.append, vital=vital)
        keeper.start()
        return keeper

    yield keep
    for program in kept:
        program.stop()


def look_until(keeper, condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "nothing happened in 10 seconds"
        keeper.look()
        time.sleep(0.01)


def test_what_ends_is_started_again(keep, said):
    keeper = keep(*SLEEP)
    first = keeper.kept.process.pid

    os.kill(first, signal.SIGKILL)
    look_until(keeper, lambda: keeper.kept.process.pid != first)

    assert is_running(keeper.kept.process.pid)
    assert said == ["it ended with SIGKILL", "it starts again in 0.5 s"]


def test_the_pause_doubles_from_end_to_end(keep, said):
    keeper = keep("-c", "raise SystemExit(3)")

    look_until(keeper, lambda: keeper.ends == 3)

    assert [line for line in said if "again" in line] == [
        "it starts again in 0.5 s",
        "it starts again in 1 s",
        "it starts again in 2 s",
    ]


def test_the_last_words_are_shown(keep, said):
    keeper = keep("-c", "raise SystemExit('the disk is full')")

    look_until(keeper, lambda: keeper.ends)

    assert said[0].startswith("it ended with status 1\nthe disk is full\nmore in /")


def test_something_vital_that_keeps_ending_is_given_up(keep):
    keeper = keep("-c", "raise SystemExit(3)", vital=1)

    with pytest.raises(GaveUp, match=r"^it ended 2 times in a row"):
        look_until(keeper, lambda: False)


def test_stopping_insists_step_by_step(tmp_path):
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
    program = Program(
        "deaf",
        *("-c", deaf),
        environment=os.environ,
        logs=tmp_path,
        steps=((signal.SIGTERM, 0.2), (signal.SIGINT, 5.0)),
    )
    program.start()
    while "ready" not in program.last_words():
        time.sleep(0.01)

    program.stop()

    assert (
        program.process.returncode == 1 or program.process.returncode == -signal.SIGINT
    )


def test_in_a_hurry_only_the_last_step_counts(tmp_path):
    program = Program(
        "it",
        *SLEEP,
        environment=os.environ,
        logs=tmp_path,
        steps=((signal.SIGTERM, 60.0), (signal.SIGKILL, 5.0)),
    )
    program.start()

    program.stop(hurried=lambda: True)

    assert program.process.returncode == -signal.SIGKILL


def test_a_log_is_kept_small_while_its_program_runs(keep, tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "BIGGEST", 1000)
    monkeypatch.setattr(supervision, "LOG_SECONDS", 0.05)
    keeper = keep("-c", "import time\nwhile True: print('x' * 99, flush=True)")

    look_until(keeper, lambda: (tmp_path / "it.log.1").exists())

    assert keeper.ends == 0


def test_somebody_in_a_hurry_waits_for_no_command(tmp_path):
    program = Program("it", *SLEEP, environment=os.environ, logs=tmp_path, steps=STEPS)
    began = time.monotonic()

    status = program.run(hurried=lambda: time.monotonic() > began + 0.2)

    assert status == -signal.SIGTERM
    assert time.monotonic() - began < 5


def test_a_command_is_waited_for(tmp_path):
    words = ("-c", "import time; time.sleep(0.3); raise SystemExit(3)")
    program = Program("it", *words, environment=os.environ, logs=tmp_path, steps=STEPS)

    assert program.run() == 3
