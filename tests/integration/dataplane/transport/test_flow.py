"""Readers that are slow, want less, or leave."""

import asyncio

import pytest

from gateway_project.dataplane.transport.answer import MOST_UNREAD
from providers.errors import UpstreamBroken
from tests.upstreams import answering, chunked, plain, serving

pytestmark = pytest.mark.enable_socket

MB = 2**20
# What loops read at once, and what the kernel holds for either side of the loopback.
ONE_READ = 256 * 1024
SOCKET_BUFFERS = 12 * MB


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)
    return True


def pushing(size, *, head):
    async def script(peer):
        await peer.request()
        await peer.send(head)
        for _ in range(size // 65536):
            await peer.send(b"x" * 65536)

    return script


def in_chunks(size):
    async def script(peer):
        await peer.request()
        await peer.send(chunked()[:-5])
        for _ in range(size // 65536):
            await peer.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        await peer.send(b"0\r\n\r\n")

    return script


HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (50 * MB)


@pytest.mark.parametrize(
    "script",
    [pushing(50 * MB, head=HEAD), in_chunks(50 * MB)],
    ids=["plain", "chunked"],
)
async def test_a_stalled_reader_stops_the_provider(transport, script):
    async with serving(script) as upstream:
        answer = await transport.send(upstream.outbound())
        chunks = answer.chunks()
        size = len(await anext(chunks))
        await asyncio.sleep(0.3)
        held = upstream.sent

        assert held < MOST_UNREAD + ONE_READ + SOCKET_BUFFERS
        assert answer.unread <= MOST_UNREAD + ONE_READ

        async for chunk in chunks:
            size += len(chunk)
            assert answer.unread <= MOST_UNREAD + ONE_READ
        assert size == 50 * MB


async def test_many_tiny_chunks_cost_no_more_than_their_bytes(transport):
    response = chunked(*[b"ab"] * 30_000)

    async def script(peer):
        await peer.request()
        await peer.send(response)

    async with serving(script) as upstream:
        answer = await transport.send(upstream.outbound())

        assert await answer.read(60_000) == b"ab" * 30_000


@pytest.mark.parametrize("framing", ["announced", "chunked", "until close"])
@pytest.mark.parametrize("paused_s", [0, 0.05])
async def test_a_body_over_the_limit_is_refused_and_left(transport, framing, paused_s):
    script = {
        "announced": pushing(50 * MB, head=HEAD),
        "chunked": in_chunks(50 * MB),
        "until close": pushing(50 * MB, head=b"HTTP/1.1 200 OK\r\n\r\n"),
    }[framing]

    async with serving(script) as upstream:
        answer = await transport.send(upstream.outbound())
        await asyncio.sleep(paused_s)

        with pytest.raises(UpstreamBroken, match=f"longer than {MB} bytes"):
            await answer.read(MB)
        assert await until(lambda: upstream.departures)
        assert upstream.sent < MB + ONE_READ + SOCKET_BUFFERS


@pytest.mark.parametrize("size", [9, 10, 11])
async def test_the_limit_is_exact_also_for_a_body_that_is_already_there(
    transport, size
):
    async def script(peer):
        await peer.request()
        await peer.send(plain(b"x" * size))

    async with serving(script) as upstream:
        answer = await transport.send(upstream.outbound())

        if size <= 10:
            assert await answer.read(10) == b"x" * size
        else:
            with pytest.raises(UpstreamBroken, match="longer than 10 bytes"):
                await answer.read(10)


async def test_a_large_body_is_read_whole(transport):
    async with serving(in_chunks(20 * MB)) as upstream:
        answer = await transport.send(upstream.outbound())

        assert await answer.read(20 * MB) == b"x" * (20 * MB)


async def test_a_connection_whose_answer_filled_the_buffer_is_used_again(transport):
    body = b"x" * (MOST_UNREAD + 10_000)

    async with serving(answering(plain(body), plain(b"next"))) as upstream:
        for expected in (body, b"next"):
            answer = await transport.send(upstream.outbound())
            await asyncio.sleep(0.05)
            assert await answer.read(MB) == expected

        assert upstream.connections == 1


async def test_a_reader_that_leaves_early_stops_the_provider(transport):
    async with serving(in_chunks(50 * MB)) as upstream:
        answer = await transport.send(upstream.outbound())
        await anext(answer.chunks())

        answer.close()

        assert await until(lambda: upstream.departures)
        assert upstream.sent < ONE_READ + SOCKET_BUFFERS


async def test_a_closed_answer_does_not_read_as_a_whole_one(transport):
    async with serving(in_chunks(50 * MB)) as upstream:
        answer = await transport.send(upstream.outbound())
        answer.close()

        with pytest.raises(UpstreamBroken, match="closed before its end"):
            await answer.read(99 * MB)


async def test_closing_wakes_whoever_still_waits_for_a_chunk(transport):
    async def script(peer):
        await peer.request()
        await peer.send(HEAD)
        await peer.gone()

    async with serving(script) as upstream:
        answer = await transport.send(upstream.outbound())
        waiting = asyncio.ensure_future(anext(answer.chunks()))
        await asyncio.sleep(0.01)

        answer.close()

        with pytest.raises(UpstreamBroken, match="closed before its end"):
            await waiting


async def silent(peer):
    await peer.request()
    await peer.gone()


async def test_cancelling_a_request_stops_the_provider(transport):
    async with serving(silent) as upstream:
        sending = asyncio.ensure_future(transport.send(upstream.outbound()))
        assert await until(lambda: upstream.requests)

        sending.cancel()

        with pytest.raises(asyncio.CancelledError):
            await sending
        assert await until(lambda: upstream.departures)


async def test_cancelling_an_upload_stops_it(transport):
    async def script(peer):
        await peer.reader.readexactly(MB)
        await asyncio.sleep(0.1)
        await peer.gone()

    async with serving(script) as upstream:
        sending = asyncio.ensure_future(
            transport.send(upstream.outbound(b"x" * (32 * MB)))
        )
        await asyncio.sleep(0.05)

        sending.cancel()

        with pytest.raises(asyncio.CancelledError):
            await sending
        assert await until(lambda: upstream.departures)


async def test_a_cancelled_request_leaves_nothing_for_the_next(transport):
    async def script(peer):
        await peer.request()
        if peer.number == 1:
            await asyncio.sleep(0.05)
            await peer.send(plain(b"late"))
        await peer.send(plain(b"%d" % peer.number))

    async with serving(script) as upstream:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await transport.send(upstream.outbound())

        answer = await transport.send(upstream.outbound())
        assert await answer.read(9) == b"2"


async def test_a_reader_that_is_cancelled_can_still_close(transport):
    async with serving(in_chunks(50 * MB)) as upstream:
        answer = await transport.send(upstream.outbound())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await answer.read(99 * MB)

        answer.close()

        assert await until(lambda: upstream.departures)
