"""Keeping what was started alive."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gateway_project.environment import BASE_DIR
from gateway_project.launch import children
from gateway_project.launch.errors import CannotStart
from gateway_project.launch.logs import LogFile

SETTLED_SECONDS = 60
LONGEST_PAUSE = 30.0
LOG_SECONDS = 5.0


class GaveUp(Exception):
    """Something the house cannot do without keeps ending."""


class Kept(Protocol):
    name: str
    process: subprocess.Popen[bytes] | None

    @property
    def log(self) -> LogFile | None: ...

    def start(self) -> None: ...
    def stop(self, *, hurried: Callable[[], bool]) -> None: ...
    def last_words(self) -> str: ...


class Program:
    """A Python process of ours: the web server, a worker, a management command."""

    def __init__(
        self,
        name: str,
        *words: str | Path,
        environment: Mapping[str, str],
        logs: Path | None,
        steps: Sequence[tuple[signal.Signals, float]],
        at_our_death: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Take the words after `python`; without `logs` it writes where we write."""
        self.name = name
        self.argv = [sys.executable, *words]
        self.environment = environment
        self.log = LogFile(logs / f"{name}.log") if logs else None
        self.steps = steps
        self.at_our_death = at_our_death
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self.log:
            with self.log.open() as output:
                self._start(output.fileno())
        else:
            self._start(None)

    def _start(self, output: int | None) -> None:
        self.process = children.start(
            self.argv,
            at_our_death=self.at_our_death,
            output=output,
            env=self.environment,
            cwd=BASE_DIR,
        )

    def run(self, *, hurried: Callable[[], bool] = lambda: False) -> int:
        """Start it and wait for its end; return its exit status.

        An exception that comes meanwhile ends it too, and so does `hurried`.
        """
        self.start()
        assert self.process
        try:
            while self.process.poll() is None and not hurried():
                time.sleep(0.02)
        finally:
            self.stop()
        return self.process.returncode

    def stop(self, *, hurried: Callable[[], bool] = lambda: False) -> None:
        if self.process:
            children.stop(self.process, *self.steps, hurried=hurried)

    def last_words(self) -> str:
        said = self.log.last_words(lines=8) if self.log else []
        if not self.log or not said:
            return ""
        return "\n".join(_shorten(line) for line in (*said, f"more in {self.log.path}"))


@dataclass
class Keeper:
    """Starts one thing again whenever it ends, each time after a longer pause.

    `vital` says after how many ends in a row the house gives up; None: never.
    """

    kept: Kept
    say: Callable[[str], None]
    vital: int | None = None
    started_at: float = 0.0
    ends: int = 0
    start_at: float | None = None
    logs_at: float = 0.0

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.kept.start()

    def look(self) -> None:
        """Notice an end, or start again when the pause is over; keep the log small.

        Raises `GaveUp`.
        """
        now = time.monotonic()
        if self.kept.log and now >= self.logs_at:
            self.logs_at = now + LOG_SECONDS
            self.kept.log.rotate()
        if self.start_at is None:
            process = self.kept.process
            if process and process.poll() is not None:
                self._note_end(f"ended with {_how(process.returncode)}", now)
        elif now >= self.start_at:
            self.start_at = None
            try:
                self.start()
            except CannotStart as error:
                self._note_end(f"does not start: {error}", now)

    def _note_end(self, what: str, now: float) -> None:
        if now - self.started_at > SETTLED_SECONDS:
            self.ends = 0
        self.ends += 1
        words = self.kept.last_words()
        self.say(f"{self.kept.name} {what}" + (f"\n{words}" if words else ""))
        if self.vital is not None and self.ends > self.vital:
            raise GaveUp(f"{self.kept.name} ended {self.ends} times in a row.")
        pause = min(LONGEST_PAUSE, 0.25 * 2**self.ends)
        self.say(f"{self.kept.name} starts again in {pause:g} s")
        self.start_at = now + pause


def _shorten(line: str) -> str:
    # A traceback in a JSON line has the reason at its end.
    return line if len(line) <= 300 else f"{line[:120]} … {line[-170:]}"


def _how(status: int) -> str:
    return f"status {status}" if status >= 0 else signal.Signals(-status).name
