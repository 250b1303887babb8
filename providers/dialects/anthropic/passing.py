"""A request that passes to Anthropic, without the reasoning of others.

A conversation may have been with another provider before, whose reasoning its caller gives
back; Anthropic refuses a signature it has not made.
"""

import re
from typing import Any

import orjson

from providers.dialects.written import written

from . import seals

# May see one where there is none, but misses none.
_STRANGE = re.compile(rb'"(?:signature|data)"\s*:\s*"(?:"|[a-z_]{2,20}\.)')


def own_reasoning_only(body: bytes) -> bytes:
    """Return the body, which is a JSON object, to the byte where nothing had to go."""
    if not _STRANGE.search(body):
        return body
    fields = orjson.loads(body)
    messages = fields.get("messages")
    if not isinstance(messages, list):
        return body
    left = [kept for each in messages for kept in _kept(each)]
    return body if left == messages else written({**fields, "messages": left})


def _kept(message: Any) -> list[Any]:
    """Return what is left of the message, if anything."""
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, list):
        return [message]
    left = [block for block in content if not _is_strange(block)]
    if left == content:
        return [message]
    return [{**message, "content": left}] if left else []


def _is_strange(block: Any) -> bool:
    match block:
        case {"type": "thinking", "signature": str(value)}:
            signature = seals.signature_in(value)
            return signature is None or signature.issuer != seals.OWN
        case {"type": "redacted_thinking", "data": str(data)}:
            of_call = seals.call_signature_in(data) is not None
            return of_call or seals.hidden_in(data).issuer != seals.OWN
        case _:
            return False
