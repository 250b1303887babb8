"""How a WebSocket ends, and how many there may be: what one costs is bounded."""

import asyncio
import json
import time

import pytest

from gateway_project.dataplane.socket_limits import SocketLimits
from gateway_project.dataplane.sockets import MOST_BYTES, MOST_TURNS
from tests.sockets import EVENTS, HELLO, streaming

GOING_AWAY, POLICY = 1001, 1008


async def under_way(world, turns: int) -> None:
    """Wait until the provider has been asked so many."""
    while len(world.upstream.received) < turns:
        await asyncio.sleep(0.001)


async def begin(socket, lanes: int = 1, first: int = 0) -> None:
    for lane in range(first, first + lanes):
        await socket.say(type="response.create", **HELLO, stream_id=f"lane-{lane}")


async def test_a_worker_that_stops_closes_an_idle_socket_at_once(open_socket):
    world, socket = await open_socket()
    await socket.ask(**HELLO)

    await socket.drain()

    assert await socket.closed() == GOING_AWAY
    assert [record.status for record in world.records()] == [200]


async def test_a_worker_that_stops_finishes_turns_and_takes_no_more(open_socket):
    gate = asyncio.Event()
    world, socket = await open_socket(streaming(waits=gate))
    await begin(socket)
    await under_way(world, 1)

    await socket.drain()
    await begin(socket, first=1)
    refused = await socket.hear()
    gate.set()
    events = await socket.hear_all()

    assert (refused["status"], "stream_id" in refused) == (503, False)
    assert refused["error"]["code"] == "service_unavailable"
    assert [each["type"] for each in events] == [each["type"] for each in EVENTS]
    assert await socket.closed() == GOING_AWAY
    assert len(world.upstream.received) == 1


async def test_a_socket_without_a_turn_for_too_long_is_closed(open_socket, make_world):
    world = await make_world(streaming())
    world.plane.sockets.limits = SocketLimits(idle_s=0.2)
    _, socket = await open_socket(world=world)
    began = time.monotonic()
    await asyncio.sleep(0.15)
    await socket.ask(**HELLO)

    assert await socket.closed() == GOING_AWAY
    # The patience begins anew with the end of each turn.
    assert 0.35 <= time.monotonic() - began < 2


async def test_a_turn_may_take_longer_than_a_socket_may_be_idle(
    open_socket, make_world
):
    gate = asyncio.Event()
    world = await make_world(streaming(waits=gate))
    world.plane.sockets.limits = SocketLimits(idle_s=0.05)
    _, socket = await open_socket(world=world)
    await begin(socket)
    await asyncio.sleep(0.2)
    gate.set()

    assert (await socket.hear_all())[-1]["type"] == "response.completed"
    assert await socket.closed() == GOING_AWAY


async def test_a_socket_that_is_too_old_says_so_as_openai_does_and_is_closed(
    open_socket, make_world
):
    world = await make_world(streaming())
    world.plane.sockets.limits = SocketLimits(life_s=0.1)
    _, socket = await open_socket(world=world)

    told = await socket.hear()

    assert (told["type"], told["status"]) == ("error", 400)
    assert told["error"]["code"] == "websocket_connection_limit_reached"
    assert await socket.closed() == GOING_AWAY


async def test_a_socket_that_is_too_old_finishes_its_turns_and_takes_no_more(
    open_socket, make_world
):
    gate = asyncio.Event()
    world = await make_world(streaming(waits=gate))
    world.plane.sockets.limits = SocketLimits(life_s=0.1)
    _, socket = await open_socket(world=world)
    await begin(socket)
    await asyncio.sleep(0.2)

    await begin(socket, first=1)
    refused = await socket.hear()
    gate.set()
    events = await socket.hear_all()
    told = await socket.hear()

    codes = {each["error"]["code"] for each in (refused, told)}
    assert codes == {"websocket_connection_limit_reached"}
    assert events[-1]["type"] == "response.completed"
    assert await socket.closed() == GOING_AWAY
    assert len(world.upstream.received) == 1


async def test_a_caller_that_leaves_is_noticed_however_busy_its_socket_is(open_socket):
    world, socket = await open_socket(streaming(waits=asyncio.Event()))
    await begin(socket, MOST_TURNS)
    await under_way(world, MOST_TURNS)

    await asyncio.wait_for(socket.leave(), 2)

    assert [record.status for record in world.records()] == [499] * MOST_TURNS


async def test_a_turn_beyond_what_a_socket_may_hold_is_refused(open_socket):
    gate = asyncio.Event()
    world, socket = await open_socket(streaming(waits=gate))
    await begin(socket, MOST_TURNS)
    await under_way(world, MOST_TURNS)

    await begin(socket, first=MOST_TURNS)
    refused = await socket.hear()
    gate.set()
    for _ in range(MOST_TURNS * len(EVENTS)):
        await socket.hear()

    # It was not read, so nobody knows its lane.
    assert (refused["status"], "stream_id" in refused) == (429, False)
    assert refused["error"]["code"] == "too_many_turns"
    assert (await socket.ask(**HELLO))[-1]["type"] == "response.completed"


async def test_turns_that_wait_hold_only_so_many_bytes(open_socket):
    gate = asyncio.Event()
    world, socket = await open_socket(streaming(waits=gate))
    await begin(socket)
    await under_way(world, 1)

    large = {**HELLO, "input": "x" * (MOST_BYTES // 2)}
    for _ in range(2):
        await socket.say(type="response.create", **large, stream_id="lane-0")
    refused = await socket.hear()
    gate.set()
    await socket.hear_all()
    [taken] = await socket.hear_all()
    [later] = await socket.ask(**large)

    assert refused["error"]["code"] == "too_many_turns"
    # Larger than this world's bodies may be: they were read.
    codes = [each["error"]["code"] for each in (taken, later)]
    assert codes == ["request_too_large"] * 2


async def test_who_floods_a_socket_without_end_is_cut_off(open_socket):
    world, socket = await open_socket(streaming(waits=asyncio.Event()))

    await begin(socket, 3 * MOST_TURNS)

    messages = [await socket._message()]
    while messages[-1]["type"] != "websocket.close":
        messages.append(await socket._message())
    assert messages[-1]["code"] == POLICY
    statuses = {record.status for record in world.records()}
    assert statuses <= {499}


async def test_a_key_has_only_so_many_sockets_open(open_socket, make_world):
    world = await make_world(streaming())
    world.plane.sockets.limits = SocketLimits(per_key=2)
    _, first = await open_socket(world=world)
    await open_socket(world=world)

    _, refused = await open_socket(world=world)
    await first.leave()
    _, another = await open_socket(world=world)

    error = json.loads(refused.body)["error"]
    assert (refused.status, error["code"]) == (429, "too_many_sockets")
    assert another.status == 101
    [record] = world.records()
    assert (record.status, record.error) == (429, "too_many_sockets")
    assert not record.admitted


@pytest.mark.parametrize("ends", ["leave", "drop"])
async def test_a_socket_that_is_gone_is_not_counted(open_socket, make_world, ends):
    world = await make_world(streaming())
    world.plane.sockets.limits = SocketLimits(per_key=1)

    for _ in range(3):
        _, socket = await open_socket(world=world)
        assert socket.status == 101
        await getattr(socket, ends)()
