"""A throwaway Gatehouse: real PostgreSQL and Valkey, migrated, with one key for the load.

It is what `manage.py up` starts, less what has no part in a call: Celery's worker and beat.
"""

import base64
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import psycopg

from bench import processes
from bench.answers import COMPLETION_TOKENS, PROMPT_TOKENS
from bench.errors import CannotMeasure
from bench.requests import model_of
from bench.starting import Listener, Places, free_port
from bench.ways import Way
from gateway_project.environment import BASE_DIR
from gateway_project.launch import places as homes
from gateway_project.launch.postgres import Postgres
from gateway_project.launch.supervision import Kept, Program
from gateway_project.launch.valkey import Valkey

MANAGE = BASE_DIR / "manage.py"
GUNICORN = ("-m", "gunicorn", "-c", BASE_DIR / "gateway_project/gunicorn.conf.py")
# The drainer looks every half second, and behind a burst it has tens of thousands to copy.
BOOKS_PATIENCE_S = 30.0
BOOKS = (
    "SELECT count(*) FROM audit_callrecord WHERE status = 200 AND model = ANY(%s)"
    " AND (prompt_tokens, completion_tokens, usage_estimated) = (%s, %s, false)"
)


class Gatehouse:
    name = "gatehouse"

    def __init__(
        self, places: Places, *, provider: int, workers: int, ways: Sequence[Way]
    ) -> None:
        self.port = free_port()
        self.api_key = ""
        self.ways = ways
        self._dialects = sorted({way.provider for way in ways})
        self._places = places
        self._provider = provider
        self._home = homes.find_home(places.folder)
        homes.make(self._home)
        self._postgres = Postgres(self._home)
        self._valkey = Valkey(self._home)
        self._settings = {"WEB_CONCURRENCY": str(workers), "PORT": str(self.port)}
        self._stack = ExitStack()

    def start(self) -> None:
        """Start everything; the web server alone gets the processors that serve."""
        for folder in (self._home.engines, self._home.sockets):
            # As root they may lie outside the folder of the run, which removes itself.
            self._stack.callback(shutil.rmtree, folder, ignore_errors=True)
        for engine in (self._postgres, self._valkey):
            self._stack.callback(engine.stop)
            engine.start()
        environment = self._environment()
        _run(environment, MANAGE, "migrate", "--no-input", "--verbosity=0")
        base_url = f"http://127.0.0.1:{self._provider}/v1"
        said = _run(environment, "-m", "bench.customer", base_url, *self._dialects)
        self.api_key = said.strip()
        self._start_programs(environment)
        self._books = self._stack.enter_context(
            psycopg.connect(self._postgres.url, autocommit=True)
        )

    def stop(self) -> None:
        self._stack.close()

    def workers(self) -> list[int]:
        return processes.children(self._web.pid)

    def beside(self) -> Mapping[str, float]:
        kept: dict[str, Kept] = {
            "valkey": self._valkey,
            "postgresql": self._postgres,
            "drain": self._drain,
        }
        return {
            name: processes.seconds_of_family(each.process.pid)
            for name, each in kept.items()
            if each.process is not None
        }

    def count_recorded(self, answered: int) -> int | None:
        deadline = time.monotonic() + BOOKS_PATIENCE_S
        while (found := self._count()) < answered and time.monotonic() < deadline:
            time.sleep(0.1)
        return found

    def _count(self) -> int:
        models = [model_of(dialect) for dialect in self._dialects]
        wanted = [models, PROMPT_TOKENS, COMPLETION_TOKENS]
        row = self._books.execute(BOOKS, wanted).fetchone()
        assert row is not None, "count(*) always answers"
        return int(row[0])

    def _environment(self) -> dict[str, str]:
        # Everything an `.env` beside the code might say otherwise: a bench must not touch
        # somebody's real database.
        folder = self._places.folder
        return {
            **os.environ,
            **self._settings,
            "HOST": "127.0.0.1",
            "VAR_DIR": str(folder),
            "SPOOL_DIR": str(folder / "spool"),
            "DATABASE_URL": self._postgres.url,
            "REDIS_URL": self._valkey.url,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ENCRYPTION_KEYS": base64.urlsafe_b64encode(
                secrets.token_bytes(32)
            ).decode(),
            "DEBUG": "false",
            "LOG_LEVEL": "INFO",
        }

    def _start_programs(self, environment: Mapping[str, str]) -> None:
        self._drain = Program(
            "drain",
            *(MANAGE, "drain"),
            environment=environment,
            logs=self._places.folder / "log",
            steps=((signal.SIGTERM, 10),),
        )
        self._stack.callback(self._drain.stop)
        self._drain.start()
        self._web = Listener(
            *(sys.executable, *GUNICORN, "gateway_project.asgi:application"),
            port=self.port,
            log=self._places.folder / "web.log",
            environment=environment,
        )
        self._stack.callback(self._web.stop)
        self._web.start(cpus=self._places.serving)


def _run(environment: Mapping[str, str], *words: Any) -> str:
    """Run a Python program to its end and return what it printed."""
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        env=environment,
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotMeasure(f"{words[:3]} did not succeed.\n{done.stderr[-2000:]}")
    return done.stdout
