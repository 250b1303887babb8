"""Every endpoint that asks a model something: each has a row here, or the suite fails."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from providers.operations import Operation
from tests.world import Upstream

from . import requests
from .answers import STREAMED, WHOLE, Told
from .requests import Ask, Body


class Way(StrEnum):
    """How a caller is answered.

    An array is Gemini's stream without events. Both of the last are turns on a WebSocket;
    the one that prepares asks no model.
    """

    PLAIN = "plain"
    STREAM = "stream"
    ARRAY = "array"
    SOCKET = "socket"
    PREPARING = "preparing"


class Shape(StrEnum):
    """Whose errors a caller of the endpoint knows."""

    OPENAI = "openai"
    RESPONSES = "responses"
    ANTHROPIC = "anthropic"
    GEMINI = "gemini"


@dataclass(frozen=True)
class Endpoint:
    """`asked` says, for each kind of provider, what it is asked; None when it is not.

    `{model}` in a path is the model's name. Every good answer `holds` what only this
    endpoint's do; a whole stream is `closed_by` what no other is. `has_ceiling` where the request bounds its answer: `ask` does, at 16.
    """

    paths: tuple[str, ...]
    operation: Operation
    ask: Ask
    asked: Mapping[str, Operation | None]
    holds: bytes
    ways: tuple[Way, ...] = (Way.PLAIN,)
    shape: Shape = Shape.OPENAI
    closed_by: bytes = b""
    has_ceiling: bool = False


@dataclass(frozen=True)
class Case:
    """One endpoint, at the `at`-th of its paths, answered one way by one kind of provider."""

    endpoint: Endpoint
    way: Way
    kind: str
    at: int = 0

    def __str__(self) -> str:
        return f"{self.endpoint.operation}-{self.way}-{self.kind}"

    @property
    def asked(self) -> Operation | None:
        if self.way is Way.PREPARING:
            return None
        return self.endpoint.asked[self.kind]

    @property
    def streams(self) -> bool:
        return self.way is not Way.PLAIN

    @property
    def told(self) -> Told:
        """The provider's answer; for what is answered here, what it would take."""
        if self.asked is None:
            return Told([], (0, 0))
        return (STREAMED if self.streams else WHOLE)[self.asked]

    @property
    def passes(self) -> bool:
        """Whether the provider's own bytes reach the caller."""
        return self.asked is self.endpoint.operation

    def path(self, model: str = "fast") -> str:
        return self.endpoint.paths[self.at].format(model=model)

    @property
    def query(self) -> bytes:
        is_gemini = self.endpoint.operation is Operation.GENERATE
        return b"alt=sse" if is_gemini and self.way is Way.STREAM else b""

    def body(self, model: str = "fast") -> Body:
        return self.endpoint.ask(model, self.streams)

    def upstream(self, pieces: int | None = None, **more: object) -> Upstream:
        """Return a provider that gives the good answer, or its first pieces."""
        told = self.told
        return Upstream(told.pieces[:pieces], kind=told.kind, **more)


def _openai(name: str) -> tuple[str, ...]:
    return (f"/v1/{name}", f"/api/v1/{name}")


def _gemini(name: str) -> tuple[str, ...]:
    return (f"/v1beta/models/{{model}}:{name}", f"/v1/models/{{model}}:{name}")


ON_SOCKETS = (Way.SOCKET, Way.PREPARING)
_BOTH = (Way.PLAIN, Way.STREAM)
_MESSAGES = [{"role": "user", "content": "hi"}]
_CONTENTS = [{"role": "user", "parts": [{"text": "hi"}]}]
# Each of the dialects providers converse in, once.
_CONVERSED: dict[str, Operation | None] = {
    "OPENAI_COMPATIBLE": Operation.CHAT,
    "ANTHROPIC": Operation.MESSAGES,
    "GEMINI": Operation.GENERATE,
    "BEDROCK": Operation.CONVERSE,
}
_GENERATE = requests.addressed(
    contents=_CONTENTS, generationConfig={"maxOutputTokens": 16}
)


def _at_openai(operation: Operation) -> dict[str, Operation | None]:
    return {"OPENAI": operation}


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        _openai("chat/completions"),
        Operation.CHAT,
        requests.json(messages=_MESSAGES, max_tokens=16),
        _CONVERSED,
        holds=b'"chat.completion',
        ways=_BOTH,
        closed_by=b"[DONE]",
        has_ceiling=True,
    ),
    Endpoint(
        _openai("completions"),
        Operation.COMPLETIONS,
        requests.json(prompt="hi", max_tokens=16),
        {**_CONVERSED, "OPENAI_COMPATIBLE": Operation.COMPLETIONS},
        holds=b'"text_completion"',
        ways=_BOTH,
        closed_by=b"[DONE]",
        has_ceiling=True,
    ),
    Endpoint(
        _openai("responses"),
        Operation.RESPONSES,
        requests.json(input="hi", max_output_tokens=16),
        {"OPENAI": Operation.RESPONSES, **_CONVERSED},
        holds=b'"resp_',
        ways=(*_BOTH, *ON_SOCKETS),
        shape=Shape.RESPONSES,
        closed_by=b'"response.completed"',
        has_ceiling=True,
    ),
    Endpoint(
        _openai("messages"),
        Operation.MESSAGES,
        requests.json(messages=_MESSAGES, max_tokens=16),
        _CONVERSED,
        holds=b'"msg_',
        ways=_BOTH,
        shape=Shape.ANTHROPIC,
        closed_by=b"message_stop",
        has_ceiling=True,
    ),
    Endpoint(
        _openai("messages/count_tokens"),
        Operation.MESSAGES_COUNT,
        requests.json(messages=_MESSAGES),
        {"ANTHROPIC": Operation.MESSAGES_COUNT, "OPENAI": None, "BEDROCK": None},
        holds=b'"input_tokens":',
        shape=Shape.ANTHROPIC,
    ),
    Endpoint(
        _gemini("generateContent"),
        Operation.GENERATE,
        _GENERATE,
        _CONVERSED,
        holds=b'"candidates":',
        shape=Shape.GEMINI,
        has_ceiling=True,
    ),
    Endpoint(
        _gemini("streamGenerateContent"),
        Operation.GENERATE,
        _GENERATE,
        _CONVERSED,
        holds=b'"candidates":',
        ways=(Way.STREAM, Way.ARRAY),
        shape=Shape.GEMINI,
        closed_by=b"finishReason",
        has_ceiling=True,
    ),
    Endpoint(
        _gemini("countTokens"),
        Operation.GENERATE_COUNT,
        requests.addressed(contents=_CONTENTS),
        {"GEMINI": Operation.GENERATE_COUNT, "OPENAI": None, "BEDROCK": None},
        holds=b'"totalTokens":',
        shape=Shape.GEMINI,
    ),
    Endpoint(
        _gemini("embedContent"),
        Operation.GEMINI_EMBED,
        requests.addressed(content=_CONTENTS[0]),
        {"GEMINI": Operation.GEMINI_EMBED},
        holds=b'"embedding":',
        shape=Shape.GEMINI,
    ),
    Endpoint(
        _gemini("batchEmbedContents"),
        Operation.GEMINI_EMBED_BATCH,
        requests.addressed(requests=[{"model": "fast", "content": _CONTENTS[0]}]),
        {"GEMINI": Operation.GEMINI_EMBED_BATCH},
        holds=b'"embeddings":',
        shape=Shape.GEMINI,
    ),
    Endpoint(
        _openai("embeddings"),
        Operation.EMBEDDINGS,
        requests.json(input="hi"),
        {"OPENAI": Operation.EMBEDDINGS, "GEMINI": Operation.GEMINI_EMBED_BATCH},
        holds=b'"embedding":',
    ),
    Endpoint(
        _openai("moderations"),
        Operation.MODERATIONS,
        requests.json(input="hi"),
        _at_openai(Operation.MODERATIONS),
        holds=b'"flagged":',
    ),
    Endpoint(
        _openai("images/generations"),
        Operation.IMAGES,
        requests.json(prompt="a cat"),
        _at_openai(Operation.IMAGES),
        holds=b'"b64_json":',
        ways=_BOTH,
        closed_by=b"image_generation.completed",
    ),
    Endpoint(
        _openai("images/edits"),
        Operation.IMAGE_EDITS,
        requests.form("image", prompt="a cat"),
        _at_openai(Operation.IMAGE_EDITS),
        holds=b'"b64_json":',
        ways=_BOTH,
        closed_by=b"image_edit.completed",
    ),
    Endpoint(
        _openai("audio/speech"),
        Operation.SPEECH,
        requests.json(input="hi", voice="alloy", streams_by=("stream_format", "sse")),
        _at_openai(Operation.SPEECH),
        holds=b"",
        ways=_BOTH,
        closed_by=b"speech.audio.done",
    ),
    Endpoint(
        _openai("audio/transcriptions"),
        Operation.TRANSCRIPTIONS,
        requests.form("file"),
        _at_openai(Operation.TRANSCRIPTIONS),
        holds=b'"text":',
        ways=_BOTH,
        closed_by=b"transcript.text.done",
    ),
    Endpoint(
        _openai("audio/translations"),
        Operation.TRANSLATIONS,
        requests.form("file"),
        _at_openai(Operation.TRANSLATIONS),
        holds=b'"text":',
        ways=_BOTH,
        closed_by=b"transcript.text.done",
    ),
    Endpoint(
        _openai("rerank"),
        Operation.RERANK,
        requests.json(query="hi", documents=["a", "b"]),
        {"OPENAI_COMPATIBLE": Operation.RERANK},
        holds=b'"relevance_score":',
    ),
)

CASES = [
    Case(endpoint, way, kind)
    for endpoint in ENDPOINTS
    for way in endpoint.ways
    for kind in endpoint.asked
]
# By the other paths: no more than that they lead to the same endpoint.
ALIASES = [
    Case(endpoint, way, next(iter(endpoint.asked)), at)
    for endpoint in ENDPOINTS
    for way in endpoint.ways
    for at in range(1, len(endpoint.paths))
]
# What a provider is asked, not only us.
SENT = [case for case in CASES if case.asked is not None]
STREAMS = [case for case in SENT if case.streams]
