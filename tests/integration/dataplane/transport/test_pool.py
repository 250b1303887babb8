"""Which connection a request goes out on."""

import asyncio

import pytest

from gateway_project.dataplane.transport import HTTPTransport
from providers.errors import UpstreamBroken
from providers.types import Endpoint
from tests.upstreams import answering, chunked, plain, serving

pytestmark = pytest.mark.enable_socket

CLOSING = plain(b"bye", headers="connection: close\r\n")


async def ask(transport, upstream, **changes):
    answer = await transport.send(upstream.outbound(**changes))
    try:
        return await answer.read(99)
    finally:
        answer.close()


async def for_ever(peer):
    while True:
        await peer.request()
        await peer.send(plain(b"%d" % peer.number))


async def test_a_connection_is_used_again(transport):
    async with serving(for_ever) as upstream:
        answers = [await ask(transport, upstream) for _ in range(5)]

    assert answers == [b"1"] * 5


async def test_requests_at_once_have_a_connection_each(transport):
    together = asyncio.Barrier(3)

    async def script(peer):
        await peer.request()
        await together.wait()
        await peer.send(plain(b"%d" % peer.number))

    async with serving(script) as upstream:
        answers = await asyncio.gather(*(ask(transport, upstream) for _ in range(3)))

    assert sorted(answers) == [b"1", b"2", b"3"]


async def test_a_whole_answer_frees_its_connection_before_it_is_read(transport):
    async with serving(for_ever) as upstream:
        first = await transport.send(upstream.outbound())
        second = await transport.send(upstream.outbound())

        assert (await first.read(9), await second.read(9)) == (b"1", b"1")


@pytest.mark.parametrize(
    "response",
    [
        CLOSING,
        plain(b"bye").replace(b"HTTP/1.1", b"HTTP/1.0"),
        b"HTTP/1.1 200 OK\r\n\r\nbye",
    ],
    ids=["connection: close", "HTTP/1.0", "no length"],
)
async def test_a_connection_that_is_to_be_closed_is_not_used_again(transport, response):
    # It is ours to close when the server, against its word, does not.
    forever = not response.startswith(b"HTTP/1.1 200 OK\r\n\r\n")

    async with serving(answering(response, *[response] * forever)) as upstream:
        assert await ask(transport, upstream) == b"bye"
        assert await ask(transport, upstream) == b"bye"

    assert upstream.connections == 2


async def test_the_answer_to_head_is_not_followed_by_another(transport):
    # Should a server send a body all the same, it must not be the next answer.
    async with serving(answering(plain(b"body"), plain(b"right"))) as upstream:
        await ask(transport, upstream, method=b"HEAD")

        assert await ask(transport, upstream) == b"body"
        assert upstream.connections == 2


@pytest.mark.parametrize(
    "surplus",
    [
        plain(b"second"),
        b"junk",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
    ],
)
async def test_bytes_behind_an_answer_never_reach_the_next_request(transport, surplus):
    async with serving(answering(plain(b"first") + surplus, plain(b"2nd"))) as upstream:
        assert await ask(transport, upstream) == b"first"
        assert await ask(transport, upstream) == b"first"

    assert upstream.connections == 2


async def test_bytes_on_an_idle_connection_never_reach_the_next_request(transport):
    async def script(peer):
        await peer.request()
        await peer.send(plain(b"first"), plain(b"second"))
        await peer.gone()

    async with serving(script) as upstream:
        assert await ask(transport, upstream) == b"first"
        await asyncio.sleep(0.05)
        assert await ask(transport, upstream) == b"first"

    assert upstream.connections == 2


async def test_another_host_or_scheme_has_connections_of_its_own(transport):
    async with serving(for_ever) as one, serving(for_ever) as other:
        await ask(transport, one)
        await ask(transport, other)
        named = Endpoint("http", "localhost", one.port)
        await ask(transport, one, endpoint=named)

        assert (one.connections, other.connections) == (2, 1)


async def test_a_connection_closed_while_idle_is_not_used(transport):
    async with serving(answering(plain(b"one"))) as upstream:
        await ask(transport, upstream)
        await asyncio.sleep(0.05)
        assert await ask(transport, upstream) == b"one"

    assert len(upstream.requests) == 2


def stale_once(*, reset):
    """Close the first connection when its second request arrives, and none other."""

    async def script(peer):
        await peer.request()
        await peer.send(plain(b"%d" % peer.number))
        await peer.reader.read(1)
        if peer.number == 1:
            peer.reset() if reset else peer.close()
            return
        await peer.reader.readuntil(b"\r\n\r\n{}")
        await peer.send(plain(b"%d" % peer.number))

    return script


@pytest.mark.parametrize("reset", [False, True])
async def test_a_request_that_crossed_a_close_is_sent_again_once(transport, reset):
    async with serving(stale_once(reset=reset)) as upstream:
        assert await ask(transport, upstream) == b"1"

        assert await ask(transport, upstream) == b"2"
        assert upstream.connections == 2


async def test_a_request_is_not_sent_a_third_time(transport):
    async def script(peer):
        await peer.request()
        if peer.number == 1:
            await peer.send(plain(b"1"))
            await peer.request()

    async with serving(script) as upstream:
        await ask(transport, upstream)

        with pytest.raises(UpstreamBroken, match="before it answered"):
            await ask(transport, upstream)
        assert (upstream.connections, len(upstream.requests)) == (2, 3)


async def test_a_fresh_connection_that_closes_is_not_tried_again(transport):
    async def script(peer):
        await peer.request()

    async with serving(script) as upstream:
        with pytest.raises(UpstreamBroken):
            await ask(transport, upstream)

    assert upstream.connections == 1


@pytest.mark.parametrize(
    "part", [b"H", b"HTTP/1.1 100 Continue\r\n\r\n", plain(b"1")[:-1]]
)
async def test_a_request_whose_answer_has_begun_is_not_sent_again(transport, part):
    async def script(peer):
        await peer.request()
        await peer.send(plain(b"1"))
        await peer.request()
        await peer.send(part)

    async with serving(script) as upstream:
        await ask(transport, upstream)

        with pytest.raises(UpstreamBroken):
            await ask(transport, upstream)
        assert len(upstream.requests) == 2


async def test_a_request_that_was_worked_on_for_long_is_not_sent_again(
    transport, monkeypatch
):
    monkeypatch.setattr("gateway_project.dataplane.transport.connection.STALE_S", 0.05)

    async def script(peer):
        await peer.request()
        await peer.send(plain(b"1"))
        await peer.request()
        await asyncio.sleep(0.1)

    async with serving(script) as upstream:
        await ask(transport, upstream)

        with pytest.raises(UpstreamBroken):
            await ask(transport, upstream)
        assert len(upstream.requests) == 2


async def burst(transport, upstream, number):
    answers = [await transport.send(upstream.outbound()) for _ in range(number)]
    for answer in answers:
        await answer.read(99)


@pytest.fixture
async def slow(transport):
    """Answers that are under way at once, so that each needs a connection."""
    turn = asyncio.Event()

    async def script(peer):
        while True:
            await peer.request()
            await peer.send(chunked(b"x")[:-5])
            await turn.wait()
            await peer.send(b"0\r\n\r\n")

    async with serving(script) as upstream:
        upstream.turn = turn
        yield upstream


async def finish(upstream, answers):
    upstream.turn.set()
    for answer in answers:
        await answer.read(99)
        answer.close()
    await asyncio.sleep(0.02)


async def test_no_more_than_so_many_connections_are_kept(slow):
    transport = HTTPTransport(most_idle=2)
    answers = [await transport.send(slow.outbound()) for _ in range(5)]

    await finish(slow, answers)

    assert (slow.connections, slow.departures) == (5, 3)
    await transport.close()


async def test_no_connection_is_kept_longer_than_so_long(slow):
    transport = HTTPTransport(idle_s=0.1)
    answers = [await transport.send(slow.outbound()) for _ in range(3)]
    await finish(slow, answers)
    assert slow.departures == 0

    await asyncio.sleep(0.15)

    assert slow.departures == 3
    assert await ask(transport, slow) == b"x"
    assert slow.connections == 4
    await transport.close()


async def test_a_connection_that_is_used_does_not_age():
    transport = HTTPTransport(idle_s=0.1)

    async with serving(for_ever) as upstream:
        for _ in range(8):
            await ask(transport, upstream)
            await asyncio.sleep(0.03)
        assert upstream.connections == 1
    await transport.close()


async def test_closing_drops_what_is_idle_and_leaves_what_is_at_work(slow):
    transport = HTTPTransport()
    idle, busy = [await transport.send(slow.outbound()) for _ in range(2)]
    slow.turn.set()
    await idle.read(99)
    slow.turn.clear()
    busy = await transport.send(slow.outbound())

    await transport.close()
    await asyncio.sleep(0.02)
    gone = slow.departures
    await finish(slow, [busy])

    assert gone == 1
    assert slow.departures == 2
