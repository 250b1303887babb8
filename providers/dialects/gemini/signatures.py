"""Signatures as Gemini's clients carry them: bytes in base64.

One of another dialect's travels as the base64 of `<issuer>.<value>`; Gemini's own are binary
and never read like that, so each is known again when it comes back.
"""

import base64
import binascii
import re

from providers.dialects.conversation import Signature

ISSUER = "gemini"

_FOREIGN = re.compile(rb"([a-z]{2,16})\.([\x20-\x7e]+)")


def to_caller(signature: Signature) -> str:
    if signature.issuer == ISSUER:
        return signature.value
    return base64.b64encode(f"{signature.issuer}.{signature.value}".encode()).decode()


def from_caller(value: str) -> Signature:
    try:
        # Google's clients write the alphabet for URLs, its servers the other one.
        raw = base64.b64decode(value.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        return Signature(ISSUER, value)
    if foreign := _FOREIGN.fullmatch(raw):
        return Signature(foreign[1].decode(), foreign[2].decode())
    return Signature(ISSUER, value)


def own(signature: Signature | None) -> str:
    """Return what Gemini can check, or an empty text."""
    return signature.value if signature and signature.issuer == ISSUER else ""
