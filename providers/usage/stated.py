"""What a provider says a call took, in each dialect's own sums."""

from typing import Any

from providers.types import Usage

from .reading import count, object_


def by_openai(usage: dict[str, Any]) -> Usage | None:
    """Return what OpenAI's `usage` says, by either pair of its names; None if it says too little."""
    prompt, completion = (
        count(usage, "prompt_tokens"),
        count(usage, "completion_tokens"),
    )
    if prompt is None:
        prompt = count(usage, "input_tokens")
    if completion is None:
        completion = count(usage, "output_tokens")
    total = count(usage, "total_tokens")
    if prompt is None:
        return None
    if completion is None:
        if total is None or total < prompt:
            return None
        completion = total - prompt
    read = _details(usage, "prompt_tokens_details", "input_tokens_details")
    written = _details(usage, "completion_tokens_details", "output_tokens_details")
    reasoning = count(written, "reasoning_tokens") or 0
    # Some leave what was thought out of what was written, though never out of the total.
    completion = max(completion, (total or 0) - prompt)
    return _whole(
        prompt,
        completion,
        cached=count(read, "cached_tokens") or count(usage, "prompt_cache_hit_tokens"),
        cache_writes=count(read, "cache_write_tokens"),
        reasoning=reasoning,
    )


def by_input_only(usage: dict[str, Any]) -> Usage | None:
    """Return the usage of what has no output in tokens: embeddings, rankings."""
    prompt = count(usage, "prompt_tokens")
    if prompt is None:
        prompt = count(usage, "total_tokens")
    return None if prompt is None else Usage(prompt)


def by_anthropic(usage: dict[str, Any]) -> Usage | None:
    """Return what Anthropic's `usage` says, whose input leaves out what the cache saw."""
    fresh, completion = count(usage, "input_tokens"), count(usage, "output_tokens")
    if fresh is None or completion is None:
        return None
    cached = count(usage, "cache_read_input_tokens") or 0
    written = count(usage, "cache_creation_input_tokens") or 0
    thought = object_(usage, "output_tokens_details")
    return Usage(
        fresh + cached + written,
        completion,
        cached_tokens=cached,
        cache_write_tokens=written,
        reasoning_tokens=min(count(thought, "thinking_tokens") or 0, completion),
    )


def by_gemini(usage: dict[str, Any]) -> Usage | None:
    """Return what `usageMetadata` says, whose candidates leave out what was thought."""
    prompt = count(usage, "promptTokenCount")
    if prompt is None:
        return None
    thoughts = count(usage, "thoughtsTokenCount") or 0
    return _whole(
        prompt + (count(usage, "toolUsePromptTokenCount") or 0),
        (count(usage, "candidatesTokenCount") or 0) + thoughts,
        cached=count(usage, "cachedContentTokenCount"),
        reasoning=thoughts,
    )


def _whole(
    prompt: int,
    completion: int,
    *,
    cached: int | None = None,
    cache_writes: int | None = None,
    reasoning: int = 0,
) -> Usage:
    # A part is never more than its whole, whatever is said.
    read = min(cached or 0, prompt)
    return Usage(
        prompt,
        completion,
        cached_tokens=read,
        cache_write_tokens=min(cache_writes or 0, prompt - read),
        reasoning_tokens=min(reasoning, completion),
    )


def _details(usage: dict[str, Any], name: str, other: str) -> dict[str, Any]:
    return object_(usage, name) or object_(usage, other)
