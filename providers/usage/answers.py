"""What a whole answer took."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from providers import tokens
from providers.operations import Operation
from providers.types import Usage

from .anthropic import AnthropicMeter
from .estimates import completed
from .gemini import GeminiMeter
from .openai import OpenAIMeter
from .reading import count, json_in, object_, object_in, text
from .responses import ResponsesMeter
from .stated import by_anthropic, by_input_only, by_openai
from .wreckage import said_in

# An object after its key, with objects of one more level in it.
_OBJECT = re.compile(rb"\s*+:\s*+(\{(?:[^{}]|\{[^{}]*+\})*+\})")


def usage_of(operation: Operation, answer: bytes, request: bytes) -> Usage:
    """Return the usage of a whole answer to a request: as stated, or else counted."""
    if operation not in _CONVERSATIONS:
        return _READERS.get(operation, _unsaid)(answer, request)
    said = json_in(answer)
    # A stream that was not asked for as events comes as one array of answers.
    if operation is Operation.GENERATE and isinstance(said, list):
        good = [each for each in said if isinstance(each, dict)]
        return GeminiMeter(request).of_plain(good)
    if not isinstance(said, dict):
        return completed(request, tokens.count(said_in(answer)))
    return usage_in(operation, said, request)


def usage_in(operation: Operation, said: dict[str, Any], request: bytes) -> Usage:
    """Return the same for the answer to a conversation that has been read already."""
    return _CONVERSATIONS[operation](said, request)


def _conversation(
    state: Callable[[dict[str, Any]], Usage | None],
    meter: type[OpenAIMeter | ResponsesMeter | AnthropicMeter],
    said: dict[str, Any],
    request: bytes,
) -> Usage:
    return state(object_(said, "usage")) or meter(request).of_plain(said)


def _generate(said: dict[str, Any], request: bytes) -> Usage:
    return GeminiMeter(request).of_plain([said])


def _embeddings(answer: bytes, request: bytes) -> Usage:
    stated = by_input_only(_object_after(b'"usage"', answer))
    return stated or completed(request, 0)


def _gemini_embeddings(answer: bytes, request: bytes) -> Usage:
    stated = count(_object_after(b'"usageMetadata"', answer), "promptTokenCount")
    return completed(request, 0) if stated is None else Usage(stated)


def _images(answer: bytes, request: bytes) -> Usage:
    stated = by_openai(_object_after(b'"usage"', answer))
    return stated or completed(request, 0)


def _heard(answer: bytes, request: bytes) -> Usage:
    said: Any = json_in(answer)
    if not isinstance(said, dict):
        # Subtitles and plain text are answers, too.
        return completed(request, tokens.count(answer))
    stated = by_openai(object_(said, "usage"))
    return stated or completed(request, tokens.count(text(said, "text")))


def _rerank(answer: bytes, request: bytes) -> Usage:
    said = object_in(answer)
    if object_(object_(said, "meta"), "billed_units"):
        # Sold by the search, not by the token.
        return Usage()
    return by_input_only(object_(said, "usage")) or completed(request, 0)


def _free(answer: bytes, request: bytes) -> Usage:
    return Usage()


def _unsaid(answer: bytes, request: bytes) -> Usage:
    """Of answers that are no text and state nothing, the request counts."""
    return completed(request, 0)


def _object_after(key: bytes, answer: bytes) -> dict[str, Any]:
    """Return the object under the last such key.

    Numbers and base64 by the megabyte need not be parsed for it. What comes from users
    stands in strings, in which the key would be spelt with backslashes.
    """
    at = answer.rfind(key)
    found = _OBJECT.match(answer, at + len(key)) if at >= 0 else None
    return object_in(found[1]) if found else {}


_CONVERSATIONS: dict[Operation, Callable[[dict[str, Any], bytes], Usage]] = {
    Operation.CHAT: partial(_conversation, by_openai, OpenAIMeter),
    Operation.COMPLETIONS: partial(_conversation, by_openai, OpenAIMeter),
    Operation.RESPONSES: partial(_conversation, by_openai, ResponsesMeter),
    Operation.MESSAGES: partial(_conversation, by_anthropic, AnthropicMeter),
    Operation.GENERATE: _generate,
}
_READERS: dict[Operation, Callable[[bytes, bytes], Usage]] = {
    Operation.MESSAGES_COUNT: _free,
    Operation.GENERATE_COUNT: _free,
    Operation.EMBEDDINGS: _embeddings,
    Operation.IMAGES: _images,
    Operation.IMAGE_EDITS: _images,
    Operation.TRANSCRIPTIONS: _heard,
    Operation.TRANSLATIONS: _heard,
    Operation.RERANK: _rerank,
    Operation.GEMINI_EMBED: _gemini_embeddings,
    Operation.GEMINI_EMBED_BATCH: _gemini_embeddings,
}
