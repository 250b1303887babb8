"""What a provider says is wrong, out of an error's body in whichever dialect."""

import re
from collections.abc import Iterator
from typing import Any

import orjson

MOST_CHARACTERS = 500
BLANK = "[…]"

# Where the dialects keep it: OpenAI, Anthropic, Gemini and Azure under error.message, Ollama
# under error, Bedrock under message or Message, servers made with FastAPI under detail. An
# error that is a text comes last: beside a message it is but a name.
_PLACES = ("message", "Message", "detail", "msg", "errors", "error")
_DEEPEST = 4

_ENDS_A_LINE = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_WORD = re.compile(r"[^\s'\"`]++")
# A provider that repeats a key hides its middle: sk-ab***********wxyz.
_MASK = re.compile(r"\*{3,}|\.{3,}|…")
_LEAST_SHARED = 2
# Shorter ones open nothing, and are in many a word.
_LEAST_SECRET = 4
_LEAST_PART = 8


def complaint_of(body: bytes, *, secret: str = "") -> str:
    """Return the message in one line of at most 500 characters; empty when none is found.

    `secret` is our credential: it is blanked, also in parts and with its middle masked.
    """
    try:
        found = _message_in(orjson.loads(body), _DEEPEST)
    except orjson.JSONDecodeError:
        return ""
    text = _UNSEEN.sub("", _ENDS_A_LINE.sub(" ", found)).strip()
    # Before it is cut: half a secret is still one.
    text = _without(secret, text)
    if len(text) <= MOST_CHARACTERS:
        return text
    return text[: MOST_CHARACTERS - 1] + "…"


def repeats(body: bytes, secret: str) -> bool:
    """Return whether the JSON shows our credential, or enough of it to be recognised."""
    try:
        # Written anew, so that no escape hides it.
        text = orjson.dumps(orjson.loads(body)).decode()
    except (orjson.JSONDecodeError, TypeError):
        text = body.decode(errors="replace")
    return _without(secret, text) != text


def _message_in(value: Any, depth: int) -> str:
    match value:
        case str():
            return value
        case [first, *_] if depth:
            return _message_in(first, depth - 1)
        case dict() if depth:
            is_inside = isinstance(value.get("error"), dict)
            places = ("error", *_PLACES) if is_inside else _PLACES
            said = (_message_in(value.get(name), depth - 1) for name in places)
            return _with_place(value.get("loc"), next(filter(None, said), ""))
        case _:
            return ""


def _with_place(loc: Any, message: str) -> str:
    """Say where, as FastAPI does beside its message."""
    if not message or not isinstance(loc, list):
        return message
    steps = [str(step) for step in loc if isinstance(step, str | int)]
    return f"{'.'.join(steps)}: {message}" if steps else message


def _without(secret: str, text: str) -> str:
    if not secret:
        return text
    for part in sorted(set(_parts_of(secret)), key=len, reverse=True):
        text = text.replace(part, BLANK)
    return _WORD.sub(lambda word: _unless_ours(word[0], secret), text)


def _parts_of(secret: str) -> Iterator[str]:
    if len(secret) >= _LEAST_SECRET:
        yield secret
    for part in secret.split(":"):
        if len(part) >= _LEAST_PART:
            yield part


def _unless_ours(word: str, secret: str) -> str:
    head, *rest = _MASK.split(word)
    if not rest:
        return word
    tail = rest[-1].rstrip(".,;:!?()")
    starts = len(head) >= _LEAST_SHARED and secret.startswith(head)
    ends = len(tail) >= _LEAST_SHARED and secret.endswith(tail)
    return BLANK if starts or ends else word
