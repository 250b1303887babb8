"""The whole product, started as its users start it, for the tests that drive it from outside."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[1]
MANAGE = [sys.executable, str(ROOT / "manage.py")]
_OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "SPOOL_DIR")


@dataclass
class House:
    var: Path
    port: int
    environment: dict[str, str]
    process: subprocess.Popen

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def first_run(self) -> dict[str, str]:
        return json.loads((self.var / "first-run.json").read_text())

    @property
    def key(self) -> str:
        return self.first_run["api_key"]

    def manage(self, *words: str, given: str | None = None) -> str:
        """Run a command as an operator in another terminal would; return what it prints."""
        done = subprocess.run(
            [*MANAGE, *words],
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if done.returncode:
            raise AssertionError(f"{words} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def issue_key(self, *options: str) -> str:
        words = ("--tenant", "demo", "--name", "test")
        return self.manage("issue_key", *words, *options).strip()

    def ask(self, key: str, **changes: object) -> requests.Response:
        body = {"model": "mock-gpt-4", "messages": [{"role": "user", "content": "hi"}]}
        return requests.post(
            f"{self.url}/v1/chat/completions",
            json={**body, **changes},
            headers={"Authorization": f"Bearer {key}"},
            timeout=30,
        )

    def console(self) -> "Console":
        return Console(self)

    def sql(self, query: str) -> list[list]:
        """Return the rows of a query against the product's database."""
        script = (
            "import json\nfrom django.db import connection\n"
            "with connection.cursor() as c:\n"
            f"    c.execute({query!r})\n"
            "    while c.cursor.nextset(): pass\n"
            "    print(json.dumps(c.fetchall(), default=str))\n"
        )
        return json.loads(self.manage("shell", "--no-imports", "-c", script))

    def drained(self) -> None:
        """Wait until the drainer has taken everything that is in the spool now."""
        waiting = {
            file.name: file.stat().st_size
            for file in (self.var / "spool").glob("*.jsonl")
        }
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            marks = dict(self.sql('SELECT name, "offset" FROM audit_spoolmark'))
            # A file that is gone was drained to its end.
            if all(
                marks.get(name, 0) >= size or not (self.var / "spool" / name).exists()
                for name, size in waiting.items()
            ):
                return
            time.sleep(0.3)
        raise AssertionError("the spool was not drained in time")


class Console:
    """An operator's browser, as far as forms go."""

    def __init__(self, house: House) -> None:
        self._url = house.url
        self.session = requests.Session()
        facts = house.first_run
        self.post(
            "/admin/login/",
            username=facts["operator"],
            password=facts["password"],
            next="/admin/",
        )

    def get(self, path: str) -> requests.Response:
        return self.session.get(self._url + path, timeout=30)

    def post(self, path: str, **fields: object) -> requests.Response:
        page = self.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, f"{path} has no form: {page.status_code}"
        return self.session.post(
            self._url + path,
            data={"csrfmiddlewaretoken": token[1], **fields},
            headers={"Referer": self._url + path},
            timeout=30,
        )


@contextlib.contextmanager
def running(var: Path, **settings: str) -> Iterator[House]:
    """Start `manage.py up` with its own engines and data; stop it at the end."""
    port = free_port()
    environment = {
        name: value for name, value in os.environ.items() if name not in _OURS
    }
    environment |= {"VAR_DIR": str(var), "PORT": str(port), **settings}
    log = (var.parent / f"{var.name}.log").open("w")
    process = subprocess.Popen(
        [*MANAGE, "up"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    house = House(var, port, environment, process)
    try:
        _wait_until_ready(house, Path(log.name))
        yield house
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        finally:
            process.kill()
            log.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(house: House, log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if house.process.poll() is not None:
            break
        if "ready after" in log.read_text():
            return
        time.sleep(0.1)
    raise AssertionError(f"it did not start:\n{log.read_text()}")
