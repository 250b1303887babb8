"""An `Ask`, told to Gemini."""

from collections.abc import Mapping
from typing import Any

from providers.dialects.conversation import Ask, Choosing, OutputSchema, Tool
from providers.dialects.sayable import check_ends_with_user, check_sayable
from providers.dialects.written import written

from . import thinking, turns

_JSON = "application/json"
_MODES = {
    Choosing.AUTO: "AUTO",
    Choosing.NONE: "NONE",
    Choosing.ANY: "ANY",
    Choosing.NAMED: "ANY",
}


def render(ask: Ask, model: str) -> bytes:
    """Return the body; the model and whether to stream stand in the URL."""
    check_sayable(ask, "Gemini")
    check_ends_with_user(ask)
    system, contents = turns.told(ask, signed=thinking.has_levels(model))
    body: dict[str, Any] = {"contents": contents}
    if system:
        body["systemInstruction"] = {"parts": system}
    if ask.tools:
        body["tools"] = [{"functionDeclarations": [_declared(t) for t in ask.tools]}]
        if calling := _calling(ask):
            body["toolConfig"] = {"functionCallingConfig": calling}
    if config := _generation(ask, model):
        body["generationConfig"] = config
    return written(body)


def _declared(tool: Tool) -> dict[str, Any]:
    declared: dict[str, Any] = {"name": tool.name}
    if tool.description:
        declared["description"] = tool.description
    if tool.schema is not None:
        declared["parametersJsonSchema"] = tool.schema
    return declared


def _calling(ask: Ask) -> dict[str, Any] | None:
    choice = ask.tool_choice
    how = choice.how if choice else None
    if how in (None, Choosing.AUTO) and any(tool.strict for tool in ask.tools):
        # Free to call or not, but a call's arguments must fit the schema.
        return {"mode": "VALIDATED"}
    if choice is None:
        return None
    calling: dict[str, Any] = {"mode": _MODES[choice.how]}
    if choice.how is Choosing.NAMED:
        calling["allowedFunctionNames"] = [choice.name]
    return calling


def _generation(ask: Ask, model: str) -> dict[str, Any]:
    config: dict[str, Any] = {
        "maxOutputTokens": ask.max_tokens,
        "temperature": ask.temperature,
        "topP": ask.top_p,
        "topK": ask.top_k,
        "stopSequences": list(ask.stop) or None,
        "seed": ask.seed,
        "presencePenalty": ask.presence_penalty,
        "frequencyPenalty": ask.frequency_penalty,
        "responseLogprobs": ask.logprobs,
        "logprobs": ask.top_logprobs,
        "candidateCount": ask.choices,
    }
    if ask.output:
        config["responseMimeType"] = _JSON
        config["responseJsonSchema"] = _described(ask.output)
    if ask.reasoning:
        config["thinkingConfig"] = thinking.config(ask.reasoning, model) or None
    return {name: value for name, value in config.items() if value is not None}


def _described(output: OutputSchema) -> Mapping[str, Any] | None:
    schema = output.schema
    if schema is not None and output.description and "description" not in schema:
        return {**schema, "description": output.description}
    return schema
