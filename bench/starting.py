"""Programs that run for the length of a bench and end with it."""

import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from bench import processes
from bench.errors import CannotMeasure
from gateway_project.environment import BASE_DIR
from gateway_project.launch import children

PATIENCE_S = 60.0


@dataclass(frozen=True)
class Places:
    """Where a run keeps its files, and which processors do what."""

    folder: Path
    serving: Set[int]
    others: Set[int]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Listener:
    """A program that listens on a port."""

    def __init__(
        self,
        *words: object,
        port: int,
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._words = [str(word) for word in words]
        self._port = port
        self._log = log
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, "it was not started"
        return self._process.pid

    def start(self, *, cpus: Set[int]) -> None:
        """Start it on these processors; return when it listens. Raises `CannotMeasure`."""
        with self._log.open("ab") as output:
            self._process = children.start(
                self._words,
                at_our_death=signal.SIGTERM,
                output=output,
                env=self._environment,
                cwd=BASE_DIR,
            )
        self._wait(self._process)
        processes.pin(processes.family(self.pid), cpus)

    def stop(self) -> None:
        if self._process is not None:
            children.stop(self._process, (signal.SIGTERM, 5))

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self._port), timeout=1).close()
                return
            if process.poll() is not None or time.monotonic() > deadline:
                said = self._log.read_text(errors="replace").strip()[-2000:]
                command = " ".join(self._words[:3])
                raise CannotMeasure(f"`{command} …` does not listen.\n{said}")
            time.sleep(0.02)
