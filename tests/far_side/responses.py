"""OpenAI: responses."""

import re
from collections.abc import Iterator
from typing import Any

from .answers import Plain, Received, Route, Stream, check_fields, named
from .openai import check_key
from .saying import Heard, Said, id_of, pieces, say

_FIELDS = (
    "model input background conversation include instructions max_output_tokens"
    " max_tool_calls metadata parallel_tool_calls previous_response_id prompt"
    " prompt_cache_key prompt_cache_retention reasoning safety_identifier service_tier store"
    " stream stream_options temperature text tool_choice tools top_logprobs top_p truncation"
    " user"
)


def _respond(received: Received, _: re.Match[str]) -> Plain | Stream:
    check_key(received)
    body = received.json
    check_fields(body, _FIELDS)
    heard = _heard(body)
    told = _Telling(body, heard, say(heard))
    if not body.get("stream"):
        return Plain(told.response(told.items()), orders=heard.orders)
    failed = {"code": "server_error", "message": "The far side broke.", "param": None}
    failure = named({"type": "error", "sequence_number": 99, **failed})
    return Stream(told.events(), failure, heard.orders)


def _heard(body: dict[str, Any]) -> Heard:
    given = body["input"]
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    texts = [_text(item) for item in items]
    users = [
        t for t, each in zip(texts, items, strict=True) if each.get("role") == "user"
    ]
    form = (body.get("text") or {}).get("format") or {"type": "text"}
    choice = body.get("tool_choice") or "auto"
    return Heard(
        model=body["model"],
        texts=[body.get("instructions") or "", *texts],
        last=users[-1] if users else "",
        tools={
            tool["name"]: tool.get("parameters")
            for tool in body.get("tools") or []
            if tool["type"] == "function"
        },
        choice=choice if isinstance(choice, str) else choice["name"],
        after_result=items[-1].get("type") == "function_call_output",
        parallel=body.get("parallel_tool_calls", True),
        wants_json=form["type"] != "text",
        schema=form.get("schema"),
        thinks=(body.get("reasoning") or {}).get("effort") not in (None, "none"),
        most_words=body.get("max_output_tokens"),
    )


def _text(item: dict[str, Any]) -> str:
    content = item.get("content", item.get("output"))
    if isinstance(content, list):
        return " ".join(part.get("text", "") for part in content)
    return content or ""


class _Telling:
    def __init__(self, body: dict[str, Any], heard: Heard, said: Said) -> None:
        self._body = body
        self._heard = heard
        self._said = said
        self._sequence = 0

    def response(self, output: list[Any], status: str = "") -> dict[str, Any]:
        said, body = self._said, self._body
        cut = said.why == "length"
        status = status or ("incomplete" if cut else "completed")
        usage = None if status == "in_progress" else self._usage()
        return {
            "id": id_of("resp_", self._heard),
            "object": "response",
            "created_at": 1_790_000_000,
            "status": status,
            "background": False,
            "error": None,
            "incomplete_details": (
                {"reason": "max_output_tokens"} if status == "incomplete" else None
            ),
            "instructions": body.get("instructions"),
            "max_output_tokens": body.get("max_output_tokens"),
            "metadata": body.get("metadata") or {},
            "model": f"{self._heard.model}-2026-01-01",
            "output": output,
            "parallel_tool_calls": self._heard.parallel,
            "previous_response_id": body.get("previous_response_id"),
            "reasoning": {
                "effort": None,
                "summary": None,
                **(body.get("reasoning") or {}),
            },
            "service_tier": "default",
            "store": body.get("store", True),
            "temperature": body.get("temperature", 1.0),
            "text": body.get("text") or {"format": {"type": "text"}},
            "tool_choice": body.get("tool_choice", "auto"),
            "tools": body.get("tools") or [],
            "top_p": body.get("top_p", 1.0),
            "truncation": "disabled",
            **({} if self._heard.orders.no_usage else {"usage": usage}),
        }

    def items(self) -> list[dict[str, Any]]:
        said, heard = self._said, self._heard
        found: list[dict[str, Any]] = []
        if said.thinking:
            summary = [{"type": "summary_text", "text": said.thinking}]
            item = {"id": id_of("rs_", heard), "type": "reasoning", "summary": summary}
            found.append(item)
        for call in said.calls:
            item = {
                "id": f"fc_{call.id}",
                "type": "function_call",
                "status": "completed",
                "arguments": call.arguments,
                "call_id": f"call_{call.id}",
                "name": call.name,
            }
            found.append(item)
        if not said.calls:
            item = {
                "id": id_of("msg_", heard),
                "type": "message",
                "status": "incomplete" if said.why == "length" else "completed",
                "role": "assistant",
                "content": [_output_text(said.text)],
            }
            found.append(item)
        return found

    def events(self) -> Iterator[bytes]:
        for kind in ("created", "in_progress"):
            response = self.response([], "in_progress")
            yield self._event(f"response.{kind}", response=response)
        items = self.items()
        for index, item in enumerate(items):
            yield from self._item(index, item)
        whole = self.response(items)
        yield self._event(f"response.{whole['status']}", response=whole)

    def _item(self, index: int, item: dict[str, Any]) -> Iterator[bytes]:
        at = {"output_index": index}
        match item["type"]:
            case "message":
                begun = {**item, "status": "in_progress", "content": []}
                inner = self._message(at, item)
            case "function_call":
                begun = {**item, "status": "in_progress", "arguments": ""}
                inner = self._call(at, item)
            case _:
                begun, inner = {**item, "summary": []}, self._reasoning(at, item)
        yield self._event("response.output_item.added", **at, item=begun)
        yield from inner
        yield self._event("response.output_item.done", **at, item=item)

    def _message(self, at: dict[str, int], item: dict[str, Any]) -> Iterator[bytes]:
        part = {**at, "item_id": item["id"], "content_index": 0}
        text = item["content"][0]["text"]
        empty = _output_text("")
        yield self._event("response.content_part.added", **part, part=empty)
        for piece in pieces(text):
            delta = {"delta": piece, "logprobs": [], "obfuscation": "4xQ"}
            yield self._event("response.output_text.delta", **part, **delta)
        yield self._event("response.output_text.done", **part, text=text, logprobs=[])
        whole = item["content"][0]
        yield self._event("response.content_part.done", **part, part=whole)

    def _call(self, at: dict[str, int], item: dict[str, Any]) -> Iterator[bytes]:
        part = {**at, "item_id": item["id"]}
        kind = "response.function_call_arguments"
        for piece in re.findall(r".{1,5}", item["arguments"]):
            yield self._event(f"{kind}.delta", **part, delta=piece, obfuscation="4xQ")
        whole = {"arguments": item["arguments"], "name": item["name"]}
        yield self._event(f"{kind}.done", **part, **whole)

    def _reasoning(self, at: dict[str, int], item: dict[str, Any]) -> Iterator[bytes]:
        part = {**at, "item_id": item["id"], "summary_index": 0}
        [summary] = item["summary"]
        kind, text = "response.reasoning_summary", summary["text"]
        empty = {**summary, "text": ""}
        yield self._event(f"{kind}_part.added", **part, part=empty)
        for piece in pieces(text):
            yield self._event(f"{kind}_text.delta", **part, delta=piece)
        yield self._event(f"{kind}_text.done", **part, text=text)
        yield self._event(f"{kind}_part.done", **part, part=summary)

    def _event(self, kind: str, **fields: Any) -> bytes:
        event = named({"type": kind, "sequence_number": self._sequence, **fields})
        self._sequence += 1
        return event

    def _usage(self) -> dict[str, Any]:
        said = self._said
        return {
            "input_tokens": said.prompt,
            "input_tokens_details": {"cached_tokens": said.cached},
            "output_tokens": said.completion,
            "output_tokens_details": {"reasoning_tokens": said.reasoning},
            "total_tokens": said.prompt + said.completion,
        }


def _output_text(text: str) -> dict[str, Any]:
    return {"type": "output_text", "annotations": [], "logprobs": [], "text": text}


ROUTES: list[Route] = [(re.compile(r"/v1/responses"), _respond)]
