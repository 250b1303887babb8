"""Real engines for the tests, started before Django's settings are read.

The first process of a run starts a throwaway PostgreSQL and Valkey; the xdist workers inherit
their addresses. `TEST_DATABASE_URL` and `TEST_REDIS_URL` name outside servers instead; that
database role must be allowed to make databases.
"""

import base64
import os
import re
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from gateway_project.launch import places
from gateway_project.launch.postgres import Postgres
from gateway_project.launch.valkey import Valkey

# Data that is thrown away need not survive a power cut.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# One for each xdist worker, and one for a run without.
DATABASES = 64


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config,
) -> Generator[None, None, None]:
    """Run around pytest-django's hook of this name, which reads the settings."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        _take_a_corner(worker)
    else:
        _start(early_config)
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let tests reach an outside Valkey, and nothing else; PostgreSQL is not reached by Python's sockets."""
    # Before pytest-socket reads the option.
    host = urlsplit(os.environ["REDIS_URL"]).hostname
    if host:
        config.option.allow_hosts = host


def with_database(url: str, number: int) -> str:
    """Return the same Valkey with another of its databases."""
    if url.startswith("unix:"):
        return re.sub(r"\?db=\d+$", "", url) + f"?db={number}"
    return urlsplit(url)._replace(path=f"/{number}").geturl()


def _start(config: pytest.Config) -> None:
    # A terminated run must stop its engines and remove its folder as an interrupted one does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    # Started in the background, as by a CI runner, we ignore interrupts, and all that the
    # tests start would too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    folder.chmod(0o711)  # as root the engines are another user
    home = places.find_home(folder)
    places.make(home)
    os.environ.update(
        DATABASE_URL=os.environ.get("TEST_DATABASE_URL") or _postgres(config, home),
        REDIS_URL=os.environ.get("TEST_REDIS_URL") or _valkey(config, home),
        SECRET_KEY=secrets.token_urlsafe(50),
        ENCRYPTION_KEYS=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        VAR_DIR=str(folder),
    )


def _postgres(config: pytest.Config, home: places.Home) -> str:
    postgres = Postgres(home, settings=CARELESS)
    config.add_cleanup(postgres.stop)
    postgres.start()
    with psycopg.connect(postgres.superuser_url, autocommit=True) as server:
        server.execute("ALTER ROLE gatehouse CREATEDB")
    return postgres.url


def _valkey(config: pytest.Config, home: places.Home) -> str:
    valkey = Valkey(home, databases=DATABASES)
    config.add_cleanup(valkey.stop)
    valkey.start()
    return valkey.url


def _take_a_corner(worker: str) -> None:
    """Give an xdist worker a Valkey database and a folder of its own."""
    number = int(worker.removeprefix("gw")) + 1
    os.environ["REDIS_URL"] = with_database(os.environ["REDIS_URL"], number)
    folder = Path(os.environ["VAR_DIR"]) / worker
    folder.mkdir(mode=0o711)
    os.environ["VAR_DIR"] = str(folder)
