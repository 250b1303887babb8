"""OpenAI: chat completions and embeddings."""

import base64
import hashlib
import re
import struct
from collections.abc import Iterator
from typing import Any

from .answers import Orders, Plain, Received, Route, Stream, Wrong, check_fields, data
from .saying import Heard, Said, id_of, pieces, say, words_in

_FIELDS = (
    "model messages audio frequency_penalty function_call functions logit_bias logprobs"
    " max_completion_tokens max_tokens metadata modalities n parallel_tool_calls prediction"
    " presence_penalty prompt_cache_key prompt_cache_retention reasoning_effort"
    " response_format safety_identifier seed service_tier stop store stream stream_options"
    " temperature tool_choice tools top_logprobs top_p user verbosity web_search_options"
)
_REASONS = {"end": "stop", "length": "length", "stop": "stop", "calls": "tool_calls"}


def error(wrong: Wrong) -> Plain:
    return Plain({"error": _error(wrong)}, wrong.status)


def check_key(received: Received) -> None:
    if not re.fullmatch(r"Bearer \S+", received.headers.get("authorization", "")):
        raise Wrong(401, "You didn't provide an API key.")


def _chat(received: Received, _: re.Match[str]) -> Plain | Stream:
    check_key(received)
    body = received.json
    check_fields(body, _FIELDS)
    heard = _heard(body)
    _check_order(body["messages"])
    said = say(heard)
    told = _Telling(body, heard, said)
    if not body.get("stream"):
        return Plain(told.whole(), orders=heard.orders)
    failure = data({"error": _error(Wrong(500, "The far side broke."))})
    return Stream(told.events(), failure, heard.orders)


def _heard(body: dict[str, Any]) -> Heard:
    messages = body["messages"]
    texts = [_text(message.get("content")) for message in messages]
    last = [
        t for t, each in zip(texts, messages, strict=True) if each["role"] == "user"
    ]
    form = body.get("response_format") or {"type": "text"}
    stops = body.get("stop") or []
    return Heard(
        model=body["model"],
        texts=texts,
        last=last[-1] if last else "",
        tools={
            tool["function"]["name"]: tool["function"].get("parameters")
            for tool in body.get("tools") or []
        },
        choice=_choice(body.get("tool_choice")),
        after_result=messages[-1]["role"] == "tool",
        parallel=body.get("parallel_tool_calls", True),
        wants_json=form["type"] != "text",
        schema=form.get("json_schema", {}).get("schema"),
        thinks=body.get("reasoning_effort") not in (None, "none"),
        most_words=body.get("max_completion_tokens") or body.get("max_tokens"),
        stops=[stops] if isinstance(stops, str) else stops,
    )


def _choice(choice: Any) -> str:
    if isinstance(choice, dict):
        return choice["function"]["name"]
    return choice or "auto"


def _text(content: Any) -> str:
    if isinstance(content, list):
        return " ".join(part.get("text", "") for part in content)
    return content or ""


def _check_order(messages: list[dict[str, Any]]) -> None:
    waiting: list[str] = []
    for index, message in enumerate(messages):
        if message["role"] == "tool":
            if message.get("tool_call_id") not in waiting:
                raise Wrong(
                    400, "A tool message answers no call.", f"messages.[{index}]"
                )
            waiting.remove(message["tool_call_id"])
        elif waiting:
            raise Wrong(400, "Tool calls were not answered.", f"messages.[{index}]")
        else:
            waiting = [call["id"] for call in message.get("tool_calls") or []]
    if waiting:
        raise Wrong(400, "Tool calls were not answered.", "messages")


class _Telling:
    def __init__(self, body: dict[str, Any], heard: Heard, said: Said) -> None:
        self._said = said
        self._choices = body.get("n") or 1
        self._logprobs = bool(body.get("logprobs"))
        options = body.get("stream_options") or {}
        self._silent = heard.orders.no_usage
        self._streams_usage = bool(options.get("include_usage"))
        self._head = {
            "id": id_of("chatcmpl-", heard),
            "created": 1_790_000_000,
            "model": f"{heard.model}-2026-01-01",
            "service_tier": "default",
            "system_fingerprint": "fp_far",
        }

    def whole(self) -> dict[str, Any]:
        said = self._said
        message: dict[str, Any] = {
            "role": "assistant",
            "content": None if said.calls else said.text,
            "refusal": None,
            "annotations": [],
        }
        if said.calls:
            message["tool_calls"] = [
                {
                    "id": f"call_{call.id}",
                    "type": "function",
                    "function": {"name": call.name, "arguments": call.arguments},
                }
                for call in said.calls
            ]
        choices = [
            {
                "index": index,
                "message": message,
                "logprobs": self._probable(pieces(said.text)),
                "finish_reason": _REASONS[said.why],
            }
            for index in range(self._choices)
        ]
        usage = {} if self._silent else {"usage": self._usage()}
        return {**self._head, "object": "chat.completion", "choices": choices, **usage}

    def events(self) -> Iterator[bytes]:
        for index in range(self._choices):
            yield from self._choice(index)
        if self._streams_usage and not self._silent:
            yield self._event([], self._usage())
        yield b"data: [DONE]\n\n"

    def _choice(self, index: int) -> Iterator[bytes]:
        said = self._said
        if not said.calls:
            start = {"role": "assistant", "content": "", "refusal": None}
            yield self._delta(index, start)
        for piece in pieces(said.text):
            yield self._delta(index, {"content": piece}, words=[piece])
        for number, call in enumerate(said.calls):
            function = {"name": call.name, "arguments": ""}
            begun = {"id": f"call_{call.id}", "type": "function", "function": function}
            start = {"role": "assistant", "content": None} if number == 0 else {}
            calls = [{"index": number, **begun}]
            yield self._delta(index, {**start, "tool_calls": calls})
            for piece in re.findall(r".{1,5}", call.arguments):
                part = {"index": number, "function": {"arguments": piece}}
                yield self._delta(index, {"tool_calls": [part]})
        yield self._delta(index, {}, reason=_REASONS[said.why])

    def _delta(
        self,
        index: int,
        delta: dict[str, Any],
        *,
        words: list[str] | None = None,
        reason: str | None = None,
    ) -> bytes:
        choice = {
            "index": index,
            "delta": delta,
            "logprobs": self._probable(words) if words else None,
            "finish_reason": reason,
        }
        return self._event([choice], None)

    def _event(self, choices: list[Any], usage: Any) -> bytes:
        said = {"choices": choices, "obfuscation": "4xQ"}
        counted = {"usage": usage} if self._streams_usage and not self._silent else {}
        kind = {"object": "chat.completion.chunk"}
        return data({**self._head, **kind, **said, **counted})

    def _probable(self, words: Any) -> Any:
        if not self._logprobs:
            return None
        tokens = [
            {"token": word, "logprob": -0.5, "bytes": list(word.encode())}
            for word in words
        ]
        content = [{**each, "top_logprobs": []} for each in tokens]
        return {"content": content, "refusal": None}

    def _usage(self) -> dict[str, Any]:
        said = self._said
        completion = said.completion * self._choices
        return {
            "prompt_tokens": said.prompt,
            "completion_tokens": completion,
            "total_tokens": said.prompt + completion,
            "prompt_tokens_details": {"cached_tokens": said.cached, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": said.reasoning * self._choices,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }


def _embeddings(received: Received, _: re.Match[str]) -> Plain:
    check_key(received)
    body = received.json
    check_fields(body, "model input dimensions encoding_format user")
    given = body["input"]
    if isinstance(given, str) or isinstance(given[0], int):
        given = [given]
    found = [
        {"object": "embedding", "index": index, "embedding": _embedding(each, body)}
        for index, each in enumerate(given)
    ]
    tokens = sum(words_in(e) if isinstance(e, str) else len(e) for e in given)
    orders = Orders.in_name(body["model"])
    usage = {"usage": {"prompt_tokens": tokens, "total_tokens": tokens}}
    answer = {"object": "list", "data": found, "model": body["model"]}
    return Plain({**answer, **({} if orders.no_usage else usage)}, orders=orders)


def _embedding(value: Any, body: dict[str, Any]) -> Any:
    vector = vector_of(value, body.get("dimensions") or 8)
    if body.get("encoding_format") == "base64":
        return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
    return vector


def vector_of(value: Any, dimensions: int) -> list[float]:
    digest = hashlib.shake_256(str(value).encode()).digest(dimensions)
    return [byte / 256 for byte in digest]


def _error(wrong: Wrong) -> dict[str, Any]:
    kinds = {401: "invalid_request_error", 429: "requests", 500: "server_error"}
    return {
        "message": str(wrong),
        "type": kinds.get(wrong.status, "invalid_request_error"),
        "param": wrong.field or None,
        "code": {401: "invalid_api_key", 429: "rate_limit_exceeded"}.get(wrong.status),
    }


ROUTES: list[Route] = [
    (re.compile(r"/v1/chat/completions"), _chat),
    (re.compile(r"/v1/embeddings"), _embeddings),
]
