"""Whatever comes on a WebSocket, from either side, is answered: nothing ends in silence."""

import asyncio
import gc
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sockets import DONE, HELLO, Socket, streaming
from tests.world import Upstream

ENDS = ("response.completed", "response.incomplete", "error")


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.fixture
async def complaints(caplog):
    """Return what the loop and the log complain of; there must be none at the end."""
    found = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: found.append(context))
    yield found
    gc.collect()
    await asyncio.sleep(0)
    assert found == []


@pytest.mark.parametrize("depth", [300, 400, 1000, 1100, 100_000])
@pytest.mark.parametrize("field", ["input", "metadata", "instructions", "tools"])
async def test_what_is_nested_too_deep_is_refused_in_a_frame(
    open_socket, complaints, caplog, field, depth
):
    world, socket = await open_socket()
    fields = {**dict.fromkeys(("model", "input"), '"fast"'), field: nested(depth)}
    members = ",".join(f'"{name}":{value}' for name, value in fields.items())

    await socket.say_text(f'{{"type":"response.create",{members}}}')
    [refused] = await socket.hear_all()

    assert (refused["type"], refused["status"]) == ("error", 400)
    assert world.upstream.received == []
    assert caplog.records == []
    assert (await socket.ask(**HELLO))[-1]["type"] == "response.completed"


@pytest.mark.parametrize(
    "upstream",
    [
        Upstream([b"<html>busy</html>"], kind=b"text/html"),
        Upstream([json.dumps(DONE).encode()]),
        Upstream([json.dumps({**DONE, "status": "incomplete"}).encode()]),
        Upstream([b""], kind=b"text/event-stream"),
        Upstream([b"data: \xff\n\n"], kind=b"text/event-stream"),
        Upstream([b"data: []\n\n"], kind=b"text/event-stream"),
        Upstream([b"data: [DONE]\n\n"], kind=b"text/event-stream"),
        Upstream([b'data: {"type":"x"}\n\ndata: {'], kind=b"text/event-stream"),
    ],
    ids=lambda each: each.chunks[0][:20].decode(errors="replace"),
)
async def test_a_provider_that_answers_nonsense_is_told_as_broken(
    open_socket, complaints, upstream
):
    world, socket = await open_socket(upstream)

    told = (await socket.ask(**HELLO))[-1]

    assert told["type"] == "error"
    assert told["error"]["code"].startswith("provider_")
    assert [record.error for record in world.records()] == [told["error"]["code"]]


async def test_an_answer_nested_too_deep_to_be_remembered_is_told(
    open_socket, complaints
):
    done = json.dumps({**DONE, "output": [{"x": "DEEP"}]}).replace(
        '"DEEP"', nested(400)
    )
    event = f'{{"type":"response.completed","sequence_number":1,"response":{done}}}'
    upstream = Upstream([f"data: {event}\n\n".encode()], kind=b"text/event-stream")
    _, socket = await open_socket(upstream)

    await socket.say(type="response.create", **HELLO)
    told = await socket.hear_all()
    await socket.say(type="response.append", input="more")
    [refused] = await socket.hear_all()

    assert told[-1]["type"] == "response.completed"
    assert refused["status"] == 400


async def test_a_turn_that_fails_for_a_reason_of_ours_is_told_and_logged(
    open_socket, complaints, caplog
):
    world, socket = await open_socket()
    now, world.now = world.now, "noon"

    [refused] = await socket.ask(**HELLO, stream_id="s1")

    assert (refused["status"], refused["error"]["code"]) == (500, "internal_error")
    assert refused["stream_id"] == "s1"
    assert [record.message for record in caplog.records] == ["turn.failed"]
    world.now = now
    assert (await socket.ask(**HELLO))[-1]["type"] == "response.completed"


async def test_a_caller_that_is_gone_while_it_is_told_leaves_no_complaint(
    open_socket, complaints, caplog
):
    world, socket = await open_socket()
    socket.breaks()

    await socket.say(type="response.create", **HELLO)
    while not world.records():
        await asyncio.sleep(0.001)
    await socket.leave()

    assert [each.error for each in world.records()] == ["client_disconnected"]
    assert caplog.records == []


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["fast", "dark", "user", "message", "input_text", "resp_1"]),
)
NAMES = st.sampled_from(
    ["type", "role", "content", "text", "id", "name", "call_id", "output", "\0", ""]
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)
    ),
    max_leaves=12,
)
PLACES = st.sampled_from(
    [
        *("type", "model", "input", "stream_id", "generate", "response", "event_id"),
        *("previous_response_id", "instructions", "tools", "tool_choice", "metadata"),
        *("store", "stream", "reasoning", "text", "include", "temperature", "prompt"),
        *("max_output_tokens", "background", "conversation", "stream_options"),
    ]
)
FRAMES = st.one_of(
    st.dictionaries(PLACES, ANYTHING, max_size=3).map(
        lambda said: {"type": "response.create", **HELLO, **said}
    ),
    st.dictionaries(PLACES, ANYTHING, max_size=3).map(
        lambda said: {"type": "response.append", "input": "more", **said}
    ),
    st.dictionaries(PLACES, ANYTHING, max_size=3).map(
        lambda said: {"type": "response.create", "response": {**HELLO, **said}}
    ),
    ANYTHING,
)


KINDS = {
    "OPENAI": streaming(),
    "OPENAI_COMPATIBLE": Upstream(status=500),
    "ANTHROPIC": Upstream([b"data: {}\n\n"], kind=b"text/event-stream"),
}


@pytest.fixture(params=KINDS)
async def fuzzed(request, make_world, complaints, caplog):
    world = await make_world(KINDS[request.param], kind=request.param, limits=())
    socket = await Socket(world).open()
    yield socket
    assert socket.is_open
    await socket.leave()
    assert caplog.get_records("call") == []


# The socket and what it remembers are one for all examples.
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(frame=FRAMES)
async def test_every_frame_is_answered(fuzzed, frame):
    await fuzzed.say_text(json.dumps(frame))

    events = await fuzzed.hear_all(*ENDS)

    assert events[-1]["type"] in ENDS
