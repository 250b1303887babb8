"""What our worker's WebSocket does differently from gunicorn's."""

import asyncio
import logging
import os
import time

import pytest

from gateway_project import worker
from gateway_project.worker import Socket

TEXT, BINARY, CONTINUED, CLOSE, PING, PONG = 0x1, 0x2, 0x0, 0x8, 0x9, 0xA
HEADERS = [(b"sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ==")]


class Wire:
    """The client's end of the connection: what was written to it."""

    def __init__(self) -> None:
        self.written = b""
        self.unread = 0
        self.is_aborted = False

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None: ...

    def abort(self) -> None:
        self.is_aborted = True

    def get_write_buffer_size(self) -> int:
        return self.unread

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


def frame(opcode: int, payload: bytes, *, is_last: bool = True) -> bytes:
    assert len(payload) < 126
    mask = os.urandom(4)
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    return bytes([opcode | (0x80 if is_last else 0), 0x80 | len(payload)]) + (
        mask + masked
    )


@pytest.fixture
async def opened():
    """Return a socket that is served by an application which keeps what it is told."""
    told = []

    async def app(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        while not told or told[-1]["type"] != "websocket.disconnect":
            told.append(await receive())

    writable = asyncio.Event()
    writable.set()
    wire = Wire()
    socket = Socket(
        wire, {"headers": HEADERS}, app, logging.getLogger(), drain=writable.wait
    )
    serving = asyncio.ensure_future(socket.run())
    await asyncio.sleep(0.01)
    yield socket, wire, told, writable
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 5, 7, 8, 125, 1000, 65537])
def test_what_was_masked_is_unmasked(length):
    payload, mask = os.urandom(length), os.urandom(4)
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))

    assert Socket._unmask(None, masked, mask) == payload


def test_unmasking_the_largest_frame_stops_the_worker_for_no_time():
    payload = os.urandom(8 * 2**20)
    began = time.process_time()

    Socket._unmask(None, payload, b"abcd")

    assert time.process_time() - began < 0.2


async def test_a_message_cut_into_crumbs_is_kept_in_one_piece(opened):
    socket, _, told, _ = opened

    socket.feed_data(frame(TEXT, b"Hel", is_last=False))
    for _ in range(2000):
        socket.feed_data(frame(CONTINUED, b"", is_last=False))
        socket.feed_data(frame(CONTINUED, b"l", is_last=False))
    await asyncio.sleep(0.2)
    pieces = len(socket._fragments)
    socket.feed_data(frame(CONTINUED, b"o"))
    await asyncio.sleep(0.05)

    assert pieces == 1
    assert told == [
        {"type": "websocket.receive", "text": "Hel" + "l" * 2000 + "o"},
    ]


async def test_who_pings_without_reading_does_not_fill_our_memory(opened):
    socket, wire, _, writable = opened
    wire.written = b""
    writable.clear()

    for _ in range(100):
        socket.feed_data(frame(PING, b"x"))
    await asyncio.sleep(0.05)
    while_full = len(wire.written)
    writable.set()
    await asyncio.sleep(0.05)

    assert while_full == 0
    assert wire.written == bytes([0x80 | PONG, 1, *b"x"]) * 100


async def test_the_application_is_told_once_that_the_worker_stops(opened):
    socket, _, told, _ = opened

    socket.go_away()
    socket.go_away()
    await asyncio.sleep(0.01)

    assert told == [{"type": "websocket.drain"}]


async def test_a_socket_cut_off_by_a_worker_that_stops_says_so(opened):
    socket, wire, _, _ = opened
    wire.written = b""
    socket.go_away()

    await socket._send_close(1011, "Application error")

    assert wire.written[:4] == bytes([0x80 | CLOSE, len(wire.written) - 2]) + (
        1001
    ).to_bytes(2, "big")


async def test_a_socket_that_is_aborted_is_told_nothing_more(opened):
    socket, wire, _, writable = opened
    writable.clear()
    written = wire.written

    await socket._send({"type": "websocket.abort"})

    assert wire.is_aborted
    with pytest.raises(OSError, match="closed"):
        await socket._send({"type": "websocket.send", "text": "x"})
    assert wire.written == written


@pytest.mark.parametrize("unread", [0, 10])
async def test_a_closed_socket_is_cut_off_when_its_last_words_go_unread(
    opened, monkeypatch, unread
):
    monkeypatch.setattr(worker, "_UNREAD_SECONDS", 0.01)
    socket, wire, _, _ = opened
    socket.feed_data(frame(CLOSE, b""))
    wire.unread = unread

    await socket._send({"type": "websocket.close"})
    await asyncio.sleep(0.05)

    assert wire.is_aborted == bool(unread)
