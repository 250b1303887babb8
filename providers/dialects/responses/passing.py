"""A request that passes to where responses come from, without the reasoning of others.

A conversation may have been with another provider before, whose reasoning its caller gives
back; OpenAI refuses what it has not encrypted, and knows no ids of items but its own.
"""

import re
from typing import Any

import orjson

from providers.dialects.written import written

# OpenAI encrypts into base64, in which there is no dot; its ids hold one underscore.
_SEALED = re.compile(r"[a-z_]{2,20}\.")
_NUMBERED = re.compile(r"[a-z]+_.+_[0-9]+")
# May see one where there is none, but misses none.
_STRANGE = re.compile(
    rb'"encrypted_content"\s*:\s*"[a-z_]{2,20}\.|"id"\s*:\s*"[a-z]+_[^"]+_[0-9]+"'
)


def own_reasoning_only(body: bytes) -> bytes:
    """Return the body, which is a JSON object, to the byte where nothing had to go."""
    if not _STRANGE.search(body):
        return body
    fields = orjson.loads(body)
    items = fields.get("input")
    if not isinstance(items, list):
        return body
    left = [_unnumbered(item) for item in items if not _is_strange(item)]
    return body if left == items else written({**fields, "input": left})


def _is_strange(item: Any) -> bool:
    if not isinstance(item, dict) or item.get("type") != "reasoning":
        return False
    sealed = item.get("encrypted_content")
    if isinstance(sealed, str) and sealed:
        return _SEALED.match(sealed) is not None
    return _is_ours(item)


def _unnumbered(item: Any) -> Any:
    if not isinstance(item, dict) or not _is_ours(item):
        return item
    return {name: value for name, value in item.items() if name != "id"}


def _is_ours(item: dict[str, Any]) -> bool:
    """Return whether we have given the item its id."""
    id = item.get("id")
    return isinstance(id, str) and _NUMBERED.fullmatch(id) is not None
