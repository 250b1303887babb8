"""OpenAI's schemas, closed."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

_DOCUMENT = Path(__file__).with_name("openai.json.gz")
_HERE = "#/components/schemas/"
_OPEN = " with more"

_REASONING = ("reasoning_content", "reasoning_details")
_TOLD = ("details", "headers", "retry_after_seconds", "suggested_action")

# What the gateway says beyond OpenAI's document, by the schema it says it in.
OURS = {
    # OpenAI's service says these of every response, and its document forgets them.
    "Response": ("frequency_penalty", "presence_penalty", "store"),
    "ChatCompletionResponseMessage": _REASONING,
    "ChatCompletionStreamResponseDelta": _REASONING,
    "ChatCompletionMessageToolCall": ("extra_content",),
    "ChatCompletionMessageToolCallChunk": ("extra_content",),
    # Whisper says the task; what was counted the mock says alone.
    "CreateTranscriptionResponseVerboseJson": ("task",),
    "CreateTranslationResponseJson": ("usage",),
    "CreateTranslationResponseVerboseJson": ("task", "usage"),
    "ErrorResponse": ("detail",),
    "Error": _TOLD,
    "ErrorPayload": _TOLD,
    # The same in a stream and in a frame, where OpenAI shows one half of it each.
    "ResponseErrorEvent": ("error",),
    "ResponseWsError": ("code", "message", "param", "headers"),
}
# Null in the document's own examples, and by its schemas never.
_NULLABLE = {"ResponseUsage"}
_NULLABLE_FIELDS = {"ModelResponseProperties": ("user",)}
# Said in a delta as it is in the end, where the schema has bytes too.
_SAME = {"ResponseLogProb": "LogProb"}


def check(name: str, value: Any) -> None:
    """Raise an `AssertionError` unless the value is what the schema of this name says."""
    _check(name, _HERE + name, value)


def check_event(union: str, event: Any) -> None:
    """Check one of the events a schema lists, by its `type`."""
    assert event["type"] in _events(union), f"{event['type']} is no {union}"
    failures = []
    for ref in _events(union)[event["type"]]:
        try:
            return _check(event["type"], ref, event)
        except AssertionError as failure:
            failures.append(str(failure))
    raise AssertionError("; or ".join(failures))


def check_completion_chunk(chunk: Any) -> None:
    """Check a chunk of a text completion, which the document describes as a whole one.

    The service says null where nothing has ended yet, and where usage is still to come.
    """
    choices = [
        {**each, "finish_reason": each["finish_reason"] or "stop"}
        for each in chunk["choices"]
    ]
    told = {k: v for k, v in chunk.items() if (k, v) != ("usage", None)}
    check("CreateCompletionResponse", {**told, "choices": choices})


def _check(name: str, ref: str, value: Any) -> None:
    error = best_match(_validator(ref).iter_errors(value))
    assert error is None, f"{name}: {error.json_path}: {error.message}"


@cache
def _validator(ref: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"urn:openai{ref}"}, registry=_registry())


@cache
def _registry() -> Registry:
    schemas = {}
    for name, schema in _schemas().items():
        schemas[name] = _closed(schema)
        schemas[name + _OPEN] = _closed(schema, alone=False)
    contents = {"components": {"schemas": schemas}}
    resource = Resource(contents=contents, specification=DRAFT202012)
    return Registry().with_resource("urn:openai", resource)


@cache
def _schemas() -> dict[str, Any]:
    document = json.loads(gzip.decompress(_DOCUMENT.read_bytes()))
    schemas = document["components"]["schemas"]
    return {name: _amended(name, schema) for name, schema in schemas.items()}


@cache
def _events(union: str) -> dict[str, list[str]]:
    """Return where the schemas of each type of event are."""
    found: dict[str, list[str]] = {}
    [how] = _schemas()[union].keys() & {"anyOf", "oneOf"}
    for number, member in enumerate(_schemas()[union][how]):
        for kind in _types(member):
            found.setdefault(kind, []).append(f"{_HERE}{union}/{how}/{number}")
    return found


def _amended(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    if name in _SAME:
        return {"$ref": _HERE + _SAME[name]}
    if name in _NULLABLE:
        return {**schema, "nullable": True}
    fields = schema.get("properties", {}) | dict.fromkeys(OURS.get(name, ()), True)
    for field in _NULLABLE_FIELDS.get(name, ()):
        fields[field] = {**fields[field], "nullable": True}
    return {**schema, "properties": fields} if fields else schema


def _types(schema: dict[str, Any]) -> list[str]:
    if "$ref" in schema:
        schema = _schemas()[schema["$ref"].removeprefix(_HERE)]
    for part in schema.get("allOf", ()):
        if found := _types(part):
            return found
    return schema.get("properties", {}).get("type", {}).get("enum", [])


def _names(schema: dict[str, Any]) -> set[str]:
    """Return the fields an object may have, by all the parts of its schema."""
    if "$ref" in schema:
        schema = _schemas()[schema["$ref"].removeprefix(_HERE)]
    parts = [_names(part) for part in schema.get("allOf", ())]
    return set(schema.get("properties", ())).union(*parts)


def _closed(schema: Any, *, alone: bool = True) -> Any:
    """Return the schema for objects that hold no other fields.

    `alone` is False for one that describes a part of the fields, beside others.
    """
    if not isinstance(schema, dict):
        return schema
    closed = {k: v for k, v in schema.items() if k not in ("description", "nullable")}
    describes = "properties" in schema or "allOf" in schema
    for how in ("anyOf", "oneOf", "allOf"):
        if how in schema:
            within = alone and not describes
            closed[how] = [_closed(each, alone=within) for each in schema[how]]
    if "properties" in schema:
        closed["properties"] = {k: _closed(v) for k, v in schema["properties"].items()}
    for within in ("items", "additionalProperties"):
        if within in schema:
            closed[within] = _closed(schema[within])
    if "$ref" in schema and not alone:
        closed["$ref"] = schema["$ref"] + _OPEN
    if alone and describes and "additionalProperties" not in schema:
        named = dict.fromkeys(_names(schema), True)
        closed["properties"] = named | closed.get("properties", {})
        closed["additionalProperties"] = False
    # Of OpenAPI 3.0, and still in the document here and there.
    if schema.get("nullable"):
        return {"anyOf": [closed, {"type": "null"}]}
    return closed
