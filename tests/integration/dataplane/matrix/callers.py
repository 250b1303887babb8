"""Those who ask: over HTTP, or turn by turn on a WebSocket."""

import asyncio
import json
from dataclasses import dataclass, field

from tests.sockets import Socket
from tests.world import Response, World

from . import shapes
from .endpoints import ON_SOCKETS, Case, Way


@dataclass
class Seen:
    """What came back. `events` are a stream's.

    `code` says why not, in our words, and `source` whether we or the provider say so; a
    WebSocket's frames leave that to the code.
    """

    status: int
    code: str = ""
    source: str = ""
    body: bytes = b""
    events: list[bytes] = field(default_factory=list)


class Posting:
    """Posts its requests. `token` is presented instead of the good key."""

    def __init__(self, world: World, case: Case, token: str | None = None) -> None:
        self._world = world
        self._case = case
        self._token = token

    async def open(self) -> None: ...

    async def ask(self, model: str = "fast") -> Seen:
        case, body = self._case, self._case.body(model)
        response = await self._world.ask(
            body.data,
            path=case.path(model),
            headers=body.headers,
            token=self._token,
            query=case.query,
        )
        if response.status != 200:
            error = response.json
            code = shapes.code_of(case.endpoint.shape, response.status, error)
            source = response.headers["x-gateway-error-source"]
            return Seen(response.status, code, source, response.body)
        return Seen(200, body=response.body, events=_events(case, response))

    async def begin(self) -> "asyncio.Task[Seen]":
        return asyncio.ensure_future(self.ask())

    async def hang_up(self, asking: "asyncio.Task[Seen]") -> None:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    async def leave(self) -> None: ...


class Turning:
    """Asks for turns on a WebSocket, unless it is refused one."""

    def __init__(self, world: World, case: Case, token: str | None = None) -> None:
        self._socket = Socket(world)
        self._case = case
        self._token = token

    async def open(self) -> None:
        await self._socket.open(path=self._case.path(), token=self._token)

    async def ask(self, model: str = "fast") -> Seen:
        socket, shape = self._socket, self._case.endpoint.shape
        if socket.status != 101:
            code = shapes.code_of(shape, socket.status, json.loads(socket.body))
            return Seen(socket.status, code, body=socket.body)
        await self._say(model)
        heard = await socket.hear_all() + socket.rest()
        if "status" in heard[0]:
            [refused] = heard
            return Seen(refused["status"], shapes.code_in_frame(refused))
        events = [json.dumps(each, separators=(",", ":")).encode() for each in heard]
        return Seen(200, body=b"\n".join(events), events=events)

    async def begin(self) -> None:
        await self._say("fast")

    async def hang_up(self, _: None) -> None:
        await self._socket.leave()

    async def leave(self) -> None:
        if self._socket.status == 101:
            await self._socket.leave()

    async def _say(self, model: str) -> None:
        fields = json.loads(self._case.body(model).data)
        if self._case.way is Way.PREPARING:
            fields["generate"] = False
        await self._socket.say(type="response.create", **fields)


Caller = Posting | Turning


async def opened(world: World, case: Case, token: str | None = None) -> Caller:
    kind = Turning if case.way in ON_SOCKETS else Posting
    caller = kind(world, case, token)
    await caller.open()
    return caller


def _events(case: Case, response: Response) -> list[bytes]:
    match case.way:
        case Way.STREAM:
            assert response.headers["content-type"].startswith("text/event-stream")
            assert response.body.endswith(b"\n\n")
            return response.body.removesuffix(b"\n\n").split(b"\n\n")
        case Way.ARRAY:
            assert response.headers["content-type"] == "application/json"
            return [json.dumps(each).encode() for each in response.json]
        case _:
            return []
