"""`manage.py up` as people use it: starting, refusing to start, stopping, being killed."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import requests

from tests.house import MANAGE, ROOT, free_port, running
from tests.processes import descendants, still_running

# Some start the whole product twice, on a machine that may be busy.
pytestmark = pytest.mark.timeout(300)
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can do this")
SMALL = {"WEB_CONCURRENCY": "1"}
OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "VAR_DIR", "PORT")


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="gatehouse-") as name:
        os.chmod(name, 0o711)
        yield Path(name)


@pytest.fixture(scope="module")
def first():
    """A first run, shared by the tests that leave it running."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-") as name:
        os.chmod(name, 0o711)
        with running(Path(name) / "var", **SMALL) as house:
            yield house


def said(house):
    return house.var.with_suffix(".log").read_text()


def manage(*words, **settings):
    """Run a command to its end with nothing but these settings."""
    inherited = {name: text for name, text in os.environ.items() if name not in OURS}
    return subprocess.run(
        [*MANAGE, *words],
        env=inherited | {name: str(value) for name, value in settings.items()},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def web_processes(house):
    commands = {}
    for pid in descendants(house.process.pid):
        with contextlib.suppress(FileNotFoundError):
            commands[pid] = Path(f"/proc/{pid}/cmdline").read_bytes()
    return {pid for pid, command in commands.items() if b"gunicorn" in command}


def test_a_first_run_says_what_a_newcomer_needs(first):
    facts = first.first_run

    assert set(facts) == {
        "url",
        "admin_url",
        "operator",
        "password",
        "tenant",
        "api_key",
    }
    assert facts["url"] == first.url
    for fact in ("admin_url", "operator", "password", "api_key"):
        assert facts[fact] in said(first)
    assert stat.S_IMODE((first.var / "first-run.json").stat().st_mode) == 0o600


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl")
def test_the_printed_curl_line_works(first):
    line = said(first)[said(first).index("curl ") :]

    answer = subprocess.run(
        ["/bin/sh", "-c", f"exec {line}"], capture_output=True, check=True, timeout=30
    )

    assert json.loads(answer.stdout)["object"] == "chat.completion"


def test_secrets_are_for_their_owner_only(first):
    names = (
        "secrets.env",
        "postgres.env",
        "servers.env",
        "first-run.json",
        "log",
        "spool",
    )

    modes = {
        name: stat.S_IMODE((first.var / name).stat().st_mode) & 0o077 for name in names
    }

    assert modes == dict.fromkeys(names, 0)


def test_the_server_does_not_say_what_it_is(first):
    answer = requests.get(f"{first.url}/health", timeout=10)

    assert answer.ok
    assert "server" not in answer.headers


def test_commands_in_another_terminal_find_the_engines(first):
    done = manage("verify_ledger", VAR_DIR=first.var)

    assert (done.returncode, done.stderr) == (0, "")
    assert "chain platform" in done.stdout


def test_a_second_one_beside_it_is_refused(first):
    done = manage("up", VAR_DIR=first.var, PORT=free_port())

    assert done.returncode == 2
    assert done.stderr == (
        f"gatehouse: it runs already, as process {first.process.pid}, "
        f"with its data in {first.var}.\n"
    )


@pytest.mark.parametrize("words", [("up",), ("up", "--check")])
def test_a_port_in_use_is_named(first, folder, words):
    done = manage(*words, VAR_DIR=folder / "var", PORT=first.port)

    assert done.returncode == 2
    assert done.stderr == (
        f"gatehouse: port {first.port} on 127.0.0.1 is in use by another program; "
        "set PORT to a free one.\n"
    )


@pytest.mark.parametrize("words", [("up",), ("up", "--check")])
@pytest.mark.parametrize(
    ("name", "wrong", "sentence"),
    [
        (
            "PORT",
            "eight",
            "PORT is 'eight'; it must be a whole number from 1 to 65535.",
        ),
        ("HOST", "nowhere.invalid", "HOST is 'nowhere.invalid', which is no address."),
        (
            "DATABASE_URL",
            "mysql://a:hush@h/d",
            "DATABASE_URL is 'mysql://a:…@h/d'; it must be",
        ),
        (
            "REDIS_URL",
            "http://:hush@h",
            "REDIS_URL is 'http://:…@h'; it must be a URL like",
        ),
        (
            "ENCRYPTION_KEYS",
            "hush",
            "ENCRYPTION_KEYS must be 32 random bytes in base64url",
        ),
        ("WEB_CONCURRENCY", "0", "WEB_CONCURRENCY is '0'; it must be a whole number"),
    ],
)
def test_a_wrong_setting_is_named_and_nothing_is_started(
    folder, words, name, wrong, sentence
):
    done = manage(
        *words, **{"VAR_DIR": folder / "var", "PORT": free_port(), name: wrong}
    )

    assert done.returncode == 2
    assert done.stderr.startswith(f"gatehouse: {sentence}")
    assert done.stderr.count("\n") == 1
    assert "hush" not in done.stderr
    assert not (folder / "var" / "engines" / "postgres").exists()


def test_an_outside_database_that_refuses_us_is_named_without_its_password(folder):
    parts = urlsplit(os.environ["DATABASE_URL"])
    host = parts.netloc.rpartition("@")[2]
    url = parts._replace(netloc=f"stranger:hush@{host}").geturl()

    done = manage("up", VAR_DIR=folder / "var", PORT=free_port(), DATABASE_URL=url)

    assert done.returncode == 2
    assert done.stderr.startswith("gatehouse: DATABASE_URL (postgres://stranger:…@")
    assert "stranger" in done.stderr.partition("cannot be used")[2]
    assert "hush" not in done.stderr + done.stdout


def test_check_says_what_would_be_started_and_touches_nothing(folder):
    done = manage("up", "--check", VAR_DIR=folder / "var", PORT=free_port())

    assert (done.returncode, done.stderr) == (0, "")
    assert f"our own in {folder}/var/engines/postgres" in done.stdout
    assert "First run  yes" in done.stdout
    assert list(folder.iterdir()) == []


def test_check_says_which_servers_are_outside_without_their_passwords(folder):
    done = manage(
        *("up", "--check"),
        VAR_DIR=folder / "var",
        PORT=free_port(),
        DATABASE_URL="postgres://ana:hush@db.invalid/d",
        REDIS_URL="redis://:hush@cache.invalid/0",
    )

    assert done.returncode == 0
    assert "outside, postgres://ana:…@db.invalid/d" in done.stdout
    assert "outside, redis://:…@cache.invalid/0" in done.stdout
    assert "hush" not in done.stdout


def test_help_lists_it_before_anything_is_configured(folder):
    done = manage("help", VAR_DIR=folder / "var")

    assert "    up\n" in done.stdout


def test_a_later_run_keeps_the_data_and_is_silent_about_the_password(folder):
    with running(folder / "var", **SMALL) as house:
        key = house.issue_key()
    with running(folder / "var", **SMALL) as house:
        assert house.ask(key).status_code == 200
        assert house.first_run["password"] not in said(house)
        assert house.first_run["api_key"] not in said(house)
        assert str(house.var / "first-run.json") in said(house)


def test_what_is_printed_is_how_others_reach_it(folder):
    others = {"BASE_URL": "https://gate.example.com/"}

    with running(folder / "var", **SMALL, **others) as house:
        admin = house.first_run["admin_url"]

        assert admin == "https://gate.example.com/admin/"
        assert admin in said(house)
        assert "curl https://gate.example.com/v1/" in said(house)


def test_sigterm_finishes_the_answers_it_is_giving_and_leaves_nothing(folder):
    with running(folder / "var", **SMALL, DRAIN_SECONDS="20") as house:
        processes = descendants(house.process.pid)
        # More than the sockets in between can hold: it is still being given when the
        # signal comes.
        answer = requests.post(
            f"{house.url}/v1/chat/completions",
            json={
                "model": "mock-gpt-4",
                "messages": [{"role": "user", "content": "word " * 100_000}],
                "stream": True,
            },
            headers={"Authorization": f"Bearer {house.key}"},
            stream=True,
            timeout=30,
        )
        pieces = answer.iter_content(2**16)
        begin = next(pieces)

        house.process.send_signal(signal.SIGTERM)
        time.sleep(1)
        whole = begin + b"".join(pieces)

        assert len(whole) > 10_000_000
        assert whole.endswith(b"data: [DONE]\n\n")
        assert house.process.wait(60) == 0
    assert still_running(processes, after=0) == set()
    assert list((house.var / "engines" / "run").iterdir()) == []
    assert (house.var / "up.lock").read_text() == ""
    spooled = (house.var / "spool").glob("*.jsonl")
    assert [file.name for file in spooled if file.stat().st_size] == []


def test_a_stop_does_not_wait_for_a_connection_nobody_uses(folder):
    with running(folder / "var", **SMALL, DRAIN_SECONDS="100") as house:
        idle = requests.Session()
        assert idle.get(f"{house.url}/health", timeout=5).status_code == 200
        began = time.monotonic()

        house.process.send_signal(signal.SIGTERM)

        assert house.process.wait(60) == 0
        assert time.monotonic() - began < 30


def test_a_second_signal_hurries(folder):
    with running(folder / "var", **SMALL, DRAIN_SECONDS="100") as house:
        stalled = requests.post(
            f"{house.url}/v1/chat/completions",
            json={
                "model": "mock-gpt-4",
                "messages": [{"role": "user", "content": "word " * 100_000}],
                "stream": True,
            },
            headers={"Authorization": f"Bearer {house.key}"},
            stream=True,
            timeout=30,
        )
        processes = descendants(house.process.pid)

        house.process.send_signal(signal.SIGINT)
        time.sleep(2)
        assert house.process.poll() is None
        house.process.send_signal(signal.SIGINT)

        assert house.process.wait(20) == 0
        stalled.close()
    assert still_running(processes, after=0) == set()


def test_commands_say_that_it_is_not_running(folder):
    (folder / "secrets.env").write_text("SECRET_KEY=secret\n")
    (folder / "servers.env").write_text(
        f"DATABASE_URL=postgres://a:b@/d?host={folder}\nREDIS_URL=unix://{folder}/none\n"
    )

    done = manage("verify_ledger", VAR_DIR=folder)

    assert done.returncode == 1
    assert done.stderr == "gatehouse: it is not running: start it with `make run`.\n"


def test_ctrl_c_while_it_starts_leaves_nothing(folder):
    process = subprocess.Popen(
        [*MANAGE, "up"],
        env={k: v for k, v in os.environ.items() if k not in OURS}
        | {"VAR_DIR": str(folder / "var"), "PORT": str(free_port())},
        stdout=subprocess.PIPE,
        text=True,
    )
    while "migrating" not in process.stdout.readline():
        pass
    time.sleep(0.3)
    processes = descendants(process.pid)

    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)

    assert process.returncode == 0
    assert len(processes) > 2
    assert still_running(processes, after=0) == set()


@on_linux
def test_a_killed_one_takes_everything_with_it_and_the_next_one_starts(folder):
    with running(folder / "var", **SMALL) as house:
        processes = descendants(house.process.pid)
        house.process.kill()
        house.process.wait()
        assert len(processes) > 5
        assert still_running(processes, after=15) == set()

    with running(folder / "var", **SMALL) as again:
        assert again.ask(again.key).status_code == 200


@on_linux
def test_whatever_is_killed_comes_back(folder):
    with running(folder / "var", **SMALL) as house:
        for pid in descendants(house.process.pid) - web_processes(house):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while manage(
            "issue_key", "--tenant=demo", "--name=after", VAR_DIR=house.var
        ).returncode:
            assert time.monotonic() < deadline, said(house)

        for name in ("PostgreSQL", "Valkey", "drain", "worker", "beat"):
            assert f"{name} ended with SIGKILL" in said(house)


def test_outside_servers_are_used_and_none_of_our_own_started(folder):
    name = f"up_{secrets.token_hex(4)}"
    ours = os.environ["DATABASE_URL"]
    with psycopg.connect(ours, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    url = urlsplit(ours)._replace(path=f"/{name}").geturl()
    # The test's own, which no other test of this worker uses meanwhile.
    redis_url = os.environ["REDIS_URL"]

    with running(
        folder / "var", DATABASE_URL=url, REDIS_URL=redis_url, **SMALL
    ) as house:
        assert house.ask(house.key).status_code == 200
        assert not list((house.var / "engines").glob("*.lock"))

    with psycopg.connect(ours, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name}")


def test_make_run_is_the_same_command():
    recipe = subprocess.run(
        ["make", "--dry-run", "run", f"VENV={Path(sys.executable).parents[1]}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "manage.py up" in recipe.stdout
