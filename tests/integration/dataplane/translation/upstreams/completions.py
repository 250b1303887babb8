"""Text completions, of before there was chat: they think nothing and call nothing."""

import json
from typing import Any

from providers.types import Usage
from tests.integration.dataplane.translation.said import Said, halves

from . import chat

KIND = chat.KIND
WHOLE_FROM = chat.WHOLE_FROM
told = chat.told
failures = chat.failures
error = chat.error

_HEAD = {
    "id": "cmpl-up1",
    "object": "text_completion",
    "created": 4_102_444_800,
    "model": "real-model",
}


def whole(said: Said, spent: Usage | None) -> bytes:
    body = {**_HEAD, "choices": [_choice(said.text, chat._STOPS[said.stop])]}
    return json.dumps(body | chat._usage(spent)).encode()


def pieces(said: Said, spent: Usage | None) -> list[bytes]:
    choices = [_choice(each) for each in halves(said.text)]
    choices.append(_choice("", chat._STOPS[said.stop]))
    blocks = [chat._event({**_HEAD, "choices": [each]}) for each in choices]
    if spent:
        blocks.append(chat._event({**_HEAD, "choices": [], **chat._usage(spent)}))
    return [*blocks, b"data: [DONE]\n\n"]


def _choice(text: str, reason: str | None = None) -> dict[str, Any]:
    return {"text": text, "index": 0, "logprobs": None, "finish_reason": reason}
