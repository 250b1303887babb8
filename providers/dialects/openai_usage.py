"""Usage as OpenAI states it, in answers of chat and of text completions."""

from typing import Any

from providers.types import Usage
from providers.usage import stated


def parse(value: dict[str, Any]) -> Usage | None:
    """Read the `usage` of an answer or a chunk; None when it states none."""
    usage = value.get("usage")
    return stated.by_openai(usage) if isinstance(usage, dict) else None


def render(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {
            "cached_tokens": usage.cached_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
        },
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }
