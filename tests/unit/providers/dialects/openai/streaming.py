"""Streams of chat completions as OpenAI and others send them, and what they tell."""

import json

from providers.dialects.events import Event
from providers.dialects.openai.sides import PROVIDER


def chunk(delta=None, *, index=0, reason=None, **more) -> str:
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1741570283,
        "model": "gpt-x-2026",
        "choices": [
            {
                "index": index,
                "delta": delta or {},
                "logprobs": None,
                "finish_reason": reason,
            }
        ],
        **more,
    }
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"


def usage(prompt: int, completion: int) -> str:
    stated = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }
    return chunk(choices=[], usage=stated)


def call(index, *, id="", name="", arguments="", **more):
    function = {"name": name} if name else {}
    found = {"function": {**function, "arguments": arguments}, **more}
    if index is not None:
        found["index"] = index
    if id:
        found |= {"id": id, "type": "function"}
    return {"tool_calls": [found]}


DONE = "data: [DONE]\n\n"
FIRST = chunk({"role": "assistant", "content": "", "refusal": None})


def read(stream: str) -> list[Event]:
    """Return the events of a stream that ended cleanly."""
    reader = PROVIDER.reader()
    return reader.feed(stream.encode()) + reader.end()
