"""The response object: of a whole answer, and of one under way."""

import secrets
import time
from collections.abc import Mapping
from typing import Any

import orjson

from providers.dialects.conversation import (
    Answer,
    Ask,
    Choice,
    Declined,
    Stop,
    Text,
    Thinking,
    ToolCall,
)
from providers.types import Usage

from .output import Output

# A response ends in one of two ways that are not whole: too long, or filtered. A turn the
# provider paused is like one cut at its length: sent back as it is, it goes on.
_REASONS: Mapping[Stop, str] = {
    Stop.LENGTH: "max_output_tokens",
    Stop.CONTEXT_FULL: "max_output_tokens",
    Stop.PAUSED: "max_output_tokens",
    Stop.FILTERED: "content_filter",
}


def render(answer: Answer, ask: Ask) -> bytes:
    """Return the body of the whole answer: its first choice, since none asks for more."""
    id = response_id(answer.id)
    output = Output(id)
    choice = answer.choices[0] if answer.choices else None
    if choice:
        _grow(output, choice)
    reason = why_incomplete(choice.stop if choice else Stop.END, output)
    output.finish(status_for(reason))
    shown = begun(ask, id, answer.created)
    return orjson.dumps(ended(shown, output, reason, answer.usage))


def _grow(output: Output, choice: Choice) -> None:
    logprobs = choice.logprobs
    calls = 0
    for part in choice.parts:
        match part:
            case Text():
                output.add_text(part.text, logprobs)
                logprobs = None
            case Declined():
                output.decline(part.text)
            case Thinking():
                output.think(part.text)
                if part.signature:
                    output.sign(part.signature)
            case ToolCall():
                output.begin_call(calls, part.id, part.name, part.signature)
                output.add_arguments(calls, part.arguments)
                calls += 1


def response_id(given: str) -> str:
    """Return the provider's id as an id of a response; a new one when it gave none."""
    if not given:
        return f"resp_{secrets.token_hex(24)}"
    return given if given.startswith("resp_") else f"resp_{given}"


def begun(ask: Ask, id: str, created: int) -> dict[str, Any]:
    """Return the response object before anything is in its output."""
    return {
        **ask.echo,
        "id": id,
        "object": "response",
        "created_at": created or int(time.time()),
        "completed_at": None,
        "status": "in_progress",
        "error": None,
        "incomplete_details": None,
        "model": ask.model,
        "output": [],
        "usage": None,
    }


def ended(
    shown: dict[str, Any], output: Output, reason: str, usage: Usage | None
) -> dict[str, Any]:
    """Return the response object once its output is final; `reason` is empty for a whole one."""
    return shown | {
        "status": status_for(reason),
        "completed_at": None if reason else max(int(time.time()), shown["created_at"]),
        "incomplete_details": {"reason": reason} if reason else None,
        "output": output.items,
        "usage": shown_usage(usage) if usage else None,
    }


def why_incomplete(stop: Stop, output: Output) -> str:
    """Return OpenAI's reason, or an empty text for a whole answer."""
    if stop is Stop.DECLINED and not output.has_declined:
        # Declined without words of its own, it must not pass for a whole answer.
        return "content_filter"
    return _REASONS.get(stop, "")


def status_for(reason: str) -> str:
    return "incomplete" if reason else "completed"


def shown_usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.prompt_tokens,
        "input_tokens_details": {
            "cached_tokens": usage.cached_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
        },
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }
