"""The provider and the load, against each other and against servers that misbehave."""

import json
import os
import shutil
import socket
import threading
from http.client import HTTPConnection
from pathlib import Path

import pytest

from bench import answers, programs
from bench.answers import Whole
from bench.errors import CannotMeasure
from bench.requests import Call, request
from bench.starting import Listener, free_port
from bench.ways import Way

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(shutil.which("gcc") is None, reason="the load needs gcc"),
]

CHUNKS = 20
USAGE = '"prompt_tokens":1,'
GOOD = b'{"usage":{"prompt_tokens":1,"completion_tokens":1}}'
OPENAI, ANTHROPIC = Way("openai", "openai"), Way("anthropic", "anthropic")


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


def load(
    port: int,
    folder: Path,
    *,
    way: Way = OPENAI,
    call: Call = "plain",
    parallel: int = 1,
    whole: Whole | None = None,
) -> dict:
    file = folder / "request.http"
    sent = request(way, call=call, client="official", port=port, api_key="key")
    file.write_bytes(sent)
    return programs.load(
        port=port,
        parallel=parallel,
        seconds=0.3,
        request=file,
        spread_us=0,
        whole=whole or answers.whole(way.caller, call, chunks=CHUNKS),
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


@pytest.mark.parametrize("way", [OPENAI, ANTHROPIC], ids=str)
def test_plain_answers_are_counted_and_timed(provider, tmp_path, way):
    found = load(provider, tmp_path, way=way, parallel=4)

    assert (found["errors"], found["refused"], found["said"]) == (0, 0, "")
    # Four connections, each answered after at least two milliseconds.
    assert 4 <= found["answers"] <= 4 * 0.31 / 0.002
    assert (
        2000 <= found["whole"]["p50"] <= found["whole"]["p99"] <= found["whole"]["max"]
    )


@pytest.mark.parametrize("way", [OPENAI, ANTHROPIC], ids=str)
def test_every_event_of_a_stream_is_counted(provider, tmp_path, way):
    found = load(provider, tmp_path, way=way, call="streamed", parallel=3)

    assert found["errors"] == 0
    assert found["events"] == CHUNKS * found["answers"] > 0
    assert found["first_byte"]["p50"] < found["whole"]["p50"]
    assert found["whole"]["p50"] >= 2000 + CHUNKS * 1000


def streamed(port: int, path: str, **fields: object) -> list[str]:
    """Return the events of a stream as they are written."""
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("POST", path, json.dumps({"stream": True, **fields}))
    body = connection.getresponse().read().decode()
    connection.close()
    return body.removesuffix("\n\n").split("\n\n")


def test_the_provider_tells_what_anthropic_tells(provider):
    events = streamed(provider, "/v1/messages")

    assert [event.partition("\n")[0] for event in events] == [
        *("event: message_start", "event: content_block_start", "event: ping"),
        *(["event: content_block_delta"] * CHUNKS),
        *("event: content_block_stop", "event: message_delta", "event: message_stop"),
    ]


@pytest.mark.parametrize(("asked", "told"), [(True, 1), (False, 0)])
def test_the_provider_tells_the_usage_of_a_chat_that_asks_for_it(provider, asked, told):
    path, options = "/v1/chat/completions", {"include_usage": asked}

    events = streamed(provider, path, stream_options=options)

    assert len(events) == 1 + CHUNKS + 1 + told + 1
    assert sum('"usage":{' in event for event in events) == told
    assert sum('"usage":null' in event for event in events) == told * (CHUNKS + 2)


def head(*fields: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *fields, "", ""]).encode()


LENGTH = f"Content-Length: {len(GOOD)}"
CHUNKED = "Transfer-Encoding: chunked"
STAMP = b"data: t=1790000000000000\n\n"
DONE = b"data: %b\n\ndata: [DONE]\n\n" % GOOD


def chunked(payload: bytes) -> bytes:
    return head(CHUNKED) + b"%x\r\n%b\r\n0\r\n\r\n" % (len(payload), payload)


def test_a_server_that_closes_after_each_answer_is_met_again(answering, tmp_path):
    answer = head(LENGTH, "Connection: close") + GOOD
    found = load(answering(answer), tmp_path, whole=Whole([USAGE], stamps=0, end="}"))

    assert found["answers"] > 1
    assert found["errors"] == 0


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(head(LENGTH) + GOOD[:-1], id="cut off"),
        pytest.param(head("Content-Length: 2") + b"{}", id="no usage"),
        pytest.param(head(f"Content-Length: {len(GOOD) + 1}") + GOOD + b" ", id="more"),
        pytest.param(head() + GOOD, id="no framing"),
        pytest.param(b"SSH-2.0-nonsense\r\n\r\n", id="not HTTP"),
    ],
)
def test_an_answer_that_is_not_whole_and_good_is_an_error(answering, tmp_path, answer):
    found = load(answering(answer), tmp_path, whole=Whole([USAGE], stamps=0, end="}"))

    assert found["answers"] == 0
    assert found["errors"] > 0
    assert found["said"]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(chunked(STAMP + STAMP + DONE[:-14]), id="no [DONE]"),
        pytest.param(chunked(STAMP + STAMP + DONE + STAMP), id="more than [DONE]"),
        pytest.param(chunked(STAMP + DONE), id="an event is missing"),
        pytest.param(chunked(STAMP * 3 + DONE), id="an event twice"),
        pytest.param(chunked(STAMP * 2 + DONE)[:-5], id="no last chunk"),
        pytest.param(
            chunked(STAMP * 2 + DONE).replace(b"\r\n0\r\n", b"XX0\r\n"),
            id="chunk too long",
        ),
    ],
)
def test_a_stream_that_is_not_whole_and_good_is_an_error(answering, tmp_path, answer):
    whole = Whole([USAGE], stamps=2, end="data: [DONE]\n\n")

    found = load(answering(answer), tmp_path, whole=whole)

    assert found["answers"] == 0
    assert found["errors"] > 0
    assert found["said"]


def test_a_whole_stream_is_an_answer(answering, tmp_path):
    whole = Whole([USAGE], stamps=2, end="data: [DONE]\n\n")
    answer = chunked(STAMP * 2 + DONE).replace(b"OK", b"OK\r\nConnection: close")

    found = load(answering(answer), tmp_path, whole=whole)

    assert found["answers"] > 1
    assert found["errors"] == 0


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
