"""Long silences in an answer: a comment where the form of the answer has comments."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from gateway_project.dataplane.door import Door
from tests.world import CHAT, Reply, Upstream

CHUNK = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
CANDIDATE = (
    b'data: {"candidates":[{"index":0,"content":{"parts":[{"text":"x"}],"role":"model"},'
    b'"finishReason":"STOP"}]}\n\n'
)
CONTENTS = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}
SPEECH = {"model": "fast", "input": "hi", "voice": "v"}
COMMENT = b": keep-alive\n\n"


@dataclass
class Slow(Upstream):
    """A provider that falls silent after each piece of its answer."""

    async def send(self, outbound) -> "SlowReply":
        return SlowReply(self)


class SlowReply(Reply):
    async def chunks(self) -> AsyncIterator[bytes]:
        async for chunk in super().chunks():
            yield chunk
            await asyncio.sleep(0.1)


async def answered(make_world, kind, piece, media_type, body, **ask) -> bytes:
    world = await make_world(Slow([piece], kind=media_type), kind=kind)
    world.door = Door(world.plane, world.door, keep_alive_s=0.03)
    return (await world.ask(body, **ask)).body


async def test_a_comment_fills_a_long_silence_in_a_stream_of_events(make_world):
    body = {**CHAT, "stream": True}

    said = await answered(make_world, "OPENAI", CHUNK, b"text/event-stream", body)

    assert COMMENT in said
    assert said.replace(COMMENT, b"") == CHUNK + b"data: [DONE]\n\n"


@pytest.mark.parametrize(
    ("kind", "piece", "media_type", "body", "path", "whole"),
    [
        pytest.param(
            "GEMINI",
            CANDIDATE,
            b"text/event-stream",
            CONTENTS,
            "/v1beta/models/fast:streamGenerateContent",
            b"[%b]" % CANDIDATE[6:-2],
            id="an array",
        ),
        pytest.param(
            "OPENAI",
            b"\x00sound",
            b"audio/mpeg",
            SPEECH,
            "/v1/audio/speech",
            b"\x00sound",
            id="sound",
        ),
    ],
)
async def test_nothing_fills_a_silence_in_what_has_no_comments(
    make_world, kind, piece, media_type, body, path, whole
):
    said = await answered(make_world, kind, piece, media_type, body, path=path)

    assert said == whole
