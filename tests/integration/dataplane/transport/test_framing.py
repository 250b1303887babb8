"""What a response is, wherever the network cuts it, and what is none."""

import pytest

from providers.errors import UpstreamBroken
from tests.upstreams import answering, chunked, plain, serving

pytestmark = pytest.mark.enable_socket

BODY = "naïve 日本🚀".encode()
EVENTS = [b"data: a\n\n", b"data: b\n\n", b"data: [DONE]\n\n"]
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"


async def whole(transport, upstream, **request):
    answer = await transport.send(upstream.outbound(**request))
    return answer.status, await answer.read(2**20)


async def joined(transport, upstream):
    answer = await transport.send(upstream.outbound())
    return answer.status, b"".join([chunk async for chunk in answer.chunks()])


@pytest.mark.parametrize("how", [whole, joined])
@pytest.mark.parametrize(
    ("response", "body"),
    [
        (plain(BODY, headers="x-a: b\r\n"), BODY),
        (chunked(BODY[:7], BODY[7:], trailers="t: u\r\n"), BODY),
        (
            chunked(*EVENTS, headers="content-type: text/event-stream\r\n"),
            b"".join(EVENTS),
        ),
    ],
    ids=["plain", "chunked", "stream"],
)
async def test_a_response_reads_the_same_wherever_it_is_cut(
    transport, response, body, how
):
    cuts = range(1, len(response))

    async def script(peer):
        for cut in cuts:
            await peer.request()
            await peer.send(response[:cut], response[cut:], pause_s=0.0005)

    async with serving(script) as upstream:
        for cut in cuts:
            assert await how(transport, upstream) == (200, body), cut

        assert upstream.connections == 1


async def test_a_response_reads_the_same_byte_by_byte(transport):
    response = chunked(*EVENTS)

    async def script(peer):
        await peer.request()
        await peer.send(*(response[at : at + 1] for at in range(len(response))))

    async with serving(script) as upstream:
        assert await joined(transport, upstream) == (200, b"".join(EVENTS))


async def test_header_names_are_lower_case_and_values_are_bare(transport):
    response = OK + b"X-A:  b \t\r\nx-a: \xff\r\nX-Empty:\r\nContent-Length: 0\r\n\r\n"

    async with serving(answering(response)) as upstream:
        answer = await transport.send(upstream.outbound())

    assert answer.headers == [
        (b"x-a", b"b"),
        (b"x-a", b"\xff"),
        (b"x-empty", b""),
        (b"content-length", b"0"),
    ]


async def test_a_body_without_a_length_ends_with_the_connection(transport):
    async with serving(answering(OK + b"\r\nall of it")) as upstream:
        assert await whole(transport, upstream) == (200, b"all of it")


@pytest.mark.parametrize(
    "interim",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\n" * 3,
        b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\nx-b: c\r\n\r\n",
        b"HTTP/1.1 199 Whatever\r\n\r\n",
    ],
)
async def test_interim_answers_are_passed_over(transport, interim):
    async with serving(answering(interim + plain(b"real"))) as upstream:
        answer = await transport.send(upstream.outbound())

        assert (answer.status, await answer.read(99)) == (200, b"real")
        assert answer.headers == [(b"content-length", b"4")]


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
async def test_some_statuses_have_no_body_whatever_they_announce(transport, status):
    head = f"HTTP/1.1 {status}\r\ncontent-length: 5\r\n\r\n".encode()

    async with serving(answering(head, plain(b"next"))) as upstream:
        assert await whole(transport, upstream) == (int(status[:3]), b"")
        assert await whole(transport, upstream) == (200, b"next")
        assert upstream.connections == 1


async def test_the_answer_to_head_has_no_body(transport):
    head = OK + b"content-length: 5\r\n\r\n"

    async with serving(answering(head)) as upstream:
        assert await whole(transport, upstream, method=b"HEAD") == (200, b"")


async def test_many_headers_are_read_up_to_a_limit(transport):
    fits = "".join(f"x-{n}: {'v' * 990}\r\n" for n in range(60))

    async with serving(answering(plain(b"", headers=fits))) as upstream:
        assert await whole(transport, upstream) == (200, b"")


BAD = {
    "no http": b"<html>hello</html>",
    "bare line feeds": b"HTTP/1.1 200 OK\ncontent-length: 0\n\n",
    "bad status": b"HTTP/1.1 20 OK\r\n\r\n",
    "folded header": OK + b"a: b\r\n c\r\ncontent-length: 0\r\n\r\n",
    "nul in a header": OK + b"a: b\0c\r\ncontent-length: 0\r\n\r\n",
    "two lengths": OK + b"content-length: 0\r\ncontent-length: 3\r\n\r\nabc",
    "negative length": OK + b"content-length: -1\r\n\r\n",
    "length beyond 64 bits": OK + b"content-length: 99999999999999999999\r\n\r\n",
    "length and chunks": OK
    + b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "bad chunk size": CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n",
    "chunk size beyond 64 bits": CHUNKED + b"fffffffffffffffff\r\n",
    "chunk longer than it says": CHUNKED + b"2\r\nabc\r\n0\r\n\r\n",
    "other transfer coding": OK + b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "content coding": plain(b"x", headers="content-encoding: gzip\r\n"),
    "switch of protocols": OK.replace(b"200", b"101")
    + b"connection: upgrade\r\nupgrade: x\r\n\r\n",
    "long header": OK + b"a: " + b"b" * 65536 + b"\r\n\r\n",
    "header without end": OK + b"a: " + b"b" * 300_000,
    "many headers": OK + b"a: b\r\n" * 12_000 + b"\r\n",
    "many interim answers": b"HTTP/1.1 103 E\r\na: b\r\n\r\n" * 12_000,
    "body in an interim answer": b"HTTP/1.1 150 X\r\ncontent-length: 1\r\n\r\nx",
    "long trailer": CHUNKED + b"1\r\na\r\n0\r\na: " + b"b" * 300_000,
    "many trailers": CHUNKED + b"1\r\na\r\n0\r\n" + b"a: b\r\n" * 12_000 + b"\r\n",
    "chunk extension without end": CHUNKED + b"1;" + b"a" * 600_000,
}


@pytest.mark.parametrize("response", BAD.values(), ids=BAD.keys())
async def test_what_is_not_http_is_a_broken_upstream(transport, response):
    async with serving(answering(response)) as upstream:
        with pytest.raises(
            UpstreamBroken, match=f"^127.0.0.1:{upstream.port} broke HTTP"
        ):
            await whole(transport, upstream)


CUT = {
    "nothing": b"",
    "half a status line": b"HTTP/1.1 2",
    "half the headers": OK + b"content-length: 9\r\ncont",
    "no body": OK + b"content-length: 9\r\n\r\n",
    "half a body": OK + b"content-length: 9\r\n\r\nhalf",
    "half a chunk size": CHUNKED + b"1",
    "half a chunk": CHUNKED + b"9\r\nhalf",
    "no last chunk": CHUNKED + b"4\r\nhalf\r\n",
    "half a last chunk": CHUNKED + b"4\r\nhalf\r\n0\r\n",
    "half a character": CHUNKED + b"2\r\n\xf0\x9f\r\n",
}
cut = pytest.mark.parametrize("response", CUT.values(), ids=CUT.keys())


@cut
@pytest.mark.parametrize("how", [whole, joined])
async def test_an_answer_cut_short_is_never_a_whole_one(transport, response, how):
    async with serving(answering(response)) as upstream:
        with pytest.raises(UpstreamBroken, match="closed the connection"):
            await how(transport, upstream)


@cut
@pytest.mark.parametrize("how", [whole, joined])
async def test_an_answer_that_is_reset_is_never_a_whole_one(transport, response, how):
    async def script(peer):
        await peer.request()
        await peer.send(response, b"", pause_s=0.01)
        peer.reset()

    async with serving(script) as upstream:
        with pytest.raises(UpstreamBroken):
            await how(transport, upstream)


async def test_a_body_without_a_length_that_is_reset_is_broken(transport):
    async def script(peer):
        await peer.request()
        await peer.send(OK + b"\r\nhalf", b"", pause_s=0.01)
        peer.reset()

    async with serving(script) as upstream:
        with pytest.raises(UpstreamBroken):
            await whole(transport, upstream)


async def test_what_arrived_before_the_break_is_handed_out_first(transport):
    async with serving(answering(CHUNKED + b"3\r\nyes\r\n9\r\nno")) as upstream:
        answer = await transport.send(upstream.outbound())
        chunks = answer.chunks()

        assert await anext(chunks) == b"yesno"
        with pytest.raises(UpstreamBroken):
            await anext(chunks)


async def test_an_error_names_the_place_and_no_secret(transport):
    async with serving(answering(b"secret, sk-secret")) as upstream:
        with pytest.raises(UpstreamBroken) as caught:
            await whole(transport, upstream)

    assert str(caught.value).startswith(f"127.0.0.1:{upstream.port} broke HTTP: ")
    assert "secret" not in str(caught.value)
