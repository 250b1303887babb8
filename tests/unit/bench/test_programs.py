"""The provider and the load, against each other and against servers that misbehave."""

import os
import shutil
import socket
import threading
from pathlib import Path

import pytest

from bench import programs
from bench.errors import CannotMeasure
from bench.requests import request
from bench.starting import Listener, free_port

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(shutil.which("gcc") is None, reason="the load needs gcc"),
]

CHUNKS = 20
GOOD = b'{"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}'


@pytest.fixture
def provider(tmp_path):
    port = free_port()
    listener = Listener(
        *(programs.program("upstream"), port, CHUNKS, 1000, 2000),
        port=port,
        log=tmp_path / "upstream.log",
    )
    listener.start(cpus=os.sched_getaffinity(0))
    yield port
    listener.stop()


def load(port: int, folder: Path, *, call: str = "plain", parallel: int = 1) -> dict:
    file = folder / "request.http"
    file.write_bytes(request(call=call, client="openai", port=port, api_key="key"))
    return programs.load(
        port=port, parallel=parallel, seconds=0.3, request=file, spread_us=0
    )


@pytest.fixture
def answering():
    """Return a function that serves these bytes to every request, on a port."""
    listeners = []

    def serve(answer: bytes) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=_serve, args=(listener, answer), daemon=True).start()
        return listener.getsockname()[1]

    yield serve
    for listener in listeners:
        listener.close()


def _serve(listener: socket.socket, answer: bytes) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.recv(65536)
            connection.sendall(answer)


def test_plain_answers_are_counted_and_timed(provider, tmp_path):
    found = load(provider, tmp_path, parallel=4)

    assert (found["errors"], found["refused"], found["said"]) == (0, 0, "")
    # Four connections, each answered after at least two milliseconds.
    assert 4 <= found["answers"] <= 4 * 0.31 / 0.002
    assert (
        2000 <= found["whole"]["p50"] <= found["whole"]["p99"] <= found["whole"]["max"]
    )


def test_every_event_of_a_stream_is_counted(provider, tmp_path):
    found = load(provider, tmp_path, call="streamed", parallel=3)

    assert found["errors"] == 0
    assert found["events"] == CHUNKS * found["answers"] > 0
    assert found["first_byte"]["p50"] < found["whole"]["p50"]
    assert found["whole"]["p50"] >= 2000 + CHUNKS * 1000


def head(*fields: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *fields, "", ""]).encode()


LENGTH = f"Content-Length: {len(GOOD)}"
CHUNKED = "Transfer-Encoding: chunked"
DONE = GOOD + b"\ndata: [DONE]\n"


def test_a_server_that_closes_after_each_answer_is_met_again(answering, tmp_path):
    found = load(answering(head(LENGTH, "Connection: close") + GOOD), tmp_path)

    assert found["answers"] > 1
    assert found["errors"] == 0


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(head(LENGTH) + GOOD[:-1], id="cut off"),
        pytest.param(head("Content-Length: 2") + b"{}", id="no usage"),
        pytest.param(head() + GOOD, id="no framing"),
        pytest.param(b"SSH-2.0-nonsense\r\n\r\n", id="not HTTP"),
        pytest.param(
            head(CHUNKED) + b"%x\r\n%b\r\n0\r\n\r\n" % (len(GOOD), GOOD), id="no [DONE]"
        ),
        pytest.param(
            head(CHUNKED) + b"%x\r\n%b\r\n" % (len(DONE), DONE), id="no last chunk"
        ),
        pytest.param(
            head(CHUNKED) + b"%x\r\n%bXX0\r\n\r\n" % (len(DONE), DONE),
            id="chunk too long",
        ),
    ],
)
def test_an_answer_that_is_not_whole_and_good_is_an_error(answering, tmp_path, answer):
    found = load(answering(answer), tmp_path)

    assert found["answers"] == 0
    assert found["errors"] > 0
    assert found["said"]


def test_a_refusal_is_neither_an_answer_nor_an_error(answering, tmp_path):
    body = head(LENGTH, "Connection: close", status="429 Too Many Requests") + GOOD

    found = load(answering(body), tmp_path)

    assert (found["answers"], found["errors"]) == (0, 0)
    assert found["refused"] > 0
    assert "429" in found["said"]


def test_nobody_listening_is_said(tmp_path):
    with pytest.raises(CannotMeasure, match="Connection refused"):
        load(free_port(), tmp_path)


def test_the_speed_of_the_machine_is_a_number():
    speed = programs.calibrate(0)

    assert speed["round_ns"] > 0
    assert speed["socket_ns"] > 0


def test_a_missing_compiler_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CannotMeasure, match="install gcc"):
        programs.program("load", folder=tmp_path)
