"""Reasoning and its signatures in the blocks of a message, another provider's among them.

A client of this dialect sends every block of reasoning back as it came, so what another
provider must see again travels in them:

* `thinking.signature`      `<value>` is Anthropic's, `gemini.<value>` another's
* `redacted_thinking.data`  the same for reasoning without text; `tool_use.gemini.<value>` is
                            the signature of the tool call that follows
"""

from typing import Any

from providers.dialects.conversation import Signature, Thinking
from providers.dialects.signatures import as_text, from_text

OWN = "anthropic"

# Kept in the value, since a redacted block and one whose text was left out must be sent
# back as what they were.
_REDACTED = "redacted_thinking."
_OF_CALL = "tool_use."


def is_own(thought: Thinking) -> bool:
    """True for reasoning that Anthropic can verify."""
    return thought.signature is not None and thought.signature.issuer == OWN


def redacted(data: str) -> Signature:
    """Return the signature that stands for a redacted block of Anthropic's."""
    return Signature(OWN, _REDACTED + data)


def signature_in(value: str) -> Signature | None:
    """Return what a caller's `thinking.signature` means; None for an empty one."""
    return from_text(value, own=OWN) if value else None


def hidden_in(data: str) -> Signature:
    """Return what a caller's `redacted_thinking.data` means."""
    signature = from_text(data.removeprefix(_OF_CALL), own=OWN)
    return redacted(data) if signature.issuer == OWN else signature


def call_signature_in(data: str) -> Signature | None:
    """Return the signature of the tool call that follows, if that is what the data is."""
    if not data.startswith(_OF_CALL):
        return None
    signature = from_text(data.removeprefix(_OF_CALL), own=OWN)
    return None if signature.issuer == OWN else signature


def thinking_block(part: Thinking) -> dict[str, Any]:
    """Return the block in which a caller gets this reasoning."""
    signature = part.signature
    if signature is not None and signature.issuer == OWN:
        return own_block(part.text, signature)
    if signature is not None and not part.text:
        return {"type": "redacted_thinking", "data": as_text(signature, own=OWN)}
    return {
        "type": "thinking",
        "thinking": part.text,
        "signature": "" if signature is None else as_text(signature, own=OWN),
    }


def own_block(text: str, signature: Signature) -> dict[str, Any]:
    """Return the block as Anthropic made it."""
    if signature.value.startswith(_REDACTED):
        data = signature.value.removeprefix(_REDACTED)
        return {"type": "redacted_thinking", "data": data}
    return {"type": "thinking", "thinking": text, "signature": signature.value}


def call_block(signature: Signature) -> dict[str, Any]:
    """Return the block that carries a call's signature, to stand before the call."""
    return {
        "type": "redacted_thinking",
        "data": _OF_CALL + as_text(signature, own=OWN),
    }
