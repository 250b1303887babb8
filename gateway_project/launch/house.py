"""The house: what runs, in which order it starts and in which it stops."""

import http.client
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from gateway_project.environment import BASE_DIR
from gateway_project.launch import outside, places
from gateway_project.launch.errors import CannotStart
from gateway_project.launch.plan import Plan, new_secret
from gateway_project.launch.postgres import Postgres
from gateway_project.launch.supervision import Keeper, Kept, Program
from gateway_project.launch.valkey import Valkey

Say = Callable[[str], None]
OUTSIDE_PATIENCE = 10.0
WEB_PATIENCE = 60.0
MANAGE = BASE_DIR / "manage.py"


class House:
    def __init__(self, plan: Plan, *, say: Say, verbose: bool) -> None:
        self.plan = plan
        self.say = say
        self.logs = None if verbose else plan.home.var / "log"
        self.keepers: dict[str, Keeper] = {}
        self.has_opened = False

    def open(self) -> None:
        """Start everything, in order; return when the web server answers.

        Raises `CannotStart`, with what was started until then still running.
        """
        self._make_secrets()
        self._start_engines()
        self._command("migrate", "--no-input", "--verbosity=0", doing="migrating")
        self._command("seed", doing="seeding")
        self._start_programs()
        self._wait_for_the_web()
        self.has_opened = True

    def watch(self) -> NoReturn:
        """Keep everything running until an exception ends it. Raises `GaveUp`."""
        while True:
            for keeper in self.keepers.values():
                keeper.look()
            time.sleep(0.2)

    def close(self, *, hurried: Callable[[], bool]) -> None:
        """Stop everything in the order that loses nothing.

        The web server finishes the answers it is giving; then the records of those are
        brought in; then what works in the background ends, and the engines last.
        """
        # A server that is still starting has no answers to finish, and its workers lose
        # the polite signal.
        self._stop("web", lambda: not self.has_opened or hurried())
        self._stop("drain", hurried)
        if self.has_opened and not hurried():
            self._manage("drain", "--once").run(hurried=hurried)
        for name in ("beat", "worker", Valkey.name, Postgres.name):
            self._stop(name, hurried)

    def _make_secrets(self) -> None:
        file = self.plan.home.var / "secrets.env"
        missing = self.plan.missing_secrets
        if missing:
            kept = file.read_text() if file.exists() else ""
            made = "".join(f"{name}={new_secret(name)}\n" for name in missing)
            places.write_private(file, kept + made)
            self.say(f"made {' and '.join(missing)}, kept in {file}")

    def _start_engines(self) -> None:
        plan = self.plan
        addresses: dict[str, str] = {}
        if plan.database_url:
            outside.check_postgres(
                plan.database_url,
                patience=OUTSIDE_PATIENCE,
                waiting=lambda: self.say("waiting for the server of DATABASE_URL"),
            )
        else:
            postgres = Postgres(plan.home)
            self._keep(postgres, vital=5)
            addresses["DATABASE_URL"] = postgres.url
        if plan.redis_url:
            outside.check_redis(
                plan.redis_url,
                patience=OUTSIDE_PATIENCE,
                waiting=lambda: self.say("waiting for the server of REDIS_URL"),
            )
        else:
            valkey = Valkey(plan.home)
            self._keep(valkey, vital=5)
            addresses["REDIS_URL"] = valkey.url
        # Our children read it, and so do commands in another terminal.
        places.write_private(
            plan.home.var / "servers.env",
            "".join(f"{name}={url}\n" for name, url in addresses.items()),
        )

    def _start_programs(self) -> None:
        drain = self.plan.drain_seconds
        celery = ("-m", "celery", "--app", "gateway_project", "--quiet")
        self._keep(
            self._program(
                "web",
                *(
                    "-m",
                    "gunicorn",
                    "-c",
                    BASE_DIR / "gateway_project/gunicorn.conf.py",
                ),
                "gateway_project.asgi:application",
                steps=((signal.SIGTERM, drain + 5), (signal.SIGQUIT, 5)),
                at_our_death=signal.SIGQUIT,
            ),
            vital=5,
        )
        self._keep(self._manage("drain"))
        self._keep(
            self._program(
                "worker",
                *(*celery, "worker", "--loglevel=INFO", "--pool=threads"),
                *("--concurrency=2", "--without-gossip", "--without-mingle"),
                steps=((signal.SIGTERM, drain), (signal.SIGQUIT, 5)),
                # Asked politely it may wait for ever for the broker, which died with us.
                # Its tasks are acknowledged late, so none is lost.
                at_our_death=signal.SIGKILL,
            )
        )
        self._keep(
            self._program(
                "beat",
                *(*celery, "beat", "--loglevel=INFO", "--pidfile="),
                f"--schedule={self.plan.home.var / 'beat-schedule'}",
                steps=((signal.SIGTERM, 5),),
            )
        )

    def _wait_for_the_web(self) -> None:
        address = urlsplit(self.plan.url)
        web = self.keepers["web"].kept
        deadline = time.monotonic() + WEB_PATIENCE
        while not _answers(address.hostname or "", self.plan.port):
            ended = web.process and web.process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise CannotStart(f"the web server does not start.\n{web.last_words()}")
            time.sleep(0.05)

    def _keep(self, kept: Kept, *, vital: int | None = None) -> None:
        self.say(f"starting {kept.name}")
        keeper = Keeper(kept, say=self.say, vital=vital)
        # Before it runs, so that an interruption now stops it as well.
        self.keepers[kept.name] = keeper
        keeper.start()

    def _stop(self, name: str, hurried: Callable[[], bool]) -> None:
        keeper = self.keepers.get(name)
        if keeper:
            keeper.kept.stop(hurried=hurried)

    def _command(self, name: str, *words: str, doing: str) -> None:
        self.say(doing)
        command = self._manage(name, *words)
        if command.run():
            raise CannotStart(
                f"`manage.py {name}` did not succeed.\n{command.last_words()}"
            )

    def _manage(self, name: str, *words: str) -> Program:
        return self._program(name, MANAGE, name, *words, steps=((signal.SIGTERM, 10),))

    def _program(
        self,
        name: str,
        *words: str | Path,
        steps: tuple[tuple[signal.Signals, float], ...],
        at_our_death: signal.Signals = signal.SIGTERM,
    ) -> Program:
        return Program(
            name,
            *words,
            environment=self.plan.environment,
            logs=self.logs,
            steps=steps,
            at_our_death=at_our_death,
        )


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/health")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
