"""A request that passes to Gemini, without the signatures of others.

A conversation may have been with another provider before, whose reasoning its caller gives
back; Gemini refuses a signature it has not made.
"""

import re
from typing import Any

import orjson

from providers.dialects.written import written

from . import signatures

_NAMES = ("thoughtSignature", "thought_signature")
# Base64 of what the others' begin with, in whole groups of three. May see one where there is
# none, but misses none.
_STRANGE = re.compile(
    rb'"thought_?[sS]ignature"\s*:\s*"(?:YW50aHJvcGlj|YmVkcm9j|b3BlbmFp)'
)


def own_reasoning_only(body: bytes) -> bytes:
    """Return the body, which is a JSON object, to the byte where nothing had to go."""
    if not _STRANGE.search(body):
        return body
    fields = orjson.loads(body)
    contents = fields.get("contents")
    if not isinstance(contents, list):
        return body
    left = [kept for each in contents for kept in _kept(each)]
    return body if left == contents else written({**fields, "contents": left})


def _kept(content: Any) -> list[Any]:
    """Return what is left of the content, if anything."""
    parts = content.get("parts") if isinstance(content, dict) else None
    if not isinstance(parts, list):
        return [content]
    left = [kept for part in parts for kept in _own(part)]
    if left == parts:
        return [content]
    return [{**content, "parts": left}] if left else []


def _own(part: Any) -> list[Any]:
    """Return the part without a signature of another's, and no reasoning so signed."""
    if not isinstance(part, dict) or not any(_is_strange(part.get(n)) for n in _NAMES):
        return [part]
    bare = {name: value for name, value in part.items() if name not in _NAMES}
    is_empty = not set(bare) - {"text", "thought"} and not bare.get("text")
    return [] if bare.get("thought") or is_empty else [bare]


def _is_strange(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    return signatures.from_caller(value).issuer != signatures.ISSUER
