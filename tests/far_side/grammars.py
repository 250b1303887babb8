"""Which schemas Anthropic and Bedrock hold a model to, and how they refuse the others."""

import re
from collections.abc import Iterator
from typing import Any

from .answers import Wrong

_EVERYWHERE = [
    "$defs",
    "$id",
    "$ref",
    "$schema",
    "allOf",
    "anyOf",
    "const",
    "default",
    "definitions",
    "description",
    "enum",
    "title",
    "type",
]
_OF_TYPE = {
    "object": ["properties", "required", "additionalProperties"],
    "array": ["items", "minItems"],
    "string": ["format", "pattern"],
}
_FORMATS = [
    "date-time",
    "time",
    "date",
    "duration",
    "email",
    "hostname",
    "uri",
    "ipv4",
    "ipv6",
    "uuid",
]


def check_grammar(schema: Any, at: str) -> None:
    """Refuse a schema with words the real ones refuse."""
    _check(schema, schema, at, ())


def _check(schema: Any, root: Any, at: str, referred: tuple[str, ...]) -> None:
    if not isinstance(schema, dict):
        return
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    _check_words(schema, kinds, at)
    _check_values(schema, at)
    if "object" in kinds and schema.get("additionalProperties") is not False:
        said = "'additionalProperties' must be explicitly set to false"
        raise Wrong(400, f"{at}: For 'object' type, {said}")
    if reference := schema.get("$ref"):
        if reference in referred:
            raise Wrong(400, f"{at}: Too many recursive definitions in schema")
        _check(_found(root, reference, at), root, at, (*referred, reference))
    for inner in _inside(schema):
        _check(inner, root, at, referred)


def _check_words(schema: dict[str, Any], kinds: list[str], at: str) -> None:
    for name in ("oneOf", "not"):
        if name in schema:
            raise Wrong(400, f"{at}: Schema type '{name}' is not supported")
    known = [*_EVERYWHERE, *(word for kind in kinds for word in _OF_TYPE.get(kind, []))]
    wrong = sorted(set(schema) - set(known))
    if wrong:
        kind = kinds[0] if kinds else ""
        named = f"properties {', '.join(wrong)} are" if wrong[1:] else ""
        named = named or f"property '{wrong[0]}' is"
        raise Wrong(400, f"{at}: For '{kind}' type, {named} not supported")


def _check_values(schema: dict[str, Any], at: str) -> None:
    if any(isinstance(each, dict | list) for each in schema.get("enum", [])):
        raise Wrong(400, f"{at}: Complex types within enums are not supported")
    if schema.get("minItems", 0) not in (0, 1):
        said = "'minItems' values other than 0 or 1 are not supported"
        raise Wrong(400, f"{at}: For 'array' type, {said}")
    if schema.get("format", "date") not in _FORMATS:
        raise Wrong(400, f"{at}: String format '{schema['format']}' is not supported")
    if re.search(r"\(\?[=!<]|\\[bB1-9]", schema.get("pattern", "")):
        raise Wrong(400, f"{at}: Invalid regex in pattern field")
    if len(schema.get("allOf", [])) > 1 and any("$ref" in e for e in schema["allOf"]):
        raise Wrong(400, f"{at}: allOf with $ref is not supported")


def _inside(schema: dict[str, Any]) -> Iterator[Any]:
    for name in ("properties", "$defs", "definitions"):
        yield from schema.get(name, {}).values()
    for name in ("anyOf", "allOf"):
        yield from schema.get(name, [])
    yield schema.get("items")


def _found(root: Any, reference: str, at: str) -> Any:
    if not reference.startswith("#"):
        raise Wrong(400, f"{at}: External $ref is not supported")
    found = root
    for step in reference.split("/")[1:]:
        found = found.get(step) if isinstance(found, dict) else None
    if found is None:
        raise Wrong(400, f"{at}: $ref could not be resolved")
    return found
