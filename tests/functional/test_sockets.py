"""WebSockets over the wire: how they are refused, bounded and ended."""

import json
import os
import signal
import tempfile
import time
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.functional.test_killed_worker import web_workers
from tests.house import House, running
from tests.processes import still_running

pytestmark = pytest.mark.timeout(300)
HELLO = {"type": "response.create", "model": "mock-gpt-4", "input": "hi"}
BOUNDS = {"WEBSOCKETS_PER_KEY": "2", "WEBSOCKET_FRAME_MB": "1"}
GOING_AWAY, TOO_LARGE = 1001, 1009


@pytest.fixture(scope="module")
def small():
    """The product with one worker, which the tests of this module replace."""
    with tempfile.TemporaryDirectory(prefix="house-") as folder:
        Path(folder).chmod(0o711)
        settings = {"WEB_CONCURRENCY": "1", "DRAIN_SECONDS": "100", **BOUNDS}
        with running(Path(folder) / "var", **settings) as house:
            yield house


def opened(house: House, key: str) -> AbstractContextManager[ClientConnection]:
    return connect(
        f"ws://127.0.0.1:{house.port}/v1/responses",
        additional_headers={"Authorization": f"Bearer {key}"},
        max_size=None,
    )


def ask(socket: ClientConnection, **fields: object) -> list[dict]:
    socket.send(json.dumps({**HELLO, **fields}))
    events = [json.loads(socket.recv(timeout=30))]
    while events[-1]["type"] not in ("response.completed", "error"):
        events.append(json.loads(socket.recv(timeout=30)))
    return events


def closing(socket: ClientConnection) -> tuple[str, int | None]:
    """Return the last that comes, and the code it is closed with."""
    last = ""
    while True:
        try:
            last = str(socket.recv(timeout=30))
        except ConnectionClosed as closed:
            return last, closed.rcvd and closed.rcvd.code


def test_a_turn_is_answered(small):
    with opened(small, small.issue_key()) as socket:
        told = ask(socket)

    assert told[-1]["type"] == "response.completed"


def test_who_has_no_key_is_refused_in_json(small):
    with pytest.raises(InvalidStatus) as caught, opened(small, "gh-wrong"):
        pass

    response = caught.value.response
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/json"
    assert json.loads(response.body)["error"]["code"] == "invalid_api_key"


def test_a_key_has_only_so_many_open(small):
    key = small.issue_key()
    with opened(small, key), opened(small, key):
        with pytest.raises(InvalidStatus) as caught, opened(small, key):
            pass
        with opened(small, small.issue_key()) as of_another:
            assert ask(of_another)[-1]["type"] == "response.completed"

    response = caught.value.response
    assert response.status_code == 429
    assert json.loads(response.body)["error"]["code"] == "too_many_sockets"
    with opened(small, key) as again:
        assert ask(again)[-1]["type"] == "response.completed"


def test_a_frame_that_is_too_large_closes_it(small):
    with opened(small, small.issue_key()) as socket:
        assert ask(socket, input="x" * (2**20 - 200))[-1]["type"] != "error"

        socket.send(json.dumps({**HELLO, "input": "x" * 2**20}))

        assert closing(socket)[1] == TOO_LARGE


def test_a_worker_that_stops_does_not_wait_for_an_idle_one(small):
    [worker], key = web_workers(small), small.issue_key()
    with opened(small, key) as socket:
        ask(socket)
        began = time.monotonic()

        os.kill(worker, signal.SIGTERM)
        _, code = closing(socket)
        left = still_running([worker], after=5)
        took = time.monotonic() - began

    assert code == GOING_AWAY
    assert left == set()
    assert took < 2
    # By another worker: gunicorn loses the signal to stop one that is only starting.
    assert small.ask(key).status_code == 200


def test_a_worker_that_stops_finishes_the_turn_of_a_busy_one(small):
    [worker], key = web_workers(small), small.issue_key()
    with opened(small, key) as socket:
        # More than the sockets in between can hold: it is still being given.
        socket.send(json.dumps({**HELLO, "input": "word " * 100_000}))
        socket.recv(timeout=30)

        os.kill(worker, signal.SIGTERM)
        time.sleep(1.5)
        assert still_running([worker], after=0) == {worker}
        last, code = closing(socket)

    assert json.loads(last)["type"] == "response.completed"
    assert code == GOING_AWAY
    assert still_running([worker], after=5) == set()
    assert small.ask(key).status_code == 200
