"""The data folder of our own PostgreSQL, its passwords, its role and its database."""

import os
import secrets
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from gateway_project.launch import children, places
from gateway_project.launch.errors import CannotStart
from gateway_project.launch.logs import LogFile
from gateway_project.launch.places import Home

MAJOR = "18"
# The role and its database have the same name.
NAME = "gatehouse"
SUPERUSER = "postgres"


def passwords(var: Path, data: Path) -> dict[str, str]:
    """Return the password of each role, made on the first call.

    Raises `CannotStart` when there is data but its passwords are gone.
    """
    file = var / "postgres.env"
    if not file.exists():
        if data.exists():
            raise CannotStart(
                f"{file}, which holds the passwords of the database in {data}, is gone; "
                f"put it back, or remove {data} to begin anew."
            )
        made = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, NAME)}
        places.write_private(file, "".join(f"{k}={v}\n" for k, v in made.items()))
    lines = file.read_text().splitlines()
    return {role: word for role, _, word in (line.partition("=") for line in lines)}


def make_data(
    home: Home,
    data: Path,
    *,
    initdb: Path,
    password: str,
    careless: bool,
    log: LogFile,
    keep_open: Sequence[int],
) -> None:
    """Make the data folder whole or not at all.

    It is made beside and renamed, so that an interrupted first start leaves no half a
    database. `careless` leaves out the wait for the disk. Raises `CannotStart`.
    """
    unfinished = data.with_name(f"{data.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    places.make_folder(unfinished, 0o700, home.owner)
    secret = data.with_name(f"{data.name}.password")
    places.write_private(secret, password, home.owner)
    try:
        with log.open() as output:
            status = children.start(
                [
                    *(initdb, "-D", unfinished, "-U", SUPERUSER),
                    *("--auth=scram-sha-256", f"--pwfile={secret}"),
                    *("--encoding=UTF8", "--locale=C", "--no-instructions"),
                    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                    *(["--no-sync"] if careless else []),
                ],
                at_our_death=signal.SIGKILL,
                output=output,
                owner=home.owner,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                cwd=Path("/"),
                keep_open=keep_open,
            ).wait()
    finally:
        secret.unlink()
    if status:
        said = log.last_words(lines=20)
        errors = [line for line in said if "error" in line.lower()]
        raise CannotStart(
            "PostgreSQL could not make its data folder: "
            + (errors or said or [f"initdb ended with {status}"])[0]
        )
    unfinished.rename(data)


def check_version(data: Path) -> None:
    """Raise `CannotStart` unless this release's PostgreSQL can read the folder."""
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except OSError as error:
        raise CannotStart(
            f"{data} is not a PostgreSQL data folder that can be read ({error.strerror})."
        ) from None
    if found != MAJOR:
        raise CannotStart(
            f"{data} was made by PostgreSQL {found} and this release brings {MAJOR}; dump it "
            "with the release that made it and restore it into an empty VAR_DIR."
        )


def make_database(superuser_url: str, password: str) -> None:
    """Make the role and its database where they are missing.

    The role is no superuser: the house must not get used to doing more than an outside
    database would let it.
    """
    name = sql.Identifier(NAME)
    with psycopg.connect(superuser_url, autocommit=True) as server:
        found = server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME])
        if not found.fetchone():
            server.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                    name, sql.Literal(password)
                )
            )
        found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
        if not found.fetchone():
            server.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(name))
