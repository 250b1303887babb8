"""What a WebSocket takes is bounded: the work on a frame, what turns become, who never reads."""

import asyncio

import pytest

from gateway_project.dataplane import bodies, socket_frames, sockets
from gateway_project.dataplane.socket_limits import SocketLimits
from gateway_project.dataplane.sockets import MOST_TURNS
from tests.sockets import EVENTS, HELLO, streaming


@pytest.fixture
def parsed(monkeypatch):
    """Return the sizes of the frames that are parsed."""
    sizes = []

    def load(text):
        sizes.append(len(text))
        return bodies.load(text)

    monkeypatch.setattr(socket_frames, "load", load)
    return sizes


async def under_way(world, turns: int) -> None:
    while len(world.upstream.received) < turns:
        await asyncio.sleep(0.001)


async def test_a_frame_of_too_many_values_is_refused_unparsed(open_socket, parsed):
    _, socket = await open_socket()

    await socket.say_text(
        '{"type":"response.create","input":[' + "0," * 200_000 + "0]}"
    )
    refused = await socket.hear()

    assert (refused["status"], refused["error"]["code"]) == (400, "too_many_values")
    assert parsed == []


async def test_a_frame_is_parsed_once_and_one_refused_at_once_never(
    open_socket, parsed
):
    world, socket = await open_socket(streaming(waits=asyncio.Event()))
    for lane in range(MOST_TURNS):
        await socket.say(type="response.create", **HELLO, stream_id=f"lane-{lane}")
    await under_way(world, MOST_TURNS)

    await socket.say(type="response.create", **HELLO, stream_id="more")
    refused = await socket.hear()

    assert refused["error"]["code"] == "too_many_turns"
    assert len(parsed) == MOST_TURNS


async def test_a_lane_may_be_spelled_as_json_may(open_socket):
    _, socket = await open_socket()

    await socket.say_text(
        '{"type":"response.create","model":"fast","input":"hi","stream\\u005fid":"a"}'
    )

    events = await socket.hear_all()
    assert {each["stream_id"] for each in events} == {"a"}


async def test_a_small_frame_counts_with_the_conversation_it_continues(
    open_socket, monkeypatch
):
    monkeypatch.setattr(sockets, "MOST_BYTES", 100_000)
    gate = asyncio.Event()
    world, socket = await open_socket(streaming(waits=gate))
    large = {**HELLO, "input": "x" * 40_000}
    prepared = (await socket.ask(**large, generate=False))[-1]
    id = prepared["response"]["id"]

    for lane in ("a", "b"):
        await socket.say(
            type="response.create",
            **HELLO,
            previous_response_id=id,
            stream_id=lane,
        )
    refused = await socket.hear()
    await under_way(world, 1)
    gate.set()
    told = await socket.hear_all()

    assert (refused["status"], refused["stream_id"]) == (429, "b")
    assert refused["error"]["code"] == "too_many_turns"
    assert [each["type"] for each in told] == [each["type"] for each in EVENTS]
    later = await socket.ask(**HELLO, previous_response_id=id)
    assert later[-1]["type"] == "response.completed"


async def test_all_sockets_of_a_worker_hold_only_so_many_bytes(open_socket, make_world):
    gate = asyncio.Event()
    world = await make_world(streaming(waits=gate))
    world.plane.sockets.limits = SocketLimits(most_bytes=10_000)
    _, first = await open_socket(world=world)
    _, second = await open_socket(world=world)
    await first.say(type="response.create", **{**HELLO, "input": "x" * 4_000})
    await under_way(world, 1)

    refused = (await second.ask(**{**HELLO, "input": "x" * 2_000}))[-1]
    gate.set()
    await first.hear_all()
    later = (await second.ask(**{**HELLO, "input": "x" * 2_000}))[-1]

    assert (refused["status"], refused["error"]["code"]) == (503, "server_overloaded")
    assert later["type"] == "response.completed"


async def test_what_turns_held_is_let_go_however_they_end(open_socket):
    world, socket = await open_socket()
    await socket.ask(**HELLO)
    await socket.ask(model="fasst", input="x")
    await socket.say_text('{"type":"response.append","stream_id":"a"}')
    await socket.hear()
    await socket.leave()

    assert world.plane.sockets._held == 0


async def test_a_socket_nobody_reads_is_cut_off(open_socket, monkeypatch):
    monkeypatch.setattr(sockets, "UNREAD_S", 0.1)
    world, socket = await open_socket()
    socket.stops_reading()

    await socket.say(type="response.create", **HELLO)

    await asyncio.wait_for(socket.aborted.wait(), 2)
    await asyncio.wait_for(socket._task, 2)
    assert [each.error for each in world.records()] == ["client_disconnected"]


async def test_an_old_socket_nobody_reads_is_cut_off(
    open_socket, make_world, monkeypatch
):
    monkeypatch.setattr(sockets, "UNREAD_S", 0.1)
    world = await make_world(streaming())
    world.plane.sockets.limits = SocketLimits(life_s=0.1)
    _, socket = await open_socket(world=world)
    socket.stops_reading()

    await asyncio.wait_for(socket.aborted.wait(), 2)
    await asyncio.wait_for(socket._task, 2)


async def test_the_last_turns_of_an_old_socket_have_only_so_long(
    open_socket, make_world, monkeypatch
):
    monkeypatch.setattr(sockets, "LAST_TURNS_S", 0.1)
    world = await make_world(streaming(waits=asyncio.Event()))
    world.plane.sockets.limits = SocketLimits(life_s=0.1)
    _, socket = await open_socket(world=world)

    await socket.say(type="response.create", **HELLO)
    told = await socket.hear()

    assert told["error"]["code"] == "websocket_connection_limit_reached"
    assert await socket.closed() == 1001
    assert [each.status for each in world.records()] == [499]
