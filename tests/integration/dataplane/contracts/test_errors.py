"""Errors of every status: whole, at the end of a stream, and in the frames of a WebSocket."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from providers.errors import UpstreamBroken, UpstreamTimedOut, UpstreamUnreachable
from tests.contracts import anthropic, gemini, openai
from tests.sockets import Socket
from tests.world import Upstream, limited, only

from .callers import CALLERS, Caller
from .providers import SAID

NAMED = {caller.name: caller for caller in CALLERS}


def _openai(error: Any) -> None:
    openai.check("ErrorResponse", error)


def _gemini(error: Any) -> None:
    gemini.check(gemini.Error, error)


@dataclass(frozen=True)
class Shape:
    """How a dialect's errors look, and a caller of it before a provider of another."""

    caller: Caller
    check: Callable[[Any], None]
    kind: str = "ANTHROPIC"


SHAPES = {
    "chat": Shape(NAMED["chat"], _openai),
    "completions": Shape(NAMED["completions"], _openai),
    "responses": Shape(NAMED["responses"], _openai),
    "messages": Shape(NAMED["messages"], anthropic.check_error, "GEMINI"),
    "generate": Shape(NAMED["generate"], _gemini),
}
# How a request is refused: by whom it comes from, and by what it is.
REFUSED: dict[str, tuple[int, dict[str, Any], dict[str, Any]]] = {
    "no key": (401, {}, {"token": ""}),
    "a bad key": (401, {}, {"token": "gh-x"}),
    "revoked": (401, {"revoked": True}, {}),
    "another model": (403, only("none-of-these"), {}),
    "too many": (429, limited(0, None), {}),
    "too many in a month": (429, limited(None, 0), {}),
    "no JSON": (400, {}, {"body": b"{"}),
    "nothing": (400, {}, {"body": b"{}"}),
    "an unknown field": (400, {}, {"more": {"wild": 1}}),
    "too large": (413, {}, {"body": b"x" * (2**20 + 1)}),
    "by another method": (405, {}, {"method": "PUT"}),
    "in an encoding": (415, {}, {"headers": [(b"content-encoding", b"br")]}),
}
FAILED: dict[str, tuple[int, dict[str, Any]]] = {
    "busy": (429, {"status": 429, "headers": [(b"retry-after", b"7")]}),
    "overloaded": (503, {"status": 529}),
    "failing": (502, {"status": 500}),
    "refusing": (400, {"status": 400}),
    "no such model": (404, {"status": 404}),
    "our credential is bad": (502, {"status": 401}),
    "speaking nonsense": (502, {"chunks": [b"<html>"]}),
    "unreachable": (503, {"fails": UpstreamUnreachable("refused")}),
    "silent": (504, {"fails": UpstreamTimedOut("no first byte")}),
    "broken": (502, {"fails": UpstreamBroken("reset")}),
}
STREAMS = [
    caller for caller in CALLERS if caller.streams and "socket" not in str(caller)
]
SOCKET = NAMED["responses socket"]


@pytest.mark.parametrize("reason", REFUSED)
@pytest.mark.parametrize("name", SHAPES)
async def test_a_refusal_is_an_error_of_the_callers_dialect(make_world, name, reason):
    shape = SHAPES[name]
    status, caller, asked = REFUSED[reason]
    world = await make_world(kind=shape.kind, **caller)
    body = {**shape.caller.body, **asked.get("more", {})}
    rest = {k: v for k, v in asked.items() if k != "more"}

    response = await world.ask(**{"body": body, "path": shape.caller.path, **rest})

    assert response.status == status
    shape.check(response.json)


@pytest.mark.parametrize("name", SHAPES)
async def test_a_provider_that_fails_is_an_error_of_the_callers_dialect(
    make_world, name
):
    shape = SHAPES[name]
    for status, fails in FAILED.values():
        world = await make_world(Upstream(**fails), kind=shape.kind)

        response = await world.ask(shape.caller.body, path=shape.caller.path)

        assert response.status == status
        shape.check(response.json)


@pytest.mark.parametrize("caller", STREAMS, ids=str)
async def test_a_stream_that_breaks_ends_in_an_error_of_its_dialect(make_world, caller):
    kind = "GEMINI" if caller.name.startswith("messages") else "ANTHROPIC"
    told = SAID[kind]["text"]
    upstream = Upstream(told.pieces[:-2], kind=told.kind, dies=True)
    world = await make_world(upstream, kind=kind)

    response = await world.ask(
        {**caller.body, **caller.more}, path=caller.path, query=caller.query
    )

    [record] = world.records()
    assert record.error == "provider_broke_off"
    *said, error = caller.events(response.body)
    for event in said:
        caller.check(event)
    end_of(caller)(error)


async def test_a_turn_that_breaks_ends_in_an_error(make_world):
    told = SAID["ANTHROPIC"]["text"]
    upstream = Upstream(told.pieces[:-2], kind=told.kind, dies=True)
    world = await make_world(upstream, kind="ANTHROPIC")

    frames = await SOCKET.ask(world)

    assert {"error", "response.failed"} <= {each["type"] for each in frames}


@pytest.mark.parametrize(
    ("caller", "frame"),
    [
        ({}, "{"),
        ({}, '{"type":"response.wild"}'),
        ({}, '{"type":"response.create","model":"fast","input":3}'),
        ({}, '{"type":"response.create","model":"none","input":"hi"}'),
        (
            {},
            '{"type":"response.create","model":"fast","input":"hi","previous_response_id":"resp_x"}',
        ),
        (limited(0, None), '{"type":"response.create","model":"fast","input":"hi"}'),
        (
            limited(0, None),
            '{"type":"response.create","model":"fast","input":"hi","stream_id":"a"}',
        ),
    ],
)
async def test_a_refused_turn_is_an_error_frame(make_world, caller, frame):
    world = await make_world(kind="ANTHROPIC", **caller)
    socket = await Socket(world).open()

    await socket.say_text(frame)
    error = await socket.hear()
    await socket.leave()

    assert error["type"] == "error"
    SOCKET.check(error)


async def test_a_refused_socket_is_an_error(make_world):
    world = await make_world()

    socket = await Socket(world).open(token="gh-x")

    assert socket.status == 401
    _openai(json.loads(socket.body))


def end_of(caller: Caller) -> Callable[[Any], None]:
    """Return what checks how the caller's stream ends badly."""
    match caller.name.split()[0]:
        case "chat" | "completions":
            return _openai
        case "generate":
            return _gemini
        case _:
            return caller.check
