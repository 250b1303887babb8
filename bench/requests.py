"""The request that is sent over and over: about a kilobyte of chat."""

import json
from typing import Literal

Call = Literal["plain", "streamed"]
Client = Literal["curl", "openai"]

PATH = "/v1/chat/completions"
MODEL = "bench-model"
_SYSTEM = (
    "You are a platform engineer who answers in three sentences at most, names the trade-off "
    "first, and says so when a question has no good answer. "
)
_QUESTION = (
    "We run forty services that call language models. Each has its own keys, its own retries "
    "and its own idea of a limit. Somebody proposes one gateway in front of all providers. "
    "What does it give us, what does it cost us, and what must it never do? "
)
# What the clients send with every request; the second is OpenAI's for Python.
_HEADERS = {
    "curl": {"User-Agent": "curl/7.88.1", "Accept": "*/*"},
    "openai": {
        "Accept-Encoding": "gzip, deflate",
        "Connection": "keep-alive",
        "Accept": "application/json",
        "User-Agent": "OpenAI/Python 2.8.1",
        "X-Stainless-Lang": "python",
        "X-Stainless-Package-Version": "2.8.1",
        "X-Stainless-OS": "Linux",
        "X-Stainless-Arch": "x64",
        "X-Stainless-Runtime": "CPython",
        "X-Stainless-Runtime-Version": "3.11.7",
        "X-Stainless-Async": "false",
        "x-stainless-retry-count": "0",
        "x-stainless-read-timeout": "600",
    },
}


def request(*, call: Call, client: Client, port: int, api_key: str) -> bytes:
    """Return the whole request, headers included."""
    fields: dict[str, object] = {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": _SYSTEM},
            {"role": "user", "content": _QUESTION * 3},
        ],
        "temperature": 0.2,
        "max_tokens": 256,
    }
    if call == "streamed":
        fields |= {"stream": True, "stream_options": {"include_usage": True}}
    body = json.dumps(fields).encode()
    headers = {
        "Host": f"127.0.0.1:{port}",
        **_HEADERS[client],
        "Authorization": f"Bearer {api_key}",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
    }
    lines = [f"POST {PATH} HTTP/1.1", *(f"{name}: {headers[name]}" for name in headers)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
