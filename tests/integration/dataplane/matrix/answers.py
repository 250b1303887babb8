"""What providers answer, by what they are asked: whole, and as a stream of pieces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from providers.operations import Operation
from tests.unit.providers.dialects.bedrock import frames

SSE = b"text/event-stream"


@dataclass(frozen=True)
class Told:
    """A provider's good answer, and the prompt and completion tokens it takes.

    `tokens` is None where it says nothing of them. A stream may end after `whole_from`
    pieces without being broken; by default after all.
    """

    pieces: Sequence[bytes]
    tokens: tuple[int, int] | None = (3, 2)
    kind: bytes = b"application/json"
    whole_from: int = 0

    @property
    def least(self) -> int:
        return self.whole_from or len(self.pieces)


def _json(tokens: tuple[int, int] | None = (3, 2), /, **answer: Any) -> Told:
    return Told([orjson.dumps(answer)], tokens)


def _events(*events: Any, named: bool = False, whole_from: int = 0) -> Told:
    pieces = []
    for event in events:
        data = event if isinstance(event, bytes) else orjson.dumps(event)
        name = b"event: %b\n" % event["type"].encode() if named else b""
        pieces.append(b"%bdata: %b\n\n" % (name, data))
    return Told(pieces, kind=SSE, whole_from=whole_from)


_CHAT_USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
_USAGE = {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5}
_METADATA = {"promptTokenCount": 3, "candidatesTokenCount": 2, "totalTokenCount": 5}
_CHAT = {"id": "chatcmpl-1", "created": 1, "model": "real-model"}
_MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "real"}
_RESPONSE = {"id": "resp_1", "object": "response", "created_at": 1, "model": "real"}
_TEXT = {"type": "output_text", "text": "Hello", "annotations": []}
_ITEM = {
    "type": "message",
    "id": "msg_1",
    "role": "assistant",
    "status": "completed",
    "content": [_TEXT],
}
_WHOLE_RESPONSE = {
    **_RESPONSE,
    "status": "completed",
    "output": [_ITEM],
    "usage": _USAGE,
}


def _candidate(text: str, **more: Any) -> dict[str, Any]:
    content = {"role": "model", "parts": [{"text": text}]}
    return {"content": content, "index": 0, **more}


def _converse_usage() -> dict[str, Any]:
    return {"inputTokens": 3, "outputTokens": 2, "totalTokens": 5}


WHOLE: Mapping[Operation, Told] = {
    Operation.CHAT: _json(
        **_CHAT,
        object="chat.completion",
        choices=[
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Hello"},
                "finish_reason": "stop",
            }
        ],
        usage=_CHAT_USAGE,
    ),
    Operation.COMPLETIONS: _json(
        **_CHAT,
        object="text_completion",
        choices=[{"index": 0, "text": "Hello", "finish_reason": "stop"}],
        usage=_CHAT_USAGE,
    ),
    Operation.RESPONSES: _json(**_WHOLE_RESPONSE),
    Operation.MESSAGES: _json(
        **_MESSAGE,
        content=[{"type": "text", "text": "Hello"}],
        stop_reason="end_turn",
        stop_sequence=None,
        usage={"input_tokens": 3, "output_tokens": 2},
    ),
    Operation.MESSAGES_COUNT: _json((0, 0), input_tokens=7),
    Operation.GENERATE: _json(
        candidates=[_candidate("Hello", finishReason="STOP")], usageMetadata=_METADATA
    ),
    Operation.GENERATE_COUNT: _json((0, 0), totalTokens=7),
    Operation.CONVERSE: _json(
        output={"message": {"role": "assistant", "content": [{"text": "Hello"}]}},
        stopReason="end_turn",
        usage=_converse_usage(),
    ),
    Operation.EMBEDDINGS: _json(
        (3, 0),
        object="list",
        data=[{"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}],
        usage={"prompt_tokens": 3, "total_tokens": 3},
    ),
    Operation.GEMINI_EMBED: _json(
        (3, 0),
        embedding={"values": [0.5, 0.25]},
        usageMetadata={"promptTokenCount": 3},
    ),
    Operation.GEMINI_EMBED_BATCH: _json(
        (3, 0),
        embeddings=[{"values": [0.5, 0.25]}],
        usageMetadata={"promptTokenCount": 3},
    ),
    Operation.MODERATIONS: _json(None, id="modr-1", results=[{"flagged": False}]),
    Operation.IMAGES: _json(data=[{"b64_json": "aGk="}], usage=_USAGE),
    Operation.IMAGE_EDITS: _json(data=[{"b64_json": "aGk="}], usage=_USAGE),
    Operation.SPEECH: Told([b"\xff\xfb\x90so", b"und"], None, kind=b"audio/mpeg"),
    Operation.TRANSCRIPTIONS: _json(text="Hello", usage=_USAGE),
    Operation.TRANSLATIONS: _json(text="Hello", usage=_USAGE),
    Operation.RERANK: _json(
        (3, 0),
        results=[{"index": 0, "relevance_score": 0.5}],
        usage={"total_tokens": 3},
    ),
}


def _chat_chunk(**choice: Any) -> dict[str, Any]:
    chunk = {**_CHAT, "object": "chat.completion.chunk"}
    return {**chunk, "choices": [{"index": 0, "finish_reason": None, **choice}]}


def _text_chunk(text: str, finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "text": text, "finish_reason": finish}
    return {**_CHAT, "object": "text_completion", "choices": [choice]}


def _response_event(kind: str, number: int, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "sequence_number": number, **fields}


def _delta(text: str) -> dict[str, Any]:
    return {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "text_delta", "text": text},
    }


_BEGUN = {**_RESPONSE, "status": "in_progress", "output": []}
_IN_ITEM = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
_USED = {**_CHAT, "object": "chat.completion.chunk", "choices": []}
_TRANSCRIPT = _events(
    {"type": "transcript.text.delta", "delta": "Hel"},
    {"type": "transcript.text.delta", "delta": "lo"},
    {"type": "transcript.text.done", "text": "Hello", "usage": _USAGE},
)

STREAMED: Mapping[Operation, Told] = {
    Operation.CHAT: _events(
        _chat_chunk(delta={"role": "assistant", "content": ""}),
        _chat_chunk(delta={"content": "Hel"}),
        _chat_chunk(delta={"content": "lo"}),
        _chat_chunk(delta={}, finish_reason="stop"),
        {**_USED, "usage": _CHAT_USAGE},
        b"[DONE]",
        whole_from=4,
    ),
    Operation.COMPLETIONS: _events(
        _text_chunk("Hel"),
        _text_chunk("lo"),
        _text_chunk("", "stop"),
        {**_USED, "object": "text_completion", "usage": _CHAT_USAGE},
        b"[DONE]",
        whole_from=3,
    ),
    Operation.RESPONSES: _events(
        _response_event("response.created", 0, response=_BEGUN),
        _response_event("response.output_text.delta", 1, **_IN_ITEM, delta="Hel"),
        _response_event("response.output_text.delta", 2, **_IN_ITEM, delta="lo"),
        _response_event("response.completed", 3, response=_WHOLE_RESPONSE),
        named=True,
    ),
    Operation.MESSAGES: _events(
        {
            "type": "message_start",
            "message": {
                **_MESSAGE,
                "content": [],
                "usage": {"input_tokens": 3, "output_tokens": 1},
            },
        },
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "text", "text": ""},
        },
        _delta("Hel"),
        _delta("lo"),
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 2},
        },
        {"type": "message_stop"},
        named=True,
    ),
    Operation.GENERATE: _events(
        {
            "candidates": [_candidate("Hel")],
            "usageMetadata": {"promptTokenCount": 3, "totalTokenCount": 3},
        },
        {"candidates": [_candidate("lo")]},
        {
            "candidates": [_candidate("", finishReason="STOP")],
            "usageMetadata": _METADATA,
        },
    ),
    Operation.CONVERSE: Told(
        [
            frames.event("messageStart", role="assistant"),
            frames.event(
                "contentBlockDelta", contentBlockIndex=0, delta={"text": "Hel"}
            ),
            frames.event(
                "contentBlockDelta", contentBlockIndex=0, delta={"text": "lo"}
            ),
            frames.event("contentBlockStop", contentBlockIndex=0),
            frames.event("messageStop", stopReason="end_turn"),
            frames.event("metadata", usage=_converse_usage()),
        ],
        kind=b"application/vnd.amazon.eventstream",
        whole_from=5,
    ),
    Operation.IMAGES: _events(
        {"type": "image_generation.partial_image", "b64_json": "aGk="},
        {"type": "image_generation.completed", "b64_json": "aGk=", "usage": _USAGE},
    ),
    Operation.IMAGE_EDITS: _events(
        {"type": "image_edit.partial_image", "b64_json": "aGk="},
        {"type": "image_edit.completed", "b64_json": "aGk=", "usage": _USAGE},
    ),
    Operation.SPEECH: _events(
        {"type": "speech.audio.delta", "audio": "aGk="},
        {"type": "speech.audio.delta", "audio": "aGk="},
        {"type": "speech.audio.done", "usage": _USAGE},
    ),
    Operation.TRANSCRIPTIONS: _TRANSCRIPT,
    Operation.TRANSLATIONS: _TRANSCRIPT,
}


def _complaint(**event: Any) -> bytes:
    return _events(event, named="type" in event).pieces[0]


_OPENAIS = _complaint(error={"message": "busy", "type": "server_error", "code": None})

# How each kind of stream tells of an error.
COMPLAINTS: Mapping[Operation, bytes] = {
    **dict.fromkeys(STREAMED, _OPENAIS),
    Operation.RESPONSES: _complaint(
        type="error", code="server_error", message="busy", sequence_number=9
    ),
    Operation.MESSAGES: _complaint(
        type="error", error={"type": "overloaded_error", "message": "busy"}
    ),
    Operation.GENERATE: _complaint(
        error={"code": 503, "message": "busy", "status": "UNAVAILABLE"}
    ),
    Operation.CONVERSE: frames.exception("throttlingException", "busy"),
}
