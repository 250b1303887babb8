"""Reasoning in messages: `reasoning_content`, and `reasoning_details` that carry signatures.

OpenAI shows none; the fields are those of OpenRouter, DeepSeek and vLLM.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from typing import Any

import orjson

from providers.dialects import lenient
from providers.dialects.conversation import Signature, Thinking
from providers.dialects.fields import Fields
from providers.dialects.signatures import as_text, from_text

OWN = "openai"
# Marks a signature that holds a whole detail of a provider's, to be given back as it was.
_KEPT = "detail."
_TEXT_FIELDS = {"reasoning.text": "text", "reasoning.summary": "summary"}
_KEPT_GOOGLE = "google."


def text_in(message: dict[str, Any]) -> str:
    """Return the reasoning a message or a delta shows outside its details."""
    return lenient.text(message, "reasoning_content") or lenient.text(
        message, "reasoning"
    )


def detail(text: str, signature: Signature | None, index: int) -> dict[str, Any]:
    """Return one detail as our callers get it."""
    if signature is None:
        return {"type": "reasoning.text", "text": text, "index": index}
    if not text:
        return hidden(signature, index)
    return {
        "type": "reasoning.text",
        "text": text,
        "signature": as_text(signature, own=OWN),
        "index": index,
    }


def hidden(signature: Signature, index: int) -> dict[str, Any]:
    """Return the detail of reasoning that is not shown."""
    sealed = as_text(signature, own=OWN)
    return {"type": "reasoning.encrypted", "data": sealed, "index": index}


def sealed_end(signature: Signature, index: int) -> dict[str, Any]:
    """Return the detail that closes a streamed one, whose text went before."""
    sealed = as_text(signature, own=OWN)
    return {"type": "reasoning.text", "signature": sealed, "index": index}


def from_caller(given: Fields) -> Thinking | None:
    """Read one detail a caller gives back."""
    text = given.text("text") or given.text("summary") or ""
    sealed = given.text("signature") or given.text("data")
    signature = from_text(sealed, own=OWN) if sealed else None
    return Thinking(text, signature, given.at) if text or signature else None


def detail_text(each: dict[str, Any]) -> str:
    return lenient.text(each, "text") or lenient.text(each, "summary")


def kept(each: dict[str, Any]) -> Signature | None:
    """Return a provider's sealed detail as a signature that can travel; None for one unsealed."""
    if not (lenient.text(each, "signature") or lenient.text(each, "data")):
        return None
    bare = {key: value for key, value in each.items() if key not in ("text", "summary")}
    packed = urlsafe_b64encode(lenient.written(bare).encode()).decode()
    return Signature(OWN, _KEPT + packed)


def given_back(thinking: Thinking) -> dict[str, Any] | None:
    """Return the detail as the provider sent it; None when the reasoning is not from its kind."""
    signature = thinking.signature
    if signature is None or signature.issuer != OWN:
        return None
    if not signature.value.startswith(_KEPT):
        return None
    try:
        each = orjson.loads(urlsafe_b64decode(signature.value.removeprefix(_KEPT)))
    except (NotBase64, ValueError):
        return None
    if not isinstance(each, dict):
        return None
    field = _TEXT_FIELDS.get(lenient.text(each, "type"))
    if field and thinking.text:
        each[field] = thinking.text
    return each


def google_signature(call: dict[str, Any]) -> str:
    """Return the signature on a call where Google's OpenAI-compatible servers put it."""
    google = lenient.object_(lenient.object_(call, "extra_content"), "google")
    return lenient.text(google, "thought_signature")


def kept_google(call: dict[str, Any]) -> Signature | None:
    """Return a provider's signature on a call as one that can travel."""
    sealed = google_signature(call)
    return Signature(OWN, _KEPT_GOOGLE + sealed) if sealed else None


def extra_given_back(signature: Signature | None) -> dict[str, Any] | None:
    """Return `extra_content` as the provider sent it; None when it sent none."""
    if signature is None or signature.issuer != OWN:
        return None
    if not signature.value.startswith(_KEPT_GOOGLE):
        return None
    return _google(signature.value.removeprefix(_KEPT_GOOGLE))


def extra_content(signature: Signature) -> dict[str, Any]:
    """Return `extra_content` as our callers get it."""
    return _google(as_text(signature, own="gemini"))


def _google(sealed: str) -> dict[str, Any]:
    return {"google": {"thought_signature": sealed}}
