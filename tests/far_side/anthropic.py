"""Anthropic: messages and counting their tokens."""

import json
import re
from collections.abc import Iterator
from typing import Any

from .answers import Plain, Received, Route, Stream, Wrong, check_fields, named
from .grammars import check_grammar
from .saying import Heard, Said, id_of, pieces, say, signature_of, words_in

_FIELDS = (
    "model messages max_tokens cache_control container context_management inference_geo"
    " mcp_servers metadata output_config output_format service_tier speed stop_sequences"
    " stream system temperature thinking tool_choice tools top_k top_p"
)
_COUNTED = (
    "model messages cache_control context_management mcp_servers output_config system"
    " thinking tool_choice tools"
)
_REASONS = {
    "end": "end_turn",
    "length": "max_tokens",
    "stop": "stop_sequence",
    "calls": "tool_use",
}
_ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


def error(wrong: Wrong) -> Plain:
    return Plain(_error(wrong), wrong.status, {"request-id": "req_far"})


def _messages(received: Received, _: re.Match[str]) -> Plain | Stream:
    body = _checked(received, _FIELDS)
    if type(body.get("max_tokens")) is not int:
        raise Wrong(400, "max_tokens: Field required")
    _check_thinking(body)
    _check_grammars(body)
    heard = _heard(body)
    told = _Telling(heard, say(heard), body)
    if not body.get("stream"):
        return Plain(told.whole(), orders=heard.orders)
    failure = named(_error(Wrong(529, "Overloaded")))
    return Stream(told.events(), failure, heard.orders)


def _count(received: Received, _: re.Match[str]) -> Plain:
    heard = _heard(_checked(received, _COUNTED))
    tokens = sum(map(words_in, heard.texts))
    return Plain({"input_tokens": tokens}, orders=heard.orders)


def _checked(received: Received, fields: str) -> dict[str, Any]:
    headers, body = received.headers, received.json
    if not headers.get("x-api-key") and "authorization" not in headers:
        raise Wrong(401, "x-api-key header is required")
    if not headers.get("anthropic-version"):
        raise Wrong(400, "anthropic-version: header is required")
    check_fields(body, fields)
    _check_order(body["messages"])
    return body


def _check_thinking(body: dict[str, Any]) -> None:
    thinking = body.get("thinking") or {"type": "disabled"}
    choice = (body.get("tool_choice") or {"type": "auto"})["type"]
    if thinking["type"] == "enabled":
        if not 1024 <= thinking["budget_tokens"] < body["max_tokens"]:
            raise Wrong(400, "thinking.budget_tokens: must be 1024 to max_tokens")
        if choice in ("any", "tool"):
            raise Wrong(
                400, "Thinking may not be enabled when tool_choice forces tool use."
            )


def _check_grammars(body: dict[str, Any]) -> None:
    if form := (body.get("output_config") or {}).get("format"):
        check_grammar(form["schema"], "output_config.format.schema")
    for index, tool in enumerate(body.get("tools") or []):
        if tool.get("strict"):
            check_grammar(tool["input_schema"], f"tools.{index}.custom")


def _check_order(messages: list[dict[str, Any]]) -> None:
    waiting: set[str] = set()
    for index, message in enumerate(messages):
        check_fields(message, "role content", f"messages.{index}.")
        blocks = _blocks(message["content"])
        results = {b["tool_use_id"] for b in blocks if b["type"] == "tool_result"}
        if message["role"] not in ("user", "assistant", "system") or not blocks:
            raise Wrong(400, f"messages.{index}: unexpected role or no content")
        if results != waiting:
            raise Wrong(400, f"messages.{index}: tool_use and tool_result ids differ")
        waiting = {b["id"] for b in blocks if b["type"] == "tool_use"}
        for block in blocks:
            _check_block(block, index)
    if waiting:
        raise Wrong(400, "tool_use ids were found without tool_result blocks")


def _check_block(block: dict[str, Any], index: int) -> None:
    if block["type"] == "thinking":
        if block["signature"] != signature_of(block["thinking"]):
            raise Wrong(
                400, f"messages.{index}: Invalid `signature` in `thinking` block"
            )
    elif block["type"] == "text" and not block["text"].strip():
        raise Wrong(400, f"messages.{index}: text content blocks must be non-empty")
    elif block["type"] == "tool_use" and not isinstance(block["input"], dict):
        raise Wrong(400, f"messages.{index}: input: Input should be a valid dictionary")


def _heard(body: dict[str, Any]) -> Heard:
    messages = body["messages"]
    texts = [_text(message["content"]) for message in messages]
    last = [
        t for t, each in zip(texts, messages, strict=True) if each["role"] == "user"
    ]
    choice = body.get("tool_choice") or {"type": "auto"}
    form = (body.get("output_config") or {}).get("format") or body.get("output_format")
    results = [
        b for b in _blocks(messages[-1]["content"]) if b["type"] == "tool_result"
    ]
    thinking = (body.get("thinking") or {}).get("type")
    return Heard(
        model=body["model"],
        texts=[_text(body.get("system")), *texts],
        last=last[-1] if last else "",
        tools={
            tool["name"]: tool["input_schema"]
            for tool in body.get("tools") or []
            if "input_schema" in tool
        },
        choice=choice.get("name", choice["type"]),
        after_result=bool(results),
        parallel=not choice.get("disable_parallel_tool_use"),
        wants_json=bool(form),
        schema=(form or {}).get("schema"),
        thinks=thinking in ("enabled", "adaptive"),
        most_words=body.get("max_tokens"),
        stops=body.get("stop_sequences") or [],
    )


def _blocks(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return content or []


def _text(content: Any) -> str:
    found = []
    for block in _blocks(content):
        if block["type"] == "text":
            found.append(block["text"])
        elif block["type"] == "tool_result":
            found.append(_text(block.get("content")))
    return " ".join(found)


class _Telling:
    def __init__(self, heard: Heard, said: Said, body: dict[str, Any]) -> None:
        self._heard = heard
        self._said = said
        self._writes = "cache_control" in json.dumps(body)
        self._said_first = "Let me look." if said.calls else ""

    def whole(self) -> dict[str, Any]:
        return {
            **self._message(),
            "content": [block for block, _ in self._content()],
            "stop_reason": _REASONS[self._said.why],
            "stop_sequence": self._said.stop or None,
            "stop_details": None,
            **self._with_usage(self._usage(self._output())),
        }

    def events(self) -> Iterator[bytes]:
        begun = {
            **self._message(),
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "stop_details": None,
            **self._with_usage(self._usage(1)),
        }
        yield named({"type": "message_start", "message": begun})
        for index, (block, deltas) in enumerate(self._content()):
            at = {"index": index}
            start = {"type": "content_block_start", **at}
            yield named({**start, "content_block": _empty(block)})
            if index == 0:
                yield named({"type": "ping"})
            for delta in deltas:
                yield named({"type": "content_block_delta", **at, "delta": delta})
            yield named({"type": "content_block_stop", **at})
        stop = {"stop_reason": _REASONS[self._said.why]}
        delta = {**stop, "stop_sequence": self._said.stop or None, "stop_details": None}
        usage = self._with_usage(self._usage(self._output()))
        yield named({"type": "message_delta", "delta": delta, **usage})
        yield named({"type": "message_stop"})

    def _message(self) -> dict[str, Any]:
        return {
            "id": id_of("msg_", self._heard),
            "type": "message",
            "role": "assistant",
            "model": self._heard.model,
        }

    def _content(self) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Yield each block and the deltas it is made of."""
        said = self._said
        if said.thinking:
            signature = signature_of(said.thinking)
            deltas = _deltas("thinking_delta", "thinking", pieces(said.thinking))
            deltas.append({"type": "signature_delta", "signature": signature})
            block = {"type": "thinking", "thinking": said.thinking}
            yield {**block, "signature": signature}, deltas
        if text := self._said_first or said.text:
            yield (
                {"type": "text", "text": text},
                _deltas("text_delta", "text", pieces(text)),
            )
        for call in said.calls:
            parts = ["", *re.findall(r".{1,5}", call.arguments)]
            block = {"type": "tool_use", "id": f"toolu_{call.id}", "name": call.name}
            deltas = _deltas("input_json_delta", "partial_json", iter(parts))
            yield {**block, "input": json.loads(call.arguments)}, deltas

    def _output(self) -> int:
        return self._said.completion + words_in(self._said_first)

    def _usage(self, output: int) -> dict[str, Any]:
        read = self._said.cached
        written = read if self._writes else 0
        return {
            "input_tokens": self._said.prompt - read - written,
            "cache_creation_input_tokens": written,
            "cache_read_input_tokens": read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": written,
                "ephemeral_1h_input_tokens": 0,
            },
            "output_tokens": output,
            "service_tier": "standard",
        }

    def _with_usage(self, usage: dict[str, Any]) -> dict[str, Any]:
        return {} if self._heard.orders.no_usage else {"usage": usage}


def _deltas(kind: str, name: str, parts: Iterator[str]) -> list[dict[str, Any]]:
    return [{"type": kind, name: part} for part in parts]


def _empty(block: dict[str, Any]) -> dict[str, Any]:
    match block["type"]:
        case "thinking":
            return {**block, "thinking": "", "signature": ""}
        case "text":
            return {**block, "text": ""}
        case _:
            return {**block, "input": {}}


def _error(wrong: Wrong) -> dict[str, Any]:
    kind = _ERRORS.get(wrong.status, "api_error")
    detail = {"type": kind, "message": str(wrong)}
    return {"type": "error", "error": detail, "request_id": "req_far"}


ROUTES: list[Route] = [
    (re.compile(r"/v1/messages"), _messages),
    (re.compile(r"/v1/messages/count_tokens"), _count),
]
