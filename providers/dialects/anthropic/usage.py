"""The tokens of a message. Anthropic counts what is cached beside the input, not within it."""

from typing import Any

from providers.types import Usage


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
