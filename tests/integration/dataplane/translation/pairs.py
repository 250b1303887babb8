"""Every caller before every kind of provider, and the ways its answer can come."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from providers.adapters.registry import ADAPTERS
from providers.operations import Operation
from providers.types import Usage
from tests.sockets import Socket
from tests.world import Response, Upstream, World

from .callers import CALLERS, Caller, Event, events_in
from .said import SPENT, Heard, Said
from .upstreams import DIALECTS, Dialect

KINDS = (
    "OPENAI",
    "OPENAI_COMPATIBLE",
    "AZURE",
    "OLLAMA",
    "ANTHROPIC",
    "GEMINI",
    "BEDROCK",
)


class Way(StrEnum):
    """How a stream reaches its caller. An array is Gemini's, of those who want no events."""

    EVENTS = "events"
    ARRAY = "array"
    SOCKET = "socket"


# By which a turn on a WebSocket ends, well or badly.
ENDS = ("response.completed", "response.incomplete", "response.failed", "error")
_FURTHER = {Operation.GENERATE: (Way.ARRAY,), Operation.RESPONSES: (Way.SOCKET,)}


@dataclass(frozen=True)
class Pair:
    caller: Caller
    kind: str

    def __str__(self) -> str:
        return f"{self.caller.OPERATION}-{self.kind}"

    @property
    def asked(self) -> Operation:
        """What the provider is asked: the caller's own operation where it speaks it."""
        adapter, operation = ADAPTERS[self.kind], self.caller.OPERATION
        return operation if operation in adapter.speaks else adapter.converses

    @property
    def passes(self) -> bool:
        return self.asked is self.caller.OPERATION

    @property
    def dialect(self) -> Dialect:
        return DIALECTS[self.asked]

    @property
    def ways(self) -> Sequence[Way]:
        return (Way.EVENTS, *_FURTHER.get(self.caller.OPERATION, ()))

    def whole(self, said: Said, spent: Usage | None = SPENT, **more: Any) -> Upstream:
        """Return a provider that says this in one piece."""
        return Upstream([self.dialect.whole(said, spent)], **more)

    def stream(self, said: Said, spent: Usage | None = SPENT, **more: Any) -> Upstream:
        """Return a provider that streams it."""
        pieces = self.dialect.pieces(said, spent)
        return Upstream(pieces, kind=self.dialect.KIND, **more)


PAIRS = [Pair(caller, kind) for caller in CALLERS for kind in KINDS]


async def ask(world: World, caller: Caller, body: dict[str, Any]) -> Response:
    """Ask for an answer in one piece."""
    return await world.ask(body, path=caller.path(stream=False))


async def hear(
    world: World, caller: Caller, body: dict[str, Any] | None = None
) -> Heard:
    """Return an answer that came in one piece."""
    response = await ask(world, caller, body or caller.body(stream=False))
    assert response.status == 200, response.body
    assert response.headers["content-type"] == "application/json"
    return caller.whole(response.json)


async def hear_stream(
    world: World, caller: Caller, way: Way = Way.EVENTS, body: Any = None
) -> Heard:
    """Return an answer that was streamed, whole or broken off."""
    return caller.stream(await events_of(world, caller, way, body))


async def events_of(
    world: World, caller: Caller, way: Way, body: Any = None
) -> list[Event]:
    body = body or caller.body(stream=True)
    if way is Way.SOCKET:
        return await _turn(world, body)
    query = b"alt=sse" if way is Way.EVENTS else b""
    response = await world.ask(body, path=caller.path(stream=True), query=query)
    assert response.status == 200, response.body
    if way is Way.ARRAY:
        assert response.headers["content-type"] == "application/json"
        return [("", each) for each in json.loads(response.body)]
    assert response.headers["content-type"].startswith("text/event-stream")
    return events_in(response.body)


async def _turn(world: World, body: dict[str, Any]) -> list[Event]:
    socket = await Socket(world).open()
    await socket.say(type="response.create", **body)
    frames = await socket.hear_all(*ENDS)
    await socket.leave()
    frames += socket.rest()
    return [(each["type"], each) for each in frames]


def recorded(world: World) -> Usage:
    """Return the usage in the one record there is."""
    [record] = world.records()
    return Usage(
        record.prompt_tokens,
        record.completion_tokens,
        estimated=record.usage_estimated,
        cached_tokens=record.cached_tokens,
        cache_write_tokens=record.cache_write_tokens,
        reasoning_tokens=record.reasoning_tokens,
    )


def stated(usage: Usage) -> Usage:
    """Return the usage as a caller is told it, without whether it was counted here."""
    return replace(usage, estimated=False)
