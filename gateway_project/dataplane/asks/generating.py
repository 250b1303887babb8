"""Requests in Gemini's dialect: the model and whether to stream are in the address."""

from collections.abc import Mapping
from typing import Any

from gateway_project.dataplane.bodies import parse_object
from providers.dialects.errors import BadField
from providers.dialects.fields import wrong
from providers.operations import Operation

from .asked import Asked
from .shapes import check_count, missing

_CONFIGS = ("generationConfig", "generation_config")
_SYSTEMS = ("systemInstruction", "system_instruction")
_ACTED_ON = frozenset({"contents", *_CONFIGS, *_SYSTEMS})
_CEILINGS = ("maxOutputTokens", "max_output_tokens")


def generate(body: bytes, model: str, *, stream: bool) -> Asked:
    """Return what a `generateContent` asks for. Raises `BadRequest` or a `BadField`."""
    fields = parse_object(body, _ACTED_ON)
    for name, again in (_CONFIGS, _SYSTEMS):
        if name in fields and again in fields:
            raise BadField(f"{name} is given twice, also as {again}.", field=again)
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
    return Asked(
        Operation.GENERATE_COUNT,
        body,
        {**fields, "model": model, "stream": False},
        model,
    )


def embed(body: bytes, model: str, operation: Operation) -> Asked:
    """Return what an `embedContent` or `batchEmbedContents` asks for. Raises `BadRequest`."""
    return Asked(operation, body, parse_object(body, _ACTED_ON), model)


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
