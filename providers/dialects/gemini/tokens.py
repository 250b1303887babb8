"""Usage in Gemini's sums: thoughts are counted beside the answer, tools beside the prompt."""

from typing import Any

from providers.dialects import lenient
from providers.types import Usage
from providers.usage import MOST_TOKENS


def usage_of(answer: dict[str, Any]) -> Usage | None:
    stated = answer.get("usageMetadata")
    if not isinstance(stated, dict):
        return None
    prompt = stated.get("promptTokenCount")
    if type(prompt) is not int or not 0 <= prompt <= MOST_TOKENS:
        return None
    thoughts = lenient.count(stated, "thoughtsTokenCount")
    return Usage(
        prompt_tokens=prompt + lenient.count(stated, "toolUsePromptTokenCount"),
        completion_tokens=lenient.count(stated, "candidatesTokenCount") + thoughts,
        cached_tokens=lenient.count(stated, "cachedContentTokenCount"),
        reasoning_tokens=thoughts,
    )


def metadata(usage: Usage) -> dict[str, int]:
    said = {
        "promptTokenCount": usage.prompt_tokens,
        "candidatesTokenCount": usage.completion_tokens - usage.reasoning_tokens,
        "totalTokenCount": usage.prompt_tokens + usage.completion_tokens,
    }
    if usage.reasoning_tokens:
        said["thoughtsTokenCount"] = usage.reasoning_tokens
    if usage.cached_tokens:
        said["cachedContentTokenCount"] = usage.cached_tokens
    return said
