"""`generationConfig`, read as the fields of an `Ask`."""

from typing import Any

from providers.dialects.conversation import OutputSchema, Reasoning
from providers.dialects.errors import BadField

from .schemas import json_schema
from .spelling import ProtoFields

_NAMES = {
    "max_tokens": "maxOutputTokens",
    "temperature": "temperature",
    "top_p": "topP",
    "top_k": "topK",
    "stop": "stopSequences",
    "seed": "seed",
    "presence_penalty": "presencePenalty",
    "frequency_penalty": "frequencyPenalty",
    "logprobs": "responseLogprobs",
    "top_logprobs": "logprobs",
    "choices": "candidateCount",
}
_LEVELS = (
    "THINKING_LEVEL_UNSPECIFIED",
    "MINIMAL",
    "LOW",
    "MEDIUM",
    "HIGH",
    "XHIGH",
)
_JSON = "application/json"
_SMALLEST_INT32 = -(2**31)


def read(
    config: ProtoFields | None, unsaid: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the fields said and what the caller calls each."""
    if config is None:
        return {}, {}
    said = {
        "max_tokens": config.integer("maxOutputTokens", 1),
        "temperature": config.number("temperature", 0, 2),
        "top_p": config.number("topP", 0, 1),
        "top_k": config.integer("topK", 1),
        "stop": config.texts("stopSequences"),
        "seed": config.integer("seed", _SMALLEST_INT32),
        "presence_penalty": config.number("presencePenalty", -2, 2) or None,
        "frequency_penalty": config.number("frequencyPenalty", -2, 2) or None,
        "logprobs": config.flag("responseLogprobs") or None,
        "top_logprobs": config.integer("logprobs", 0) or None,
        "choices": _several(config.integer("candidateCount", 1)),
        "output": _output(config, unsaid),
        "reasoning": _reasoning(config, unsaid),
    }
    _media(config, unsaid)
    unsaid.update(config.rest())
    return said, {ours: config.path(theirs) for ours, theirs in _NAMES.items()}


def _several(count: int | None) -> int | None:
    return None if count == 1 else count


def _output(config: ProtoFields, unsaid: dict[str, Any]) -> OutputSchema | None:
    media_type = config.text("responseMimeType") or "text/plain"
    googles = config.mapping("responseSchema")
    schema = config.mapping("responseJsonSchema")
    if googles is not None and schema is not None:
        path = config.path("responseJsonSchema")
        raise BadField(f"{path} cannot be given with a responseSchema.", field=path)
    path = config.path("responseMimeType")
    if media_type not in ("text/plain", _JSON):
        unsaid[path] = media_type
        return None
    if media_type == "text/plain":
        if googles is not None or schema is not None:
            raise BadField(f"{path} must be {_JSON} for a schema.", field=path)
        return None
    if googles is not None:
        at = config.path("responseSchema")
        return OutputSchema(json_schema(googles, at), at=at)
    return OutputSchema(
        schema, at=config.path("responseJsonSchema") if schema else path
    )


def _reasoning(config: ProtoFields, unsaid: dict[str, Any]) -> Reasoning | None:
    thinking = config.object("thinkingConfig")
    if thinking is None:
        return None
    level = thinking.enum("thinkingLevel", _LEVELS) or _LEVELS[0]
    budget = thinking.integer("thinkingBudget", -1)
    effort = "" if level == _LEVELS[0] else level.lower()
    if effort and budget is not None:
        path = thinking.path("thinkingBudget")
        raise BadField(f"{path} cannot be given with a thinkingLevel.", field=path)
    shown = thinking.flag("includeThoughts")
    unsaid.update(thinking.rest())
    if not effort and budget is None and shown is None:
        return None
    return Reasoning(effort, budget, shown, at=thinking.at)


def _media(config: ProtoFields, unsaid: dict[str, Any]) -> None:
    modalities = config.texts("responseModalities")
    if any(each.upper() != "TEXT" for each in modalities):
        unsaid[config.path("responseModalities")] = modalities
    resolution = config.text("mediaResolution")
    if resolution not in (None, "MEDIA_RESOLUTION_UNSPECIFIED"):
        unsaid[config.path("mediaResolution")] = resolution
