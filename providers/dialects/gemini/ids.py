"""Ids for what Gemini leaves nameless."""

import re
import secrets

_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,64}")


def call_id(given: str, answer: str, choice: int, index: int) -> str:
    """Return the id of a call: the one given, or one that is new in the whole conversation."""
    if given:
        return given
    root = answer if _PLAIN.fullmatch(answer) else secrets.token_hex(8)
    return f"call_{root}_{choice}_{index}" if choice else f"call_{root}_{index}"


def answer_id(given: str) -> str:
    return given or secrets.token_urlsafe(16)
