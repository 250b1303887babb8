"""How long a provider may take."""

import asyncio
import socket

import pytest

from providers.errors import UpstreamTimedOut, UpstreamUnreachable
from providers.types import Endpoint, Timeouts
from tests.upstreams import chunked, plain, serving

pytestmark = pytest.mark.enable_socket

PIECES = [b"a", b"b", b"c", b"d", b"e"]
STREAM = chunked(*PIECES)
HEAD = STREAM[: STREAM.index(b"\r\n\r\n") + 4]


def patience(*, connect=20.0, first_byte=20.0, idle=20.0, total=30.0):
    return Timeouts(connect, first_byte, idle, total)


def slowly(*parts, pause_s):
    async def script(peer):
        await peer.request()
        await peer.send(*parts, pause_s=pause_s)
        await peer.gone()

    return script


async def take(transport, upstream, timeouts):
    async with asyncio.timeout(5):
        answer = await transport.send(upstream.outbound(timeouts=timeouts))
        return b"".join([chunk async for chunk in answer.chunks()])


async def departed(upstream):
    async with asyncio.timeout(5):
        while not upstream.departures:
            await asyncio.sleep(0.01)
    return True


async def test_a_provider_that_says_nothing_times_out(transport):
    async with serving(slowly(pause_s=0)) as upstream:
        with pytest.raises(
            UpstreamTimedOut, match=r"did not begin to answer within 0\.1"
        ):
            await take(transport, upstream, patience(first_byte=0.1))

        assert await departed(upstream)


async def test_interim_answers_do_not_shorten_the_wait_for_the_first_byte(transport):
    early = b"HTTP/1.1 100 Continue\r\n\r\n"

    async with serving(slowly(early, plain(b"x"), pause_s=0.2)) as upstream:
        assert await take(transport, upstream, patience(idle=0.1)) == b"x"


async def test_a_provider_that_stops_inside_its_headers_times_out(transport):
    async with serving(slowly(HEAD[:20], pause_s=0)) as upstream:
        with pytest.raises(UpstreamTimedOut, match="did not begin to answer"):
            await take(transport, upstream, patience(first_byte=0.1))


async def test_a_provider_that_falls_silent_times_out(transport):
    async with serving(slowly(STREAM[:-5], pause_s=0)) as upstream:
        with pytest.raises(UpstreamTimedOut, match=r"silent for 0\.1 s in the middle"):
            await take(transport, upstream, patience(idle=0.1))

        assert await departed(upstream)


async def test_what_came_before_the_silence_is_handed_out(transport):
    async with serving(slowly(STREAM[:-5], pause_s=0)) as upstream:
        request = upstream.outbound(timeouts=patience(idle=0.1))
        chunks = (await transport.send(request)).chunks()

        assert await anext(chunks) == b"abcde"
        with pytest.raises(UpstreamTimedOut):
            await anext(chunks)


async def test_a_slow_provider_that_keeps_talking_is_waited_for(transport):
    parts = [HEAD, *(b"1\r\n%b\r\n" % piece for piece in PIECES), b"0\r\n\r\n"]

    async with serving(slowly(*parts, pause_s=0.08)) as upstream:
        body = await take(transport, upstream, patience(idle=0.2, first_byte=0.2))

    assert body == b"abcde"


async def test_a_provider_that_falls_silent_late_times_out_on_time(transport):
    loop = asyncio.get_running_loop()
    began_at = loop.time()

    async with serving(slowly(HEAD, b"1\r\nx\r\n", pause_s=0.1)) as upstream:
        with pytest.raises(UpstreamTimedOut, match="silent"):
            await take(transport, upstream, patience(idle=0.6))

    assert 0.69 < loop.time() - began_at < 1.1


async def test_a_provider_that_never_ends_times_out_in_all(transport):
    parts = [HEAD, *(b"1\r\nx\r\n" for _ in range(100))]

    async with serving(slowly(*parts, pause_s=0.02)) as upstream:
        with pytest.raises(UpstreamTimedOut, match=r"not done within 0\.3 s"):
            await take(transport, upstream, patience(total=0.3))

        assert await departed(upstream)


async def test_a_stalled_reader_is_not_the_providers_silence(transport):
    async def script(peer):
        await peer.request()
        await peer.send(plain(b"x" * 2**22))

    async with serving(script) as upstream:
        request = upstream.outbound(timeouts=patience(idle=0.1))
        chunks = (await transport.send(request)).chunks()
        size = len(await anext(chunks))
        await asyncio.sleep(0.3)

        async for chunk in chunks:
            size += len(chunk)
        assert size == 2**22


async def test_after_a_stall_the_provider_has_its_full_time_again(transport):
    drained = asyncio.Event()

    async def script(peer):
        await peer.request()
        await peer.send(plain(b"x" * 300_001)[:-1])
        await drained.wait()
        await asyncio.sleep(0.1)
        await peer.send(b"x")

    async with serving(script) as upstream:
        request = upstream.outbound(timeouts=patience(idle=0.2))
        chunks = (await transport.send(request)).chunks()
        await asyncio.sleep(0.3)
        size = 0
        while size < 300_000:
            size += len(await anext(chunks))
        drained.set()

        assert await anext(chunks) == b"x"


async def test_the_second_request_on_a_connection_has_its_own_patience(transport):
    async def script(peer):
        await peer.request()
        await peer.send(plain(b"1"))
        await peer.request()
        await peer.gone()

    async with serving(script) as upstream:
        await take(transport, upstream, patience())
        await asyncio.sleep(0.05)

        with pytest.raises(UpstreamTimedOut, match=r"within 0\.1 s"):
            await take(transport, upstream, patience(first_byte=0.1))


async def test_an_idle_connection_outlives_the_timer_of_its_last_request(transport):
    async def script(peer):
        for _ in range(2):
            await peer.request()
            await peer.send(plain(b"%d" % peer.number))

    async with serving(script) as upstream:
        await take(transport, upstream, patience(first_byte=0.05))
        await asyncio.sleep(0.15)

        assert await take(transport, upstream, patience()) == b"1"


async def test_a_host_that_does_not_take_the_connection_is_unreachable(transport):
    # The backlog is full: the kernel leaves further connections unanswered.
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        address = server.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(address)
        async with serving(slowly(pause_s=0)) as upstream:
            request = upstream.outbound(
                endpoint=Endpoint("http", *address), timeouts=patience(connect=0.1)
            )
            with pytest.raises(UpstreamUnreachable, match="no connection in time"):
                await transport.send(request)
        for filler in fillers:
            filler.close()
