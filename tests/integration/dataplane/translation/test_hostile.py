"""Providers that answer what nobody asked: their callers are told so, and nothing of ours breaks."""

import json
import logging
from dataclasses import replace

import pytest

from tests.sockets import Socket
from tests.world import Upstream

from .callers import completions, errors, generate, responses
from .pairs import PAIRS, Way, ask, events_of, hear_stream
from .said import CALLS, SPENT, Called
from .test_broken import STREAMS, said_to

DEEP = b'{"a":' * 2000 + b"1" + b"}" * 2000
NO_ANSWERS = {
    "nothing": b"",
    "blank": b" \r\n",
    "a page": b"<!DOCTYPE html><title>Sign in</title>",
    "a list": b"[]",
    "a list of answers": b'[{"choices":[]}]',
    "a text": b'"hello"',
    "null": b"null",
    "half of one": b'{"id":"x","choices":[{"ind',
    "no text at all": b"\xff\xfe\x00\x00",
    "depths": DEEP,
    "an error": b'{"error":{"message":"key sk-live-4711","type":"server_error"}}',
    "an error in a word": b'{"error":"model is loading, sk-live-4711"}',
    "a stream": b'data: {"choices":[]}\n\ndata: [DONE]\n\n',
}


@pytest.fixture(autouse=True)
def _nothing_of_ours_breaks(caplog):
    yield
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("pair", PAIRS, ids=str)
async def test_what_is_no_answer_is_a_failure_of_the_provider(make_world, pair):
    world = await make_world(kind=pair.kind)

    for what, body in NO_ANSWERS.items():
        world.upstream.chunks = [body]
        response = await ask(world, pair.caller, pair.caller.body(stream=False))

        assert response.status == 502, what
        told = errors.told(pair.caller.OPERATION, 502, response.json)
        assert told.code == "provider_broke_off"
        assert b"sk-live" not in response.body

    assert {(each.status, each.admitted) for each in world.records()} == {(502, False)}


@pytest.mark.parametrize("kind", ["application/json", "text/html", ""])
@pytest.mark.parametrize(("pair", "way"), STREAMS)
async def test_what_is_no_stream_is_no_answer_to_a_caller_who_wants_one(
    make_world, pair, way, kind
):
    """Its client would read a whole answer as a stream in which nothing was said."""
    world = await make_world(pair.whole(said_to(pair)), kind=pair.kind)
    world.upstream.kind = kind.encode()
    body = pair.caller.body(stream=True)

    if way is Way.SOCKET:
        socket = await Socket(world).open()
        [frame] = await socket.ask(**body)
        told = errors.in_frame(frame, 502)
        await socket.leave()
    else:
        query = b"alt=sse" if way is Way.EVENTS else b""
        path = pair.caller.path(stream=True)
        response = await world.ask(body, path=path, query=query)
        assert response.status == 502
        told = errors.told(pair.caller.OPERATION, 502, response.json)

    assert told.code == "provider_broke_off"
    assert world.upstream.closed == 1


NO_EVENTS = {
    "nothing": b"",
    "a comment": b": hello\n\n",
    "no JSON": b"data: nonsense\n\n",
    "a list": b"data: []\n\n",
    "null": b"data: null\n\n",
    "an empty object": b"data: {}\n\n",
    "depths": b"data: " + DEEP + b"\n\n",
    "no text": b"data: \xff\xfe\n\n",
    "no frame": b"\x00" * 64,
    "the end": b"data: [DONE]\n\n",
}


@pytest.mark.parametrize("pair", [each for each in PAIRS if not each.passes], ids=str)
async def test_what_says_nothing_is_no_stream_that_ended_well(make_world, pair):
    world = await make_world(kind=pair.kind)
    world.upstream.kind = pair.dialect.KIND

    for what, block in NO_EVENTS.items():
        world.upstream.chunks = [block]
        heard = await hear_stream(world, pair.caller)
        assert heard.broke == "provider_broke_off", what


@pytest.mark.parametrize("at", [0, 2])
@pytest.mark.parametrize(("pair", "way"), STREAMS)
async def test_an_event_without_end_is_cut_off(make_world, pair, way, at):
    pieces = pair.dialect.pieces(said_to(pair), SPENT)
    more = b"data: " + b"x" * 2**20
    endless = [*pieces[:at], more, *([b"x" * 2**20] * 17)]
    upstream = Upstream(endless, kind=pair.dialect.KIND)
    world = await make_world(upstream, kind=pair.kind)

    heard = await hear_stream(world, pair.caller, way)

    assert heard.broke == "provider_broke_off"
    assert upstream.sent <= len(endless)
    assert upstream.closed == 1


# Deeper than is written here, though not than is read.
TOO_DEEP = '{"a":' * 300 + "1" + "}" * 300


@pytest.mark.parametrize(
    "pair", [p for p in PAIRS if p.caller is not completions], ids=str
)
async def test_arguments_deeper_than_can_be_written_break_nothing(make_world, pair):
    calls = (Called("call_1", "weather", TOO_DEEP),)
    world = await make_world(pair.whole(replace(CALLS, calls=calls)), kind=pair.kind)

    response = await ask(world, pair.caller, pair.caller.body(stream=False))
    world.upstream.chunks = pair.dialect.pieces(replace(CALLS, calls=calls), SPENT)
    world.upstream.kind = pair.dialect.KIND
    streamed = await events_of(world, pair.caller, Way.EVENTS)

    assert response.status in (200, 502)
    assert streamed
    assert {each.error for each in world.records()} <= {"", "provider_broke_off"}


async def test_arguments_that_are_no_text_are_read_as_what_they_are(make_world):
    """Some servers of OpenAI's dialect send an object."""
    world = await make_world(kind="OPENAI_COMPATIBLE")
    for arguments, expected in (({"a": 1}, '{"a":1}'), (json.loads(TOO_DEEP), None)):
        function = {"name": "weather", "arguments": arguments}
        call = {"id": "call_1", "type": "function", "function": function}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
        world.upstream.chunks = [json.dumps({"id": "x", "choices": [choice]}).encode()]
        response = await ask(world, responses, responses.body(stream=False))
        if expected is None:
            assert response.status == 502
        else:
            assert response.json["output"][0]["arguments"] == expected


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
async def test_logprobs_of_any_shape_break_nothing(make_world, stream):
    world = await make_world(kind="OPENAI_COMPATIBLE")
    for content in ([{"token": json.loads(TOO_DEEP)}], [{}], [None], "x", [[[]]]):
        said = {"role": "assistant", "content": "hi"}
        choice = {"index": 0, "logprobs": {"content": content}, "finish_reason": "stop"}
        choice["delta" if stream else "message"] = said
        body = json.dumps({"id": "x", "choices": [choice]}).encode()
        world.upstream.chunks = [b"data: %b\n\n" % body if stream else body]
        world.upstream.kind = b"text/event-stream" if stream else b"application/json"
        for caller in (responses, generate):
            response = await world.ask(
                caller.body(stream=stream),
                path=caller.path(stream=stream),
                query=b"alt=sse",
            )
            assert response.status in (200, 502), content
