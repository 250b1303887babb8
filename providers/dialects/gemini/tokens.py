"""Usage in Gemini's sums: thoughts are counted beside the answer, tools beside the prompt."""

from typing import Any

from providers.types import Usage
from providers.usage import stated


def usage_of(answer: dict[str, Any]) -> Usage | None:
    """Read the `usageMetadata` of an answer or a chunk; None when it states none."""
    usage = answer.get("usageMetadata")
    return stated.by_gemini(usage) if isinstance(usage, dict) else None


def metadata(usage: Usage) -> dict[str, int]:
    said = {
        "promptTokenCount": usage.prompt_tokens,
        # A provider may count its reasoning in other measures than its answer.
        "candidatesTokenCount": max(
            usage.completion_tokens - usage.reasoning_tokens, 0
        ),
        "totalTokenCount": usage.prompt_tokens + usage.completion_tokens,
    }
    if usage.reasoning_tokens:
        said["thoughtsTokenCount"] = usage.reasoning_tokens
    if usage.cached_tokens:
        said["cachedContentTokenCount"] = usage.cached_tokens
    return said
