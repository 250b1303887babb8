"""A provider's candidates, read without belief."""

from collections.abc import Iterator
from typing import Any

from providers.dialects import lenient
from providers.dialects.conversation import Signature, Text, Thinking, ToolCall
from providers.errors import UpstreamBroken

from .signatures import ISSUER

Said = Text | Thinking | ToolCall


def check(answer: dict[str, Any]) -> None:
    """Raise `UpstreamBroken` if this is an error."""
    error = answer.get("error")
    if error is None:
        return
    status = lenient.text(error, "status") if isinstance(error, dict) else ""
    raise UpstreamBroken(f"the provider reported an error: {status or 'unnamed'}")


def is_blocked(answer: dict[str, Any]) -> bool:
    """True when the prompt was refused, so that there are no candidates."""
    return bool(lenient.text(lenient.object_(answer, "promptFeedback"), "blockReason"))


def index_of(candidate: dict[str, Any]) -> int:
    return lenient.count(candidate, "index")


def said(candidate: dict[str, Any]) -> Iterator[Said]:
    """Yield what the candidate says; what has no place in a conversation is left out.

    A signature on a text is told after it as hidden reasoning. Calls may have no id.
    """
    for part in lenient.objects(lenient.object_(candidate, "content"), "parts"):
        value = lenient.text(part, "thoughtSignature")
        signature = Signature(ISSUER, value) if value else None
        call = part.get("functionCall")
        if isinstance(call, dict):
            yield _call(call, signature)
            continue
        if text := lenient.text(part, "text"):
            yield Thinking(text) if part.get("thought") is True else Text(text)
        if signature:
            yield Thinking("", signature)


def _call(call: dict[str, Any], signature: Signature | None) -> ToolCall:
    arguments = lenient.written(lenient.object_(call, "args"))
    id, name = lenient.text(call, "id"), lenient.text(call, "name")
    return ToolCall(id, name, arguments, signature)
