"""How many tokens a call took: what the provider says, or else an estimate from the text.

The answers are a provider's, so nothing in them is believed: whatever is missing, no number,
negative or absurd leads to the estimate, and nothing here raises.
"""

import re
from typing import Any, TypeGuard

import orjson

from .sse import payloads
from .types import Usage

# English runs at about four bytes a token.
BYTES_PER_TOKEN = 4
# No model reads or writes this much; a larger number is a mistake or an attack.
MOST_TOKENS = 1_000_000_000

# Inside a string the quotes are escaped, so these see keys and nothing else.
_USAGE = re.compile(rb'"usage"\s*+:\s*+\{')
_FINISH = re.compile(rb'"finish_reason"\s*+:\s*+"')
_TEXT = re.compile(
    rb'"(?:content|reasoning_content|refusal|arguments|text)"\s*+:\s*+'
    rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)',
    re.DOTALL,
)


def usage_of_answer(answer: bytes, request: bytes) -> Usage:
    """Return the usage of a whole answer to a request."""
    stated = _stated(answer) if _USAGE.search(answer) else None
    return stated or _estimate(request, _text_bytes(answer))


class UsageMeter:
    """The usage of a streamed answer to a request, from its blocks as they pass."""

    __slots__ = ("_finishes", "_request", "_stated", "_text_bytes")

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._text_bytes = 0
        self._finishes = 0
        self._stated: Usage | None = None

    def feed(self, block: bytes) -> None:
        """Count a block of whole events; the last usage stated wins."""
        self._text_bytes += _text_bytes(block)
        if _FINISH.search(block):
            self._finishes += len(_FINISH.findall(block))
        if _USAGE.search(block):
            for data in payloads(block):
                self._stated = _stated(data) or self._stated

    @property
    def finished(self) -> bool:
        """True when as many choices as were asked for have told why they ended."""
        asked = _object(self._request).get("n")
        return self._finishes >= (asked if _is_count(asked) and asked else 1)

    def usage(self) -> Usage:
        """Return what is known by now; it may be asked at any time."""
        return self._stated or _estimate(self._request, self._text_bytes)


def _estimate(request: bytes, completion_bytes: int) -> Usage:
    return Usage(
        prompt_tokens=_tokens(_text_bytes(request)),
        completion_tokens=_tokens(completion_bytes),
        estimated=True,
    )


def _text_bytes(json_bytes: bytes) -> int:
    """Return about how long the texts are, of a request, an answer or its events.

    Escapes count as written. Other strings, images in data URLs above all, are left out.
    """
    return sum(map(len, _TEXT.findall(json_bytes)))


def _tokens(size: int) -> int:
    return -(-size // BYTES_PER_TOKEN)


def _stated(data: bytes) -> Usage | None:
    usage = _object(data).get("usage")
    if not isinstance(usage, dict):
        return None
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if (
        completion is None
        and _is_count(prompt)
        and _is_count(usage.get("total_tokens"))
    ):
        completion = usage["total_tokens"] - prompt
    if not _is_count(prompt) or not _is_count(completion):
        return None
    return Usage(prompt, completion)


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _is_count(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= MOST_TOKENS
