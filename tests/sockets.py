"""The far end of a WebSocket, in process: frames in, frames out."""

import asyncio
import json

import orjson

from tests.world import Upstream, World

CREATED = {
    "id": "resp_1",
    "object": "response",
    "status": "in_progress",
    "model": "real-model",
    "output": [],
}
ITEM = {
    "type": "message",
    "id": "msg_1",
    "role": "assistant",
    "status": "completed",
    "content": [{"type": "output_text", "text": "Hello", "annotations": []}],
}
DONE = {
    **CREATED,
    "status": "completed",
    "output": [ITEM],
    "usage": {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5},
}
EVENTS = [
    {"type": "response.created", "sequence_number": 0, "response": CREATED},
    {"type": "response.output_text.delta", "sequence_number": 1, "delta": "Hello"},
    {"type": "response.completed", "sequence_number": 2, "response": DONE},
]
HELLO = {"model": "fast", "input": "hi"}


def streaming(events=EVENTS, **more) -> Upstream:
    """Return a provider that answers every turn with these events."""
    blocks = [
        b"event: %b\ndata: %b\n\n" % (each["type"].encode(), orjson.dumps(each))
        for each in events
    ]
    return Upstream(blocks, kind=b"text/event-stream", **more)


class Socket:
    """`status` is 101 once it is open, or what the opening was refused with."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._in: asyncio.Queue = asyncio.Queue()
        self._out: asyncio.Queue = asyncio.Queue()
        self._task: asyncio.Task | None = None
        self._broken = False
        self._reads = asyncio.Event()
        self._reads.set()
        self.aborted = asyncio.Event()
        self.status = 0
        self.body = b""

    async def open(
        self, *, path="/v1/responses", headers=(), token: str | None = None
    ) -> "Socket":
        key = self._world.token if token is None else token
        given = [(b"authorization", f"Bearer {key}".encode())] if key else []
        scope = {
            "type": "websocket",
            "path": path,
            "query_string": b"",
            "headers": [*given, (b"host", b"gate.example"), *headers],
            "client": ("192.0.2.7", 4711),
        }
        await self._in.put({"type": "websocket.connect"})
        self._task = asyncio.ensure_future(
            self._world.door(scope, self._in.get, self._send)
        )
        first = await self._message()
        if first["type"] == "websocket.accept":
            self.status = 101
        else:
            self.status = first["status"]
            self.body = (await self._message())["body"]
        return self

    @property
    def is_open(self) -> bool:
        return self.status == 101 and not self._task.done()

    async def say(self, **frame) -> None:
        await self.say_text(json.dumps(frame))

    async def say_text(self, text: str) -> None:
        await self._in.put({"type": "websocket.receive", "text": text})

    async def hear(self) -> dict:
        """Return the next event."""
        message = await self._message()
        assert message["type"] == "websocket.send"
        return json.loads(message["text"])

    async def hear_all(self, *ends: str) -> list[dict]:
        """Return the events up to and with one that ends a response."""
        ends = ends or ("response.completed", "response.incomplete", "error")
        events = [await self.hear()]
        while events[-1]["type"] not in ends:
            events.append(await self.hear())
        return events

    def rest(self) -> list[dict]:
        """Return the events that have come and were not heard yet."""
        waiting = [self._out.get_nowait() for _ in range(self._out.qsize())]
        return [json.loads(message["text"]) for message in waiting]

    async def ask(self, **fields) -> list[dict]:
        await self.say(type="response.create", **fields)
        return await self.hear_all()

    async def closed(self) -> int:
        """Return the code the server closes it with, once it does, and has done with it."""
        message = await self._message()
        assert message["type"] == "websocket.close"
        await asyncio.wait_for(self._task, 5)
        return message["code"]

    def breaks(self) -> None:
        """Let what is sent from now on fail, as it does when the far side is gone."""
        self._broken = True

    def stops_reading(self) -> None:
        """Let what is sent from now on wait for ever."""
        self._reads.clear()

    async def drain(self) -> None:
        """Tell it what our worker tells it when it stops."""
        await self._in.put({"type": "websocket.drain"})

    async def leave(self) -> None:
        await self._in.put({"type": "websocket.disconnect", "code": 1000})
        await self._task

    async def drop(self) -> None:
        """End it as a server does whose worker is cut off."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _send(self, message: dict) -> None:
        if self._broken:
            raise ConnectionResetError("gone")
        if message["type"] == "websocket.abort":
            self.aborted.set()
            self._broken = True
            return
        await self._reads.wait()
        await self._out.put(message)

    async def _message(self) -> dict:
        return await asyncio.wait_for(self._out.get(), 5)
