"""The request that is sent over and over: about a kilobyte of chat."""

import json
from collections.abc import Mapping
from typing import Literal

from bench.ways import Dialect, Way

Call = Literal["plain", "streamed"]
Client = Literal["curl", "official"]

_SYSTEM = (
    "You are a platform engineer who answers in three sentences at most, names the trade-off "
    "first, and says so when a question has no good answer. "
)
_QUESTION = (
    "We run forty services that call language models. Each has its own keys, its own retries "
    "and its own idea of a limit. Somebody proposes one gateway in front of all providers. "
    "What does it give us, what does it cost us, and what must it never do? "
)
_PATHS: Mapping[Dialect, str] = {
    "openai": "/v1/chat/completions",
    "anthropic": "/v1/messages",
}
_CURL = {"User-Agent": "curl/7.88.1", "Accept": "*/*"}
# What both makers' clients for Python send with every request.
_PYTHON = {
    "Accept-Encoding": "gzip, deflate",
    "Connection": "keep-alive",
    "Accept": "application/json",
    "X-Stainless-Lang": "python",
    "X-Stainless-OS": "Linux",
    "X-Stainless-Arch": "x64",
    "X-Stainless-Runtime": "CPython",
    "X-Stainless-Runtime-Version": "3.11.7",
    "X-Stainless-Async": "false",
    "x-stainless-retry-count": "0",
    "x-stainless-read-timeout": "600",
}
_OFFICIAL: Mapping[Dialect, Mapping[str, str]] = {
    "openai": {
        **_PYTHON,
        "User-Agent": "OpenAI/Python 2.8.1",
        "X-Stainless-Package-Version": "2.8.1",
    },
    "anthropic": {
        **_PYTHON,
        "User-Agent": "Anthropic/Python 0.74.1",
        "X-Stainless-Package-Version": "0.74.1",
        "x-stainless-timeout": "600",
    },
}


def model_of(provider: Dialect) -> str:
    """Return the model that a provider of this dialect serves here."""
    return f"bench-{provider}"


def request(way: Way, *, call: Call, client: Client, port: int, api_key: str) -> bytes:
    """Return the whole request, headers included."""
    fields = {"model": model_of(way.provider), **_asked(way.caller, call)}
    body = json.dumps(fields).encode()
    headers = {
        "Host": f"127.0.0.1:{port}",
        **(_CURL if client == "curl" else _OFFICIAL[way.caller]),
        **_credential(way.caller, api_key),
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
    }
    path = _PATHS[way.caller]
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {headers[name]}" for name in headers)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _asked(caller: Dialect, call: Call) -> dict[str, object]:
    question = {"role": "user", "content": _QUESTION * 3}
    asked: dict[str, object] = {"temperature": 0.2, "max_tokens": 256}
    if caller == "openai":
        asked["messages"] = [{"role": "system", "content": _SYSTEM}, question]
    else:
        asked |= {"system": _SYSTEM, "messages": [question]}
    if call == "streamed":
        asked["stream"] = True
        if caller == "openai":
            asked["stream_options"] = {"include_usage": True}
    return asked


def _credential(caller: Dialect, api_key: str) -> dict[str, str]:
    if caller == "openai":
        return {"Authorization": f"Bearer {api_key}"}
    return {"X-Api-Key": api_key, "anthropic-version": "2023-06-01"}
