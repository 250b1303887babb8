"""Reasoning as Bedrock gives it and takes it back.

An answer does not name its model, so a signature in it is only known to be Bedrock's.
Anthropic's own are taken too: they hold wherever Claude is served.
"""

from typing import Any

from providers.dialects.conversation import Signature, Thinking

from .models import Family

ISSUER = "bedrock"
# Encrypted reasoning goes into another field than a signature. Base64 has no dot.
_REDACTED = "redacted."
# How Anthropic's dialect marks a block that was encrypted, which Bedrock writes otherwise.
_REDACTED_BY_ANTHROPIC = "redacted_thinking."


def signed(signature: str) -> Signature | None:
    return Signature(ISSUER, signature) if signature else None


def redacted(content: str) -> Signature:
    """Return the signature that stands for encrypted reasoning, given in base64."""
    return Signature(ISSUER, _REDACTED + content)


def reasoning_block(part: Thinking, family: Family) -> dict[str, Any] | None:
    """Return the block as the provider made it; None for what it could not verify."""
    signature = part.signature
    if signature is None or not _holds(signature, family):
        return None
    if signature.issuer == ISSUER and signature.value.startswith(_REDACTED):
        content = signature.value.removeprefix(_REDACTED)
        return {"reasoningContent": {"redactedContent": content}}
    text = {"text": part.text, "signature": signature.value}
    return {"reasoningContent": {"reasoningText": text}}


def _holds(signature: Signature, family: Family) -> bool:
    if signature.issuer == "anthropic":
        encrypted = signature.value.startswith(_REDACTED_BY_ANTHROPIC)
        return family is Family.CLAUDE and not encrypted
    return signature.issuer == ISSUER
