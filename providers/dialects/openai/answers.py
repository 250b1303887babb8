"""Reading a whole chat completion of a provider's."""

import secrets
from typing import Any

from providers.dialects import lenient, openai_usage
from providers.dialects.conversation import (
    Answer,
    Choice,
    Declined,
    Text,
    Thinking,
    ToolCall,
)
from providers.errors import UpstreamBroken

from . import reasoning
from .reasons import stop_of

# Whatever a provider says, JavaScript can still show it as a date.
_LATEST = 8_640_000_000_000


def parse(data: bytes) -> Answer:
    """Read a provider's answer. Raises `UpstreamBroken`."""
    value = lenient.object_in(data)
    choices = lenient.objects(value, "choices")
    if not choices:
        raise UpstreamBroken("the answer has no choices")
    return Answer(
        id=lenient.text(value, "id"),
        model=lenient.text(value, "model"),
        choices=tuple(map(_choice, choices)),
        usage=openai_usage.parse(value),
        created=created_of(value),
    )


def created_of(value: dict[str, Any]) -> int:
    """Return unix seconds, of which there are more than `lenient` takes for a count."""
    created = value.get("created")
    return created if type(created) is int and 0 <= created < _LATEST else 0


def text_of(content: Any) -> str:
    """Return the text of a message or a delta; a few servers send it in parts."""
    if isinstance(content, list):
        return "".join(lenient.text(each, "text") for each in content if _is_text(each))
    return content if isinstance(content, str) else ""


def logprobs_of(choice: dict[str, Any]) -> tuple[dict[str, Any], ...] | None:
    """Return what is told of each token, as far as it is told well."""
    content = lenient.objects(lenient.object_(choice, "logprobs"), "content")
    return tuple(each for each in map(_logprob, content) if each) or None


def _logprob(value: dict[str, Any]) -> dict[str, Any]:
    told = _token(value)
    if told and "top_logprobs" in value:
        ranks = map(_token, lenient.objects(value, "top_logprobs"))
        told["top_logprobs"] = [each for each in ranks if each]
    return told


def _token(value: dict[str, Any]) -> dict[str, Any]:
    token, logprob = value.get("token"), value.get("logprob")
    if not isinstance(token, str) or type(logprob) not in (int, float):
        return {}
    told = {"token": token, "logprob": logprob}
    if "bytes" in value:
        octets = value["bytes"]
        is_good = isinstance(octets, list) and all(map(_is_octet, octets))
        told["bytes"] = octets if is_good else None
    return told


def _is_octet(value: Any) -> bool:
    return type(value) is int and 0 <= value < 256


def arguments_of(function: dict[str, Any]) -> str:
    arguments = function.get("arguments")
    if isinstance(arguments, dict):
        return lenient.written(arguments)
    return arguments if isinstance(arguments, str) else ""


def new_call_id() -> str:
    return f"call_{secrets.token_hex(12)}"


def _is_text(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") == "text"


def _choice(value: dict[str, Any]) -> Choice:
    message = lenient.object_(value, "message")
    parts: list[Text | Thinking | ToolCall | Declined] = list(_thoughts(message))
    if text := text_of(message.get("content")):
        parts.append(Text(text))
    refusal = lenient.text(message, "refusal")
    if refusal:
        parts.append(Declined(refusal))
    calls = [_call(each) for each in lenient.objects(message, "tool_calls")]
    reason = lenient.text(value, "finish_reason")
    return Choice(
        parts=(*parts, *calls),
        stop=stop_of(reason, called=bool(calls), declined=bool(refusal)),
        logprobs=logprobs_of(value),
    )


def _thoughts(message: dict[str, Any]) -> list[Thinking]:
    """Read the details, of which neighbours in one seal are one thought, or else the text."""
    found = []
    for each in lenient.objects(message, "reasoning_details"):
        text, seal = reasoning.detail_text(each), reasoning.kept(each)
        if text or seal:
            found.append(Thinking(text, seal))
    text = reasoning.text_in(message)
    return found or ([Thinking(text)] if text else [])


def _call(value: dict[str, Any]) -> ToolCall:
    function = lenient.object_(value, "function")
    name = lenient.text(function, "name")
    if not name:
        raise UpstreamBroken("a tool call has no name")
    return ToolCall(
        id=lenient.text(value, "id") or new_call_id(),
        name=name,
        arguments=arguments_of(function) or "{}",
        signature=reasoning.kept_google(value),
    )
