"""What a worker does when what it depends on misbehaves, and after."""

import asyncio
import contextlib
import os
import time

import pytest

from audit.types import Refusals
from gateway_project import lifespan
from gateway_project.dataplane import passages, streams
from gateway_project.dataplane.limits.valkey import Valkey, encode
from gateway_project.dataplane.snapshot import SnapshotUnavailable
from tests.world import CHAT, Upstream, limited

ANSWER = b'{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}'


@contextlib.asynccontextmanager
async def a_store_that_says(reply: bytes, folder):
    """Serve the counter store's protocol with one reply to everything."""
    connections = []

    async def serve(reader, writer):
        connections.append(writer)
        while await reader.read(65536):
            writer.write(reply)
        writer.close()

    path = folder / "store.sock"
    server = await asyncio.start_unix_server(serve, path)
    try:
        yield path, connections
    finally:
        server.close()
        for writer in connections:
            writer.close()


async def move_store(world, path):
    """Let the world's client meet another server from its next command on."""
    world.valkey.close()
    world.valkey._address = type(world.valkey._address).parse(f"unix://{path}")
    await asyncio.sleep(0)


@pytest.mark.parametrize("reply", [b"-LOADING it\r\n", b"-OOM no\r\n", b"-NOAUTH\r\n"])
async def test_a_store_that_cannot_serve_is_no_bug_of_ours(make_world, tmp_path, reply):
    world = await make_world(Upstream([ANSWER]))
    async with a_store_that_says(reply, tmp_path) as (path, _):
        await move_store(world, path)

        good = await world.ask()
        bad = await world.ask(token="gh-x")
        await world.plane.store.reconcile()

    assert (good.status, bad.status) == (503, 401)


async def test_a_connection_that_is_not_greeted_is_not_kept(tmp_path):
    async with a_store_that_says(b"-ERR no such db\r\n", tmp_path) as (path, seen):
        client = Valkey(f"unix://{path}?db=7")
        for _ in range(5):
            with pytest.raises(Exception, match="no such db"):
                await client.call(encode(b"PING"))
        await asyncio.sleep(0.05)

        assert len(seen) == 5
        assert all(writer.transport.is_closing() for writer in seen)


async def test_a_key_revoked_while_the_store_was_away_and_came_back_empty_is_refused(
    make_world,
):
    world = await make_world(Upstream([ANSWER]))
    assert (await world.ask()).status == 200
    await world.valkey.call(encode(b"FLUSHDB"))
    await world.change(revoked=True)
    await world.valkey.call(encode(b"FLUSHDB"))
    world.plane.store.distrust()

    response = await world.ask()

    assert (response.status, response.error["code"]) == (401, "key_revoked")


async def test_a_change_whose_announcement_was_lost_is_found(make_world):
    world = await make_world(Upstream([ANSWER]))
    announced = world.database.revision
    await world.change(revoked=True)
    await world.valkey.call(encode(b"SET", b"gh:revision", announced.encode()))
    assert (await world.ask()).status == 200

    await world.plane.store.reconcile()

    assert (await world.ask()).status == 401
    assert await world.plane.limiter.current_revision() == world.database.revision


async def test_housekeeping_outlives_a_round_that_fails(make_world, monkeypatch):
    world = await make_world()
    monkeypatch.setattr(lifespan, "_HOUSEKEEPING_SECONDS", 0.01)
    failing, load = True, world.plane.store._load

    async def sometimes():
        if failing:
            raise ValueError("a row that cannot be read")
        return await load()

    world.plane.store._load = sometimes
    keeping = asyncio.ensure_future(lifespan._keep_house(world.plane))
    await asyncio.sleep(0.1)
    failing = False
    await world.ask(token="gh-x")
    await asyncio.sleep(0.1)
    keeping.cancel()

    assert [record.code for record in world.records()] == ["invalid_api_key"]


@pytest.mark.parametrize("failures", [0, 2])
async def test_a_start_waits_for_a_database_that_is_away(
    make_world, monkeypatch, failures
):
    world = await make_world()
    monkeypatch.setattr(lifespan, "_PAUSE_SECONDS", 0.01)
    load, attempts = world.plane.store._load, []

    async def late():
        attempts.append(1)
        if len(attempts) <= failures:
            raise SnapshotUnavailable("away")
        return await load()

    world.plane.store._load = late
    await lifespan._first_snapshot(world.plane)

    assert len(attempts) == failures + 1


async def test_a_body_that_never_begins_is_given_up_in_time(make_world):
    world = await make_world()
    began = time.monotonic()

    response = await world.ask(parts=[b"...never"])

    assert (response.status, response.error["code"]) == (408, "request_timeout")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("body", "status"),
    [({**CHAT, "model": "nope"}, 404), ({"model": "fast"}, 400), (b"x", 400)],
)
async def test_a_refusal_before_the_limits_still_says_what_is_left(
    make_world, body, status
):
    world = await make_world(**limited(5, 50))

    response = await world.ask(body)

    assert response.status == status
    assert response.headers["x-ratelimit-burst"] == "5"
    assert response.headers["x-ratelimit-remaining-month"] == "50"


async def test_a_tally_names_the_key_that_was_tried(make_world):
    world = await make_world()
    await world.ask(token=world.token[:-1] + "x")

    world.plane.refusals.flush()

    assert world.records()[0].subject == world.key.public_id


async def test_a_large_body_with_half_a_character_is_refused_without_a_search(
    make_world,
):
    world = await make_world()
    body = b'{"model":"fast","a":[' + b'"' + b"x" * 600_000 + b'","\\ud800"]}'
    began = time.process_time()

    response = await world.ask(body)

    assert response.error["code"] == "invalid_json"
    assert time.process_time() - began < 2


async def test_a_script_that_keeps_getting_lost_is_no_bug_of_ours(make_world, tmp_path):
    world = await make_world(Upstream([ANSWER]))
    async with a_store_that_says(b"-NOSCRIPT gone\r\n", tmp_path) as (path, _):
        await move_store(world, path)

        response = await world.ask()

    assert response.status == 503


async def test_a_caller_that_hangs_up_while_it_is_being_refused_is_recorded(make_world):
    world = await make_world(Upstream([ANSWER]))

    async def slow(*args, **kwargs):
        await asyncio.sleep(60)

    world.plane.limiter.reserve = slow
    asking = asyncio.ensure_future(world.ask({**CHAT, "model": "nope"}))
    await asyncio.sleep(0.1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert [record.status for record in world.records()] == [499]


async def test_a_call_the_provider_failed_is_recorded_when_the_disk_fills_meanwhile(
    make_world,
):
    world = await make_world(Upstream([b""], status=500, waits=asyncio.Event()))
    asking = asyncio.ensure_future(world.ask())
    while not world.upstream.received:
        await asyncio.sleep(0.01)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, world.plane.spool._fd)
    os.close(full)
    world.plane.spool.append(Refusals("x", "", None, "", 1, 0, 0))
    world.upstream.waits.set()

    await asking

    assert b'"upstream_status":500' in world.plane.spool._unwritten
    world.plane.spool._unwritten.clear()


@pytest.mark.parametrize("stream", [False, True])
async def test_a_call_given_up_before_its_first_byte_has_cost_its_prompt(
    make_world, stream
):
    world = await make_world(Upstream([ANSWER], waits=asyncio.Event()))
    words = "many words " * 100
    body = {"model": "fast", "messages": [{"role": "user", "content": words}]}

    asked = asyncio.ensure_future(world.ask({**body, "stream": stream}))
    while not world.upstream.received:
        await asyncio.sleep(0.01)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)

    (record,) = world.records()
    assert (record.status, record.completion_tokens) == (499, 0)
    assert record.prompt_tokens > 100
    assert record.usage_estimated


@pytest.mark.parametrize("stream", [False, True])
async def test_what_breaks_on_our_side_is_told_recorded_and_not_charged(
    make_world, stream, monkeypatch
):
    kind = b"text/event-stream" if stream else b"application/json"
    world = await make_world(Upstream([ANSWER, b"\n\n"], kind=kind))

    def breaks(*_):
        raise KeyError("a bug")

    monkeypatch.setattr(streams.PassingStream, "feed", breaks)
    monkeypatch.setattr(passages.Passing, "whole", breaks)
    response = await world.ask({**CHAT, "stream": stream})

    (record,) = world.records()
    assert record.error == "internal_error"
    assert b"internal_error" in response.body
    assert b"[DONE]" not in response.body
    assert record.admitted is stream
    assert world.upstream.closed


@pytest.mark.parametrize(
    "said", [b"<html>busy</html>", b'{"id":"x","choices":[', b"", b"[]", b"null"]
)
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", CHAT),
        ("/v1/embeddings", {"model": "fast", "input": "x"}),
    ],
)
async def test_what_is_no_answer_does_not_pass_for_one(make_world, path, body, said):
    world = await make_world(Upstream([said], kind=b"text/html"))

    response = await world.ask(body, path=path)

    assert (response.status, response.error["code"]) == (502, "provider_broke_off")
    assert world.records()[0].admitted is False


async def test_json_is_json_whatever_the_provider_calls_it(make_world):
    world = await make_world(Upstream([ANSWER], kind=b"text/html"))

    response = await world.ask()

    assert response.headers["content-type"] == "application/json"


async def test_a_mistake_in_our_sums_costs_neither_the_record_nor_the_answer(
    make_world, monkeypatch
):
    events = (
        b'data: {"choices":[{"index":0,"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    )
    world = await make_world(
        Upstream([events], kind=b"text/event-stream"), **limited(None, None, 1)
    )

    def breaks(_):
        raise KeyError("a bug")

    monkeypatch.setattr(streams.PassingStream, "usage", breaks)
    first = await world.ask({**CHAT, "stream": True})
    await asyncio.sleep(0.01)
    second = await world.ask({**CHAT, "stream": True})

    assert (first.status, second.status) == (200, 200)
    assert b"[DONE]" in first.body
    assert [each.usage_estimated for each in world.records()] == [True, True]


async def test_a_place_is_given_back_once_the_counters_are_there_again(make_world):
    gate = asyncio.Event()
    world = await make_world(Upstream([ANSWER], waits=gate), **limited(None, None, 1))
    address = world.valkey._address
    asked = asyncio.ensure_future(world.ask())
    while not world.upstream.received:
        await asyncio.sleep(0.01)

    world.valkey.close()
    world.valkey._address = type(address).parse("unix:///nowhere/valkey.sock")
    gate.set()
    answered = await asked
    await asyncio.sleep(0.05)
    world.valkey._address = address
    await asyncio.sleep(0.3)
    again = await world.ask()

    assert (answered.status, again.status) == (200, 200)


@pytest.mark.parametrize("stream", [False, True])
async def test_a_mistake_of_ours_in_translating_is_not_the_providers(
    make_world, monkeypatch, stream
):
    kind = b"text/event-stream" if stream else b"application/json"
    event = b'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\n'
    whole = b'{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}'
    world = await make_world(Upstream([event if stream else whole], kind=kind))

    def breaks(*_, **__):
        raise TypeError("a bug")

    monkeypatch.setattr(passages, "said_by", breaks)
    monkeypatch.setattr(passages, "replace", breaks)
    monkeypatch.setattr(streams.TranslatedStream, "_tell_all", breaks)
    body = {"model": "fast", "max_tokens": 9, "messages": CHAT["messages"]}
    response = await world.ask({**body, "stream": stream}, path="/v1/messages")

    assert response.status == (200 if stream else 500)
    assert world.records()[0].error == "internal_error"
