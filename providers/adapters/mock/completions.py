"""Text completions: each prompt again, as a chat's last message would be."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from providers import sse
from providers.dialects.errors import BadField
from providers.dialects.fields import Fields

from .asked import count_in, model_in
from .replies import Reply, check_size, streamed, whole
from .words import size_of, start_of, words_in, words_of

MOST_CHOICES = 128


@dataclass(frozen=True, slots=True)
class _Choice:
    text: str
    reason: str


def answer(fields: Fields, now: int) -> Reply:
    model = model_in(fields)
    prompts = _prompts(fields.any("prompt"))
    choices = count_in(fields, "n", most=MOST_CHOICES) or 1
    if len(prompts) * choices > MOST_CHOICES:
        raise BadField(
            f"There can be at most {MOST_CHOICES} answers, n for each prompt.",
            field="prompt",
        )
    most_words = count_in(fields, "max_tokens")
    echo = fields.flag("echo") is True
    each = [_choice(prompt, model, most_words, echo) for prompt in prompts]
    check_size(sum(size_of(one.text) for one in each) * choices, "prompt")
    said = [one for one in each for _ in range(choices)]
    telling = _Telling(
        said,
        model,
        now,
        prompt_tokens=sum(map(words_in, prompts)),
        completion_tokens=sum(words_in(one.text) for one in said),
    )
    if fields.any("stream") is not True:
        return whole(telling.whole())
    options = fields.any("stream_options")
    with_usage = isinstance(options, dict) and options.get("include_usage") is True
    return streamed(telling.events(with_usage=with_usage))


def _prompts(prompt: Any) -> list[str]:
    match prompt:
        case str():
            return [prompt]
        case [int(), *_] if _are_tokens(prompt):
            return [_shown(prompt)]
        case [str(), *_] if all(isinstance(each, str) for each in prompt):
            return list(prompt)
        case [list(), *_] if all(map(_are_tokens, prompt)):
            return list(map(_shown, prompt))
        case _:
            raise BadField(
                "prompt must be a text, a list of tokens, or a list of either.",
                field="prompt",
            )


def _are_tokens(value: Any) -> bool:
    return isinstance(value, list) and all(type(each) is int for each in value)


def _shown(tokens: list[int]) -> str:
    return " ".join(map(str, tokens))


def _choice(prompt: str, model: str, most_words: int | None, echo: bool) -> _Choice:
    text = f"This is a mock response from {model}. You said: '{prompt}'"
    said = start_of(text, most_words)
    reason = "stop" if said == text else "length"
    return _Choice(f"{prompt} {said}" if echo else said, reason)


class _Telling:
    def __init__(
        self, said: list[_Choice], model: str, created: int, **usage: int
    ) -> None:
        self._said = said
        self._usage = {**usage, "total_tokens": sum(usage.values())}
        self._head = {
            "id": f"cmpl-{secrets.token_hex(12)}",
            "object": "text_completion",
            "created": created,
            "model": model,
        }

    def whole(self) -> dict[str, Any]:
        choices = [
            _shape(index, choice.text, choice.reason)
            for index, choice in enumerate(self._said)
        ]
        return {**self._head, "choices": choices, "usage": self._usage}

    def events(self, *, with_usage: bool) -> Iterator[bytes]:
        usage = {"usage": None} if with_usage else {}
        for index, choice in enumerate(self._said):
            for word in words_of(choice.text):
                yield self._event({"choices": [_shape(index, word, None)], **usage})
            end = _shape(index, "", choice.reason)
            yield self._event({"choices": [end], **usage})
        if with_usage:
            yield self._event({"choices": [], "usage": self._usage})
        yield sse.DONE

    def _event(self, fields: Mapping[str, Any]) -> bytes:
        return sse.encode(orjson.dumps({**self._head, **fields}))


def _shape(index: int, text: str, reason: str | None) -> dict[str, Any]:
    return {"index": index, "text": text, "logprobs": None, "finish_reason": reason}
