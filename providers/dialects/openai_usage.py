"""Usage as OpenAI states it, in answers of chat and of text completions."""

from typing import Any

from providers.types import Usage

from . import lenient


def parse(value: dict[str, Any]) -> Usage | None:
    """Read the `usage` of an answer or a chunk; None when it states none."""
    usage = value.get("usage")
    if not isinstance(usage, dict) or type(usage.get("prompt_tokens")) is not int:
        return None
    prompt = lenient.count(usage, "prompt_tokens")
    # Some servers leave reasoning out of the completion, though never out of the total.
    completion = max(
        lenient.count(usage, "completion_tokens"),
        lenient.count(usage, "total_tokens") - prompt,
    )
    of_prompt = lenient.object_(usage, "prompt_tokens_details")
    of_completion = lenient.object_(usage, "completion_tokens_details")
    cached = lenient.count(of_prompt, "cached_tokens")
    cached = min(cached or lenient.count(usage, "prompt_cache_hit_tokens"), prompt)
    written = lenient.count(of_prompt, "cache_write_tokens")
    reasoning = lenient.count(of_completion, "reasoning_tokens")
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        cached_tokens=cached,
        cache_write_tokens=min(written, prompt - cached),
        reasoning_tokens=min(reasoning, completion),
    )


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
