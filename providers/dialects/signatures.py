"""A signature as text in the fields of a dialect it does not belong to.

A dialect's own signatures stay as they are; others carry their issuer in front, so that a
caller's dialect gives them out and takes them back unharmed.
"""

from .conversation import Signature

# Signatures are base64, in which there is no dot.
_ISSUERS = frozenset({"anthropic", "bedrock", "gemini", "openai"})


def as_text(signature: Signature, *, own: str) -> str:
    """Return the signature as a dialect writes it whose own signatures are from `own`."""
    if signature.issuer == own:
        return signature.value
    return f"{signature.issuer}.{signature.value}"


def from_text(text: str, *, own: str) -> Signature:
    issuer, dot, value = text.partition(".")
    if dot and issuer in _ISSUERS:
        return Signature(issuer, value)
    return Signature(own, text)
