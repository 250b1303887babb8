"""Chat completions: what the user said again, or a tool call, or JSON as it was asked for."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from providers import sse
from providers.dialects.errors import BadField
from providers.dialects.fields import Fields

from . import calls, schemas
from .asked import count_in, model_in
from .replies import Reply, check_size, streamed, whole
from .words import size_of, start_of, words_in, words_of

MOST_CHOICES = 128
_ARGUMENTS_PIECE = 16


@dataclass(frozen=True, slots=True)
class _Asked:
    model: str
    prompt_words: int
    stream: bool
    with_usage: bool
    choices: int


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    calls: tuple[calls.Call, ...]
    reason: str

    @property
    def size(self) -> int:
        return size_of(self.text) + sum(len(each.arguments) for each in self.calls)

    @property
    def words(self) -> int:
        return words_in(self.text) + sum(
            1 + words_in(each.arguments) for each in self.calls
        )


def answer(fields: Fields, now: int) -> Reply:
    model = model_in(fields)
    messages = _messages(fields)
    options = fields.any("stream_options")
    asked = _Asked(
        model=model,
        prompt_words=sum(words_in(text) for _, text in messages),
        stream=fields.any("stream") is True,
        with_usage=isinstance(options, dict) and options.get("include_usage") is True,
        choices=count_in(fields, "n", most=MOST_CHOICES) or 1,
    )
    said = _said(fields, model, messages)
    check_size(said.size * asked.choices, "n" if asked.choices > 1 else "messages")
    telling = _Telling(asked, said, created=now)
    return streamed(telling.events()) if asked.stream else whole(telling.whole())


def _messages(fields: Fields) -> list[tuple[str, str]]:
    """Return the role and the text of each message."""
    messages = fields.any("messages")
    if not isinstance(messages, list) or not messages:
        raise BadField("messages must be a non-empty array.", field="messages")
    return list(map(_role_and_text, messages))


def _role_and_text(message: Any) -> tuple[str, str]:
    if not isinstance(message, dict) or not isinstance(message.get("role"), str):
        raise BadField("A message must be an object with a role.", field="messages")
    content = message.get("content")
    if not isinstance(content, list):
        return message["role"], content if isinstance(content, str) else ""
    parts = (part.get("text") for part in content if isinstance(part, dict))
    return message["role"], " ".join(text for text in parts if isinstance(text, str))


def _said(fields: Fields, model: str, messages: list[tuple[str, str]]) -> _Said:
    role, last = messages[-1]
    # After a tool's result the prompt has been followed; doing it again would never end.
    prompt = last if role == "user" else ""
    if called := calls.calls_for(fields, prompt):
        return _Said("", called, "tool_calls")
    text = schemas.text_for(fields.object("response_format"), "response_format")
    if text is None:
        text = f"This is a mock response from {model}. {_echo(messages)}"
    limits = [count_in(fields, "max_completion_tokens"), count_in(fields, "max_tokens")]
    most = min((limit for limit in limits if limit is not None), default=None)
    start = start_of(text, most)
    return _Said(start, (), "stop" if start == text else "length")


def _echo(messages: list[tuple[str, str]]) -> str:
    role, last = messages[-1]
    if role == "tool":
        return f"The tool said: '{last}'"
    users = [text for role, text in messages if role == "user"]
    return f"You said: '{users[-1] if users else ''}'"


class _Telling:
    """One answer, told whole or piece by piece."""

    def __init__(self, asked: _Asked, said: _Said, *, created: int) -> None:
        self._asked = asked
        self._said = said
        self._head = {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "created": created,
            "model": asked.model,
        }

    def whole(self) -> dict[str, Any]:
        said = self._said
        message: dict[str, Any] = {
            "role": "assistant",
            "content": None if said.calls else said.text,
            "refusal": None,
        }
        if said.calls:
            message["tool_calls"] = [each.as_json() for each in said.calls]
        choices = [
            {
                "index": index,
                "message": message,
                "logprobs": None,
                "finish_reason": said.reason,
            }
            for index in range(self._asked.choices)
        ]
        return {
            **self._head,
            "object": "chat.completion",
            "choices": choices,
            "usage": self._usage(),
        }

    def events(self) -> Iterator[bytes]:
        yield from self._each({"role": "assistant", "content": self._first_content()})
        for word in words_of(self._said.text):
            yield from self._each({"content": word})
        for number, call in enumerate(self._said.calls):
            yield from self._each(_opening(number, call))
            for at in range(0, len(call.arguments), _ARGUMENTS_PIECE):
                piece = call.arguments[at : at + _ARGUMENTS_PIECE]
                part = {"index": number, "function": {"arguments": piece}}
                yield from self._each({"tool_calls": [part]})
        yield from self._each({}, self._said.reason)
        if self._asked.with_usage:
            yield self._event({"choices": [], "usage": self._usage()})
        yield sse.DONE

    def _first_content(self) -> str | None:
        return None if self._said.calls else ""

    def _each(
        self, delta: Mapping[str, Any], reason: str | None = None
    ) -> Iterator[bytes]:
        for index in range(self._asked.choices):
            choice = {
                "index": index,
                "delta": delta,
                "logprobs": None,
                "finish_reason": reason,
            }
            yield self._event({"choices": [choice]})

    def _event(self, fields: Mapping[str, Any]) -> bytes:
        usage = {"usage": None} if self._asked.with_usage else {}
        kind = {"object": "chat.completion.chunk"}
        chunk = {**self._head, **kind, **usage, **fields}
        return sse.encode(orjson.dumps(chunk))

    def _usage(self) -> dict[str, int]:
        prompt = self._asked.prompt_words
        completion = self._said.words * self._asked.choices
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        }


def _opening(number: int, call: calls.Call) -> dict[str, Any]:
    function = {"name": call.name, "arguments": ""}
    part = {"index": number, "id": call.id, "type": "function", "function": function}
    return {"tool_calls": [part]}
