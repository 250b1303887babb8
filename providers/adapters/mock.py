"""A provider that lives in this process: no account, no network, honest answers.

It speaks OpenAI's dialect and repeats what it was told, so that a fresh installation answers
its first call and tests have something to hold on to. Its tokens are words.
"""

import asyncio
import itertools
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from providers import sse
from providers.errors import UpstreamBroken
from providers.types import Headers, Inbound, Outbound

MOST_CHOICES = 128
# Of all choices' texts together: a small question must not become a large answer.
MOST_ANSWER_BYTES = 4 * 2**20
_PIECE = 2**16

# A word with the blanks before it: joined they are the text again, cut anywhere they end well.
_WORD = re.compile(r"\s*\S+")


class MockTransport:
    """Answers by itself. `clock` tells unix time; `pause_s` is how long a streamed word takes."""

    def __init__(self, clock: Callable[[], float], *, pause_s: float = 0.0) -> None:
        self._clock = clock
        self._pause_s = pause_s

    async def send(self, outbound: Outbound) -> Inbound:
        try:
            asked = _understood(outbound.body)
            reply = _Reply(asked, created=int(self._clock()))
        except _NotUnderstood as error:
            return _MockAnswer(400, b"application/json", iter([error.as_body()]))
        if asked.stream:
            return _MockAnswer(
                200, b"text/event-stream", reply.events(), pause_s=self._pause_s
            )
        return _MockAnswer(200, b"application/json", iter([reply.whole()]))

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Asked:
    model: str
    prompt_words: int
    last_said: str
    stream: bool
    with_usage: bool
    choices: int
    most_words: int | None


class _NotUnderstood(Exception):
    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self._error = {
            "message": message,
            "type": "invalid_request_error",
            "param": param,
            "code": None,
        }

    def as_body(self) -> bytes:
        return orjson.dumps({"error": self._error})


def _understood(body: bytes) -> _Asked:
    fields = _object(body)
    model, messages = fields.get("model"), fields.get("messages")
    if not isinstance(model, str) or not model:
        raise _NotUnderstood("you must provide a model parameter", "model")
    if not isinstance(messages, list) or not messages:
        raise _NotUnderstood("'messages' must be a non-empty array", "messages")
    texts = list(map(_text_of, messages))
    users = [text for text, each in zip(texts, messages, strict=True) if _is_user(each)]
    options = fields.get("stream_options")
    limits = [_count(fields, "max_completion_tokens"), _count(fields, "max_tokens")]
    return _Asked(
        model=model,
        prompt_words=sum(map(_words_in, texts)),
        last_said=users[-1] if users else "",
        stream=fields.get("stream") is True,
        with_usage=isinstance(options, dict) and options.get("include_usage") is True,
        choices=_count(fields, "n", most=MOST_CHOICES) or 1,
        most_words=min((limit for limit in limits if limit is not None), default=None),
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _NotUnderstood(f"the body is not JSON: {error.msg}") from None
    if not isinstance(fields, dict):
        raise _NotUnderstood("the body is not a JSON object")
    return fields


def _is_user(message: Any) -> bool:
    return isinstance(message, dict) and message.get("role") == "user"


def _text_of(message: Any) -> str:
    """Return the text of a message, that of its text parts when it has parts."""
    if not isinstance(message, dict) or not isinstance(message.get("role"), str):
        raise _NotUnderstood("a message must be an object with a role", "messages")
    content = message.get("content")
    if not isinstance(content, list):
        return content if isinstance(content, str) else ""
    parts = (part.get("text") for part in content if isinstance(part, dict))
    return " ".join(text for text in parts if isinstance(text, str))


def _count(
    fields: Mapping[str, Any], name: str, *, most: int | None = None
) -> int | None:
    value = fields.get(name)
    if value is None:
        return None
    if type(value) is not int or value < 1 or (most is not None and value > most):
        up_to = f" to {most}" if most is not None else ""
        raise _NotUnderstood(f"{name} must be an integer from 1{up_to}", name)
    return value


def _words_in(text: str) -> int:
    """Count piece by piece: the words of a large body, in a list, are many times its size."""
    words = 0
    for at in range(0, len(text), _PIECE):
        piece = text[at : at + _PIECE]
        cut = at > 0 and not text[at - 1].isspace() and not piece[0].isspace()
        words += len(piece.split()) - cut
    return words


def _start_of(text: str, most_words: int | None) -> str:
    """Return the first words, though never many more than may be said."""
    if most_words is None:
        return text
    end = 0
    for word in itertools.islice(_WORD.finditer(text), most_words):
        end = word.end()
        if end > MOST_ANSWER_BYTES:
            break
    return text[:end]


def _check_size(said: str, choices: int) -> None:
    if len(said.encode(errors="replace")) * choices > MOST_ANSWER_BYTES:
        raise _NotUnderstood(
            f"the answers would be longer than {MOST_ANSWER_BYTES} bytes together;"
            " ask for fewer of them, a shorter one or set max_tokens",
            "n" if choices > 1 else "messages",
        )


class _Reply:
    """One answer, told whole or word by word."""

    def __init__(self, asked: _Asked, *, created: int) -> None:
        text = (
            f"This is a mock response from {asked.model}. You said: '{asked.last_said}'"
        )
        self._said = _start_of(text, asked.most_words)
        _check_size(self._said, asked.choices)
        self._reason = "stop" if self._said == text else "length"
        self._asked = asked
        self._head = {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "created": created,
            "model": asked.model,
        }

    def whole(self) -> bytes:
        message = {
            "role": "assistant",
            "content": self._said,
            "refusal": None,
        }
        choices = [
            {
                "index": index,
                "message": message,
                "logprobs": None,
                "finish_reason": self._reason,
            }
            for index in range(self._asked.choices)
        ]
        return orjson.dumps(
            {
                **self._head,
                "object": "chat.completion",
                "choices": choices,
                "usage": self._usage(),
            }
        )

    def events(self) -> Iterator[bytes]:
        for index in range(self._asked.choices):
            yield self._chunk(index, {"role": "assistant", "content": ""})
        for word in _WORD.finditer(self._said):
            for index in range(self._asked.choices):
                yield self._chunk(index, {"content": word[0]})
        for index in range(self._asked.choices):
            yield self._chunk(index, {}, self._reason)
        if self._asked.with_usage:
            yield self._event({"choices": [], "usage": self._usage()})
        yield sse.DONE

    def _chunk(
        self, index: int, delta: Mapping[str, str], reason: str | None = None
    ) -> bytes:
        choice = {
            "index": index,
            "delta": delta,
            "logprobs": None,
            "finish_reason": reason,
        }
        return self._event({"choices": [choice]})

    def _event(self, fields: Mapping[str, Any]) -> bytes:
        usage = {"usage": None} if self._asked.with_usage else {}
        kind = {"object": "chat.completion.chunk"}
        chunk = {**self._head, **kind, **usage, **fields}
        return sse.encode(orjson.dumps(chunk))

    def _usage(self) -> dict[str, int]:
        prompt = self._asked.prompt_words
        completion = _words_in(self._said) * self._asked.choices
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        }


class _MockAnswer:
    """An `Inbound` whose bytes are made as they are asked for."""

    def __init__(
        self,
        status: int,
        content_type: bytes,
        pieces: Iterator[bytes],
        *,
        pause_s: float = 0.0,
    ) -> None:
        self.status = status
        self.headers: Headers = [(b"content-type", content_type)]
        self._pieces = pieces
        self._pause_s = pause_s

    async def read(self, limit: int) -> bytes:
        body = b"".join(self._pieces)
        if len(body) > limit:
            raise UpstreamBroken(f"the answer is longer than {limit} bytes")
        return body

    async def chunks(self) -> AsyncIterator[bytes]:
        while piece := next(self._pieces, b""):
            yield piece
            await asyncio.sleep(self._pause_s)

    def close(self) -> None:
        self._pieces = iter(())
