"""JSON Schema for providers that hold a model to it by a grammar: Anthropic and Amazon Bedrock.

Their grammars know a part of the language, and a request with any other word is refused
whole. As Anthropic's own clients do, such words are told in the description instead, where
the model reads them and nothing holds it to them.
"""

from collections.abc import Mapping
from typing import Any

from .calls import schema_of
from .conversation import Tool
from .errors import Unsayable
from .references import Unresolvable, check_references
from .written import written

# Deeper and larger than any schema a person writes, and than any grammar that is taken.
_MOST_LEVELS = 64
_MOST_PARTS = 4096

_FORMATS = frozenset(
    {
        *("date-time", "date", "time", "duration"),
        *("email", "hostname", "uri", "ipv4", "ipv6", "uuid"),
    }
)
_AS_THEY_ARE = frozenset({"$ref", "default", "required", "title", "type"})
_LISTS = ("anyOf", "oneOf", "allOf")
_NAMED = frozenset({"$defs", "definitions", "properties"})
# Where a schema comes from, and what repeats what it says elsewhere.
_SAY_NOTHING = frozenset(
    {"$comment", "$id", "$schema", "additionalProperties", "discriminator"}
)


class Ungrammatical(Exception):
    """A schema no grammar has an equal for; its text says what there is about it."""


def told_output(schema: Mapping[str, Any], provider: str, at: str) -> dict[str, Any]:
    """Return what is told of the schema of an answer. Raises `Unsayable`, `NestedTooDeep`."""
    try:
        return grammatical(schema, at)
    except Ungrammatical as error:
        raise Unsayable(
            f"{provider} cannot hold a model to this schema: {error}.", field=at
        ) from error


def told_arguments(tool: Tool) -> tuple[Mapping[str, Any], bool]:
    """Return what is told of the schema of a tool's arguments, and whether it is strict.

    A strict tool no grammar has an equal for is told as one that is not. Raises
    `NestedTooDeep`.
    """
    schema = schema_of(tool)
    if not tool.strict:
        return schema, False
    try:
        told = grammatical(schema, tool.at)
    except Ungrammatical:
        return schema, False
    # Arguments may not be a choice between objects.
    is_object = told.get("type") == "object" and not told.keys() & set(_LISTS)
    return (told, True) if is_object else (schema, False)


def grammatical(schema: Mapping[str, Any], at: str = "") -> dict[str, Any]:
    """Return a schema that says the same in the words of a grammar.

    What fits it fits the given one but for what stands in descriptions: objects are closed.
    Raises `Ungrammatical`, and `NestedTooDeep`.
    """
    told: dict[str, Any] = _Writer(at).schema(dict(schema), 0)
    try:
        check_references(told)
    except Unresolvable as error:
        raise Ungrammatical(str(error)) from error
    return told


class _Writer:
    def __init__(self, at: str) -> None:
        self._at = at
        self._parts = 0

    def schema(self, schema: Any, level: int) -> Any:
        if not isinstance(schema, dict):
            return schema
        self._parts += 1
        if level > _MOST_LEVELS or self._parts > _MOST_PARTS:
            raise Ungrammatical("it is nested too deeply, or has too many parts")
        told: dict[str, Any] = {}
        words = {
            name: value
            for name, value in schema.items()
            if not self._tell(name, value, schema, told, level)
        }
        _close(schema, told)
        _describe(words, told, self._at)
        return _beside_reference(told)

    def _tell(
        self,
        name: str,
        value: Any,
        schema: dict[str, Any],
        told: dict[str, Any],
        level: int,
    ) -> bool:
        """Tell one word; return False when a grammar has none for it."""
        if name in _NAMED and isinstance(value, dict):
            told[name] = {
                key: self.schema(each, level + 1) for key, each in value.items()
            }
        elif name == "items" and isinstance(value, dict):
            told[name] = self.schema(value, level + 1)
        elif name in _LISTS and isinstance(value, list) and value:
            return self._tell_list(name, value, schema, told, level)
        elif name in _AS_THEY_ARE or _is_known(name, value, schema):
            told[name] = value
        else:
            return name in _SAY_NOTHING or value is None or value is False
        return True

    def _tell_list(
        self,
        name: str,
        value: list[Any],
        schema: dict[str, Any],
        told: dict[str, Any],
        level: int,
    ) -> bool:
        if schema.get("properties"):
            _check_adds_nothing(value, schema)
            return False
        refers = any(isinstance(each, dict) and "$ref" in each for each in value)
        if name == "allOf" and refers:
            if len(value) > 1:
                raise Ungrammatical("its `allOf` has a reference beside others")
            name = "oneOf"
        if name == "oneOf":
            name = "anyOf"
            if name in schema or name in told:
                return False
        told[name] = [self.schema(each, level + 1) for each in value]
        return True


def _is_known(name: str, value: Any, schema: dict[str, Any]) -> bool:
    match name:
        case "description":
            return isinstance(value, str)
        case "enum":
            return isinstance(value, list) and all(map(_is_plain, value))
        case "const":
            return _is_plain(value)
        case "format":
            is_text = "type" not in schema or "string" in _types(schema)
            return is_text and isinstance(value, str) and value in _FORMATS
        case "minItems":
            return type(value) is int and value in (0, 1)
        case _:
            return False


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _types(schema: Mapping[str, Any]) -> list[Any]:
    kind = schema.get("type")
    return kind if isinstance(kind, list) else [kind]


def _check_adds_nothing(alternatives: list[Any], schema: dict[str, Any]) -> None:
    """Raise `Ungrammatical` when the object has more properties in one of these cases.

    A closed object could not have them.
    """
    names = _names(schema)
    for each in alternatives:
        if isinstance(each, dict) and ("$ref" in each or _names(each) - names):
            raise Ungrammatical("an object in it has properties in some cases only")


def _names(schema: dict[str, Any]) -> set[str]:
    properties = schema.get("properties")
    return set(properties) if isinstance(properties, dict) else set()


def _close(schema: dict[str, Any], told: dict[str, Any]) -> None:
    if "object" not in _types(schema) and "properties" not in schema:
        return
    if "properties" not in schema and told.keys() & {"$ref", *_LISTS}:
        # Each of the cases says for itself what it has.
        told.pop("type", None)
        return
    if _is_open(schema):
        raise Ungrammatical("an object in it may have properties of any name")
    told.setdefault("type", "object")
    told["additionalProperties"] = False


def _is_open(schema: dict[str, Any]) -> bool:
    """True for an object whose properties nobody has named: closed, it would be empty."""
    more = schema.get("additionalProperties")
    if schema.get("properties") or more is False:
        return False
    return "properties" not in schema or more is not None


def _describe(words: dict[str, Any], told: dict[str, Any], at: str) -> None:
    if not words:
        return
    said = (f"{name}: {written(value, at).decode()}" for name, value in words.items())
    text = "{" + ", ".join(said) + "}"
    before = told.get("description")
    told["description"] = f"{before}\n\n{text}" if before else text


def _beside_reference(told: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with nothing but definitions beside its reference."""
    if told.keys() <= {"$ref", "$defs", "definitions"} or "$ref" not in told:
        return told
    if told.keys() & {"properties", *_LISTS}:
        raise Ungrammatical("it says more beside a reference")
    reference = {"$ref": told.pop("$ref")}
    return {**told, "anyOf": [reference]}
