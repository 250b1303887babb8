"""What arrives on the socket is refused clearly, whatever it is, and nothing stays behind."""

import json
import socket
import time

import pytest

from tests.house import House

BODY = b'{"model":"mock-gpt-4","messages":[{"role":"user","content":"hi"}]}'


def exchange(
    house: House, *parts: bytes, pause_s: float = 0, wait_s: float = 20
) -> bytes:
    """Send the parts on a connection of their own and return all that comes back."""
    with socket.create_connection(("127.0.0.1", house.port), timeout=wait_s) as wire:
        received = b""
        try:
            for part in parts:
                wire.sendall(part)
                time.sleep(pause_s)
            wire.shutdown(socket.SHUT_WR) if not parts else None
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            while chunk := wire.recv(65536):
                received += chunk
                if complete(received):
                    break
        except (TimeoutError, ConnectionResetError):
            pass
        return received


def complete(received: bytes) -> bool:
    head, found, body = received.partition(b"\r\n\r\n")
    if not found:
        return False
    length = [
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    return bool(length) and len(body) >= length[0]


def refusal(received: bytes) -> tuple[int, dict]:
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"application/json" in head, head
    return int(head.split()[1]), json.loads(body)["error"]


def post(
    key: str, body: bytes = BODY, *headers: bytes, length: int | None = None
) -> bytes:
    lines = [
        b"POST /v1/chat/completions HTTP/1.1",
        b"Host: gatehouse",
        b"Authorization: Bearer " + key.encode(),
        b"Content-Length: %d" % (len(body) if length is None else length),
        *headers,
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"hello", None),
        (b"[1]", None),
        (b'{"messages":[{"role":"user","content":"x"}]}', "model"),
        (b'{"model":"mock-gpt-4"}', "messages"),
        (b'{"model":"mock-gpt-4","messages":[]}', "messages"),
        (
            b'{"model":"mock-gpt-4","messages":[{"role":"user","content":{}}]}',
            "messages[0].content",
        ),
        (b'{"model":"mock-gpt-4","messages":"\x00"}', None),
        (
            rb'{"model":"mock-gpt-4","messages":[{"role":"user","content":"\udfff"}]}',
            "messages[0].content",
        ),
        (b'{"model":"\\u0000","messages":[{"role":"user","content":"x"}]}', "model"),
        (b"\xff\xfe", None),
    ],
)
def test_a_body_that_is_wrong_is_a_4xx_in_json_naming_the_field(
    house, key, body, param
):
    status, error = refusal(exchange(house, post(key, body)))

    assert 400 <= status < 500
    assert error["param"] == param
    assert error["message"]


def test_a_body_of_33_mb_is_refused_and_the_sender_gets_to_read_why(house, key):
    big = b'{"model":"' + b"x" * (33 * 2**20) + b'"}'

    status, error = refusal(exchange(house, post(key, big)))

    assert (status, error["code"]) == (413, "request_too_large")


def test_a_body_of_33_mb_in_chunks_is_refused_too(house, key):
    head = post(key, b"", b"Transfer-Encoding: chunked").replace(
        b"Content-Length: 0\r\n", b""
    )
    chunk = b"100000\r\n" + b"x" * 2**20 + b"\r\n"

    status, error = refusal(exchange(house, head, *[chunk] * 33, b"0\r\n\r\n"))

    assert (status, error["code"]) == (413, "request_too_large")


def test_a_body_of_31_mb_is_taken(house, key):
    content = b"x" * (31 * 2**20)
    body = b'{"model":"mock-gpt-4","max_tokens":1,"messages":[{"role":"user","content":"%b"}]}'

    received = exchange(house, post(key, body % content))

    assert received.startswith(b"HTTP/1.1 200 ")


def test_a_header_of_1_mb_is_refused_in_json(house, key):
    received = exchange(house, post(key, BODY, b"X-Big: " + b"x" * 2**20))

    status, error = refusal(received)

    assert (status, error["code"]) == (431, "invalid_http")


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /v1/models HTTP/9.9\r\n\r\n",
        b"GET  /v1/models HTTP/1.1\r\n\r\n",
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_http_request_is_refused_in_json(house, raw):
    received = exchange(house, raw)

    status, error = refusal(received)
    assert 400 <= status < 600
    assert error["code"] == "invalid_http"
    assert b"X-Request-ID: " in received


def test_a_sender_that_dribbles_its_body_is_given_up_in_time(house, key):
    whole = post(key, BODY)
    began = time.monotonic()

    received = exchange(house, whole[:-20], whole[-20:-19], pause_s=1, wait_s=90)

    status, error = refusal(received)
    assert (status, error["code"]) == (408, "request_timeout")
    assert time.monotonic() - began < 80


def test_a_sender_that_never_begins_its_body_is_given_up_in_time(house, key):
    began = time.monotonic()

    received = exchange(house, post(key, b"", length=50), wait_s=30)

    status, error = refusal(received)
    assert (status, error["code"]) == (408, "request_timeout")
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (b"/v1/responses", 401, "invalid_api_key"),
        (b"/v1/nothing", 404, "not_found"),
    ],
)
def test_a_websocket_is_refused_in_json(house, path, status, code):
    received = exchange(
        house,
        b"GET %b HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" % path,
        wait_s=5,
    )

    told, error = refusal(received)
    assert (told, error["code"]) == (status, code)
    assert b"\r\nx-request-id: " in received.lower()


def test_a_sender_that_never_finishes_its_headers_is_given_up_in_time(house):
    received = exchange(house, b"GET /health HTTP/1.1\r\nX-A: ", wait_s=60)

    status, _ = refusal(received)
    assert status == 408


def test_two_requests_in_one_packet_are_both_answered(house, key):
    one = post(key)
    with socket.create_connection(("127.0.0.1", house.port), timeout=10) as wire:
        wire.sendall(one + one)
        received = b""
        while received.count(b"This is a mock response") < 2:
            chunk = wire.recv(65536)
            assert chunk, received
            received += chunk

    assert received.count(b"HTTP/1.1 200 ") == 2


def test_the_product_is_well_after_all_that(house, key):
    assert house.ask(key).status_code == 200
    log = (house.var / "log" / "web.log").read_text()
    assert "Traceback" not in log
    assert key not in log


def test_a_connection_that_is_idle_is_served_again(house, key):
    with socket.create_connection(("127.0.0.1", house.port), timeout=10) as wire:
        for _ in range(3):
            wire.sendall(post(key))
            received = b""
            while not complete(received):
                received += wire.recv(65536)
            assert received.startswith(b"HTTP/1.1 200 ")
            # Longer than the patience for a first request: that is not for these.
            time.sleep(1.5)
