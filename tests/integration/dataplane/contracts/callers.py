"""Callers of each dialect, who take nothing that their dialect does not know."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from providers.operations import Operation
from tests.contracts import anthropic, gemini, openai
from tests.sockets import Socket
from tests.world import Response, World

_MESSAGES = [{"role": "user", "content": "hi"}]
_USER = {"role": "user", "parts": [{"text": "hi"}]}
_Json = dict[str, Any]


@dataclass(frozen=True)
class Caller:
    """Asks in one way, and checks all that comes back."""

    name: str
    operation: Operation
    path: str
    body: _Json
    check: Callable[[Any], None]
    events: Callable[[bytes], Iterable[Any]] | None = None
    query: bytes = b""
    more: _Json = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    @property
    def streams(self) -> bool:
        return self.events is not None

    async def ask(self, world: World, **more: Any) -> Response:
        body = {**self.body, **self.more, **more}
        response = await world.ask(body, path=self.path, query=self.query)
        assert response.status == 200, response.body
        told = [response.json] if self.events is None else self.events(response.body)
        for each in told:
            self.check(each)
        return response


class Turning(Caller):
    """Asks over a WebSocket."""

    streams = True

    async def ask(self, world: World, **more: Any) -> list[_Json]:
        socket = await Socket(world).open(path=self.path)
        frames = await socket.ask(**self.body, **self.more, **more)
        frames += socket.rest()
        await socket.leave()
        for each in frames:
            self.check(each)
        return frames


def data_of(body: bytes) -> list[Any]:
    """Return the data of each event, but `[DONE]`."""
    lines = [line for line in body.split(b"\n") if line.startswith(b"data: ")]
    return [json.loads(line[6:]) for line in lines if line != b"data: [DONE]"]


def _schema(name: str) -> Callable[[Any], None]:
    return lambda value: openai.check(name, value)


def _event(union: str) -> Callable[[Any], None]:
    return lambda value: openai.check_event(union, value)


_STREAM = {"stream": True}
_WITH_USAGE = {**_STREAM, "stream_options": {"include_usage": True}}
_CHAT = (
    Operation.CHAT,
    "/v1/chat/completions",
    {"model": "fast", "messages": _MESSAGES},
)
_COMPLETION = (
    Operation.COMPLETIONS,
    "/v1/completions",
    {"model": "fast", "prompt": "hi"},
)
_RESPONSE = (Operation.RESPONSES, "/v1/responses", {"model": "fast", "input": "hi"})
_MESSAGE = (
    Operation.MESSAGES,
    "/v1/messages",
    {"model": "fast", "max_tokens": 9, "messages": _MESSAGES},
)
_CONTENTS = {"contents": [_USER]}
_GENERATE = (Operation.GENERATE, "/v1beta/models/fast:generateContent", _CONTENTS)
_GENERATE_STREAM = (
    Operation.GENERATE,
    "/v1beta/models/fast:streamGenerateContent",
    _CONTENTS,
)
_CHUNK = _schema("CreateChatCompletionStreamResponse")


def _message(value: Any) -> None:
    anthropic.check(anthropic.MESSAGE, value)


def _answer(value: Any) -> None:
    gemini.check(gemini.Answer, value)


CALLERS = [
    Caller("chat", *_CHAT, _schema("CreateChatCompletionResponse")),
    Caller("chat stream", *_CHAT, _CHUNK, data_of, more=_STREAM),
    Caller("chat stream with usage", *_CHAT, _CHUNK, data_of, more=_WITH_USAGE),
    Caller("completions", *_COMPLETION, _schema("CreateCompletionResponse")),
    Caller(
        "completions stream",
        *_COMPLETION,
        openai.check_completion_chunk,
        data_of,
        more=_STREAM,
    ),
    Caller(
        "completions stream with usage",
        *_COMPLETION,
        openai.check_completion_chunk,
        data_of,
        more=_WITH_USAGE,
    ),
    Caller("responses", *_RESPONSE, _schema("Response")),
    Caller(
        "responses stream",
        *_RESPONSE,
        _event("ResponseStreamEvent"),
        data_of,
        more=_STREAM,
    ),
    Turning("responses socket", *_RESPONSE, _event("ResponsesServerEvent")),
    Turning(
        "responses socket lane",
        *_RESPONSE,
        _event("ResponsesServerEvent"),
        more={"stream_id": "agent_1"},
    ),
    Caller("messages", *_MESSAGE, _message),
    Caller("messages stream", *_MESSAGE, anthropic.check_event, data_of, more=_STREAM),
    Caller("generate", *_GENERATE, _answer),
    Caller("generate stream", *_GENERATE_STREAM, _answer, data_of, query=b"alt=sse"),
    Caller("generate array", *_GENERATE_STREAM, _answer, json.loads),
]
