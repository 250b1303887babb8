"""What goes out."""

import asyncio

import pytest

from providers.errors import UpstreamBroken, UpstreamTimedOut, UpstreamUnreachable
from providers.types import Endpoint, Timeouts
from tests.upstreams import answering, chunked, plain, serving

pytestmark = pytest.mark.enable_socket


async def test_a_request_goes_out_in_one_piece_with_its_framing(transport):
    raw = []

    async def script(peer):
        raw.append(await peer.reader.read(65536))
        await peer.send(plain(b""))

    async with serving(script) as upstream:
        await transport.send(upstream.outbound(b'{"a":1}'))

    assert raw == [
        b"POST /v1/chat/completions HTTP/1.1\r\n"
        b"host: 127.0.0.1:%d\r\n"
        b"accept-encoding: identity\r\n"
        b"content-length: 7\r\n"
        b"authorization: Bearer sk-secret\r\n"
        b"\r\n"
        b'{"a":1}' % upstream.port
    ]


async def test_a_body_of_32_mb_arrives_whole(transport):
    body = bytes(range(256)) * 2**17

    async with serving(answering(plain(b"thanks"))) as upstream:
        answer = await transport.send(upstream.outbound(body))

        assert await answer.read(99) == b"thanks"
        assert upstream.requests[0].body == body


async def test_an_upstream_that_answers_early_is_sent_no_more(transport):
    async def script(peer):
        await peer.reader.readuntil(b"\r\n\r\n")
        await peer.send(plain(b"too long", status="413 Content Too Large"))
        await peer.gone()

    async with serving(script) as upstream:
        answer = await transport.send(upstream.outbound(b"x" * 2**25))

        assert (answer.status, await answer.read(99)) == (413, b"too long")
        await asyncio.sleep(0.05)
        assert upstream.departures == 1


async def test_an_upstream_that_begins_to_answer_early_is_sent_no_more(transport):
    begun = asyncio.Event()

    async def script(peer):
        await peer.reader.readuntil(b"\r\n\r\n")
        whole = chunked(b"too", b"long")
        await peer.send(whole[:-12])
        await begun.wait()
        await peer.send(whole[-12:])
        await peer.gone()

    async with serving(script) as upstream:
        for _ in range(2):
            answer = await transport.send(upstream.outbound(b"x" * 2**25))
            begun.set()
            assert await answer.read(99) == b"toolong"

        # What is left of the body would be read as the next request.
        assert upstream.connections == 2


async def test_an_upstream_that_takes_no_more_of_the_body_times_out(transport):
    async def script(peer):
        await asyncio.sleep(5)

    async with serving(script) as upstream:
        request = upstream.outbound(b"x" * 2**25, timeouts=Timeouts(1, 5, 0.1, 5))

        with pytest.raises(
            UpstreamTimedOut, match=r"took none of the request for 0\.1 s"
        ):
            await transport.send(request)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"headers": [(b"authorization", b"Bearer sk-\r\nx: y")]}, "'authorization'"),
        ({"headers": [(b"authorization", b"Bearer sk-\n")]}, "'authorization'"),
        ({"headers": [(b"authorization", b"Bearer sk-\r")]}, "'authorization'"),
        ({"headers": [(b"x", b"a\0b")]}, "'x'"),
        ({"path": b"/v1 HTTP/1.1\r\nx: y"}, "the path"),
        ({"path": b"/v1?a=b c"}, "the path"),
        ({"path": b"/v1?a=\x7f"}, "the path"),
    ],
)
async def test_a_line_that_would_end_early_is_not_sent(transport, changes, what):
    async with serving(answering()) as upstream:
        with pytest.raises(UpstreamUnreachable, match=what) as caught:
            await transport.send(upstream.outbound(**changes))

        assert upstream.connections == 0
    assert "sk-" not in str(caught.value)


async def test_a_closed_port_is_unreachable(transport):
    async with serving(answering()) as upstream:
        pass

    with pytest.raises(UpstreamUnreachable, match=f"^127.0.0.1:{upstream.port}: conn"):
        await transport.send(upstream.outbound())


async def test_a_server_that_hangs_up_at_once_is_broken_at_once(transport):
    async def script(peer):
        peer.reset() if peer.number % 2 else peer.close()

    async with serving(script) as upstream:
        for _ in range(50):
            with pytest.raises(UpstreamBroken, match="before it answered"):
                await transport.send(upstream.outbound())


@pytest.mark.parametrize("host", ["nowhere.invalid", "a..b", "x" * 64 + ".test", ""])
async def test_a_name_that_leads_nowhere_is_unreachable(transport, host):
    async with serving(answering()) as upstream:
        request = upstream.outbound(endpoint=Endpoint("http", host, 80))

        with pytest.raises(UpstreamUnreachable):
            await transport.send(request)
