"""The tokens of a message. Anthropic counts what is cached beside the input, not within it."""

from typing import Any

from providers.dialects.lenient import count, object_
from providers.types import Usage


def usage_in(stated: dict[str, Any]) -> Usage | None:
    """Return what the provider counted; None when it did not count both ways."""
    if not all(type(stated.get(k)) is int for k in ("input_tokens", "output_tokens")):
        return None
    read, written = (
        count(stated, "cache_read_input_tokens"),
        count(stated, "cache_creation_input_tokens"),
    )
    return Usage(
        prompt_tokens=count(stated, "input_tokens") + read + written,
        completion_tokens=count(stated, "output_tokens"),
        cached_tokens=read,
        cache_write_tokens=written,
        reasoning_tokens=count(
            object_(stated, "output_tokens_details"), "thinking_tokens"
        ),
    )


def counted(usage: Usage | None) -> dict[str, Any]:
    """Return the usage as a caller reads it."""
    usage = usage or Usage()
    cached = usage.cached_tokens + usage.cache_write_tokens
    told: dict[str, Any] = {
        "input_tokens": max(usage.prompt_tokens - cached, 0),
        "cache_creation_input_tokens": usage.cache_write_tokens,
        "cache_read_input_tokens": usage.cached_tokens,
        "output_tokens": usage.completion_tokens,
    }
    if usage.reasoning_tokens:
        told["output_tokens_details"] = {"thinking_tokens": usage.reasoning_tokens}
    return told
