"""Architecture section 4, as far as it is built: what goes on while an engine is away."""

import os
import signal
import tempfile
import time
from pathlib import Path

import pytest
import requests

from tests.house import House, running
from tests.processes import command_of, descendants


@pytest.fixture(scope="module")
def house():
    """A house of its own: these tests stop its engines."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        Path(folder).chmod(0o711)
        settings = {"WEB_CONCURRENCY": "2", "DRAIN_SECONDS": "3"}
        with running(Path(folder) / "var", **settings) as started:
            yield started


def pids_of(house: House, word: bytes) -> list[int]:
    return [pid for pid in descendants(house.process.pid) if word in command_of(pid)]


def workers_of(house: House) -> list[int]:
    servers = pids_of(house, b"gunicorn")
    return [pid for pid in servers if not descendants(pid) & set(servers)]


def both_serve(house: House) -> bool:
    log = (house.var / "log" / "web.log").read_text()
    return log.rpartition("Starting gunicorn")[2].count("ASGI server listening") == 2


class Stopped:
    """Processes that stand still, as if their machine hung, until the end of the block."""

    def __init__(self, pids: list[int]) -> None:
        assert pids
        self._pids = pids

    def __enter__(self) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGSTOP)

    def __exit__(self, *error: object) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGCONT)


def until(true, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.2)
    return False


def test_calls_go_on_without_the_database_and_are_recorded_when_it_is_back(house):
    key = house.key
    assert house.ask(key).status_code == 200
    with Stopped(pids_of(house, b"postgres")):
        answers = [house.ask(key) for _ in range(20)]

    assert {answer.status_code for answer in answers} == {200}
    house.drained()
    recorded = {row[0] for row in house.sql("SELECT request_id FROM audit_callrecord")}
    assert {answer.headers["x-request-id"] for answer in answers} <= recorded


def test_a_worker_that_dies_meanwhile_takes_nobody_with_it(house):
    key = house.key
    with Stopped(pids_of(house, b"postgres")):
        dead, healthy = workers_of(house)
        os.kill(dead, signal.SIGKILL)
        time.sleep(3)

        assert healthy in workers_of(house)
        assert house.ask(key).status_code == 200

    assert until(lambda: len(workers_of(house)) == 2)
    assert house.process.poll() is None


def test_without_valkey_calls_are_refused_and_then_go_on(house):
    key = house.key
    with Stopped(pids_of(house, b"valkey-server")):
        refused = house.ask(key)

    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert until(lambda: house.ask(key).status_code == 200)


def test_a_key_revoked_while_valkey_stood_still_is_refused_after(house):
    key = house.issue_key()
    assert house.ask(key).status_code == 200
    with Stopped(pids_of(house, b"valkey-server")):
        house.manage("revoke_key", key.split("-")[1])

    # At the latest when the workers next compare with the database.
    assert until(lambda: house.ask(key).status_code == 401, seconds=15)
    assert [house.ask(key).status_code for _ in range(8)] == [401] * 8


def test_an_answer_still_going_out_when_the_grace_ends_is_recorded(house):
    stalled = requests.post(
        f"{house.url}/v1/chat/completions",
        json={
            "model": "mock-gpt-4",
            "messages": [{"role": "user", "content": "word " * 300_000}],
            "stream": True,
        },
        headers={
            "Authorization": f"Bearer {house.key}",
            "X-Request-ID": "cut-off-by-the-stop",
        },
        stream=True,
        timeout=60,
    )
    assert stalled.status_code == 200
    gunicorn = min(pids_of(house, b"gunicorn"))

    # The supervisor starts it again; the data stays.
    os.kill(gunicorn, signal.SIGTERM)

    assert until(lambda: not Path(f"/proc/{gunicorn}").exists(), seconds=20)
    log = (house.var / "log" / "web.log").read_text()
    assert "Worker exiting" in log.rpartition("Handling signal: term")[2]
    assert until(lambda: _recorded(house), seconds=30)


def _recorded(house: House) -> bool:
    query = (
        "SELECT status FROM audit_callrecord WHERE request_id = 'cut-off-by-the-stop'"
    )
    return house.sql(query) == [[499]]


def test_a_worker_that_cannot_start_for_long_ends_none_of_the_others(house):
    key = house.key
    assert until(lambda: both_serve(house))
    postgres = pids_of(house, b"postgres")
    dead, healthy = workers_of(house)
    with Stopped(postgres):
        os.kill(dead, signal.SIGKILL)
        # Longer than a start may take, and than gunicorn's own patience with one.
        for _ in range(35):
            time.sleep(1)
            assert house.ask(key).status_code == 200
        assert healthy in workers_of(house)

    assert until(lambda: len(workers_of(house)) == 2)
    assert house.process.poll() is None
