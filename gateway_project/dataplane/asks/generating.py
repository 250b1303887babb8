"""Requests in Gemini's dialect: the model and whether to stream are in the address."""

from collections.abc import Mapping
from typing import Any

from gateway_project.dataplane.bodies import check_unambiguous_below, parse_object
from providers.dialects.errors import BadField
from providers.dialects.fields import wrong
from providers.operations import Operation

from .asked import Asked
from .shapes import (
    MOST_TOOLS,
    MOST_TURNS,
    check_count,
    check_length,
    missing,
    too_many,
)

_CONFIGS = ("generationConfig", "generation_config")
_SYSTEMS = ("systemInstruction", "system_instruction")
_ACTED_ON = frozenset({"contents", *_CONFIGS, *_SYSTEMS})
_DECLARED = ("functionDeclarations", "function_declarations")
_CEILINGS = ("maxOutputTokens", "max_output_tokens")


def generate(body: bytes, model: str, *, stream: bool) -> Asked:
    """Return what a `generateContent` asks for. Raises `BadRequest` or a `BadField`."""
    fields = parse_object(body, _ACTED_ON)
    for name, again in (_CONFIGS, _SYSTEMS):
        if name in fields and again in fields:
            raise BadField(f"{name} is given twice, also as {again}.", field=again)
    _check_lengths(fields)
    check_unambiguous_below(body, frozenset(_CONFIGS), frozenset(_CEILINGS))
    contents = fields.get("contents")
    if contents is None:
        raise missing("contents", "a list with at least one content")
    if not isinstance(contents, list | dict | str) or not contents:
        raise wrong("contents", "a list with at least one content", contents)
    ceiling, name = _ceiling(fields)
    return Asked(
        Operation.GENERATE,
        body,
        {**fields, "model": model, "stream": stream},
        model,
        stream,
        ceiling,
        name,
    )


def count(body: bytes, model: str) -> Asked:
    """Return what a `countTokens` asks for. Raises `BadRequest`."""
    fields = parse_object(body, _ACTED_ON)
    _check_lengths(fields)
    return Asked(
        Operation.GENERATE_COUNT,
        body,
        {**fields, "model": model, "stream": False},
        model,
    )


def embed(body: bytes, model: str, operation: Operation) -> Asked:
    """Return what an `embedContent` or `batchEmbedContents` asks for. Raises `BadRequest`."""
    fields = parse_object(body, _ACTED_ON)
    check_length("requests", fields.get("requests"), MOST_TURNS)
    return Asked(operation, body, fields, model)


def _check_lengths(fields: Mapping[str, Any]) -> None:
    check_length("contents", fields.get("contents"), MOST_TURNS)
    tools = fields.get("tools")
    check_length("tools", tools, MOST_TOOLS)
    declared = sum(map(_declared, tools)) if isinstance(tools, list) else 0
    if declared > MOST_TOOLS:
        raise too_many("tools", declared, MOST_TOOLS, _DECLARED[0])


def _declared(tool: Any) -> int:
    lists = [tool.get(name) for name in _DECLARED] if isinstance(tool, dict) else []
    return sum(len(each) for each in lists if isinstance(each, list))


def _ceiling(fields: Mapping[str, Any]) -> tuple[int | None, str]:
    found: list[tuple[int, str]] = []
    for config_name in _CONFIGS:
        config = fields.get(config_name)
        if config is None:
            continue
        if not isinstance(config, dict):
            raise wrong(config_name, "an object", config)
        for name in _CEILINGS:
            path = f"{config_name}.{name}"
            check_count(path, config.get(name))
            if config.get(name) is not None:
                found.append((config[name], path))
    return max(found) if found else (None, f"{_CONFIGS[0]}.{_CEILINGS[0]}")
