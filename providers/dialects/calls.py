"""Calls of functions where dialects differ: in what an id may be, and in what arguments are."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from .conversation import Tool

_NO_ARGUMENTS: Mapping[str, Any] = {"type": "object", "properties": {}}


def id_for(given: str, prefix: str) -> str:
    """Return an id that always stands for the given one, which the provider would not take.

    Ids only tie a call to its result within a request. It is 24 characters and the prefix.
    """
    seal = hashlib.sha256(given.encode(errors="surrogatepass"))
    return prefix + seal.hexdigest()[:24]


def arguments_object(text: str) -> orjson.Fragment | None:
    """Return arguments as the object they are, as written; None when they are none.

    As written, since numbers would not all survive being read. No text at all is no arguments.
    """
    text = text or "{}"
    try:
        is_object = isinstance(orjson.loads(text), dict)
    except orjson.JSONDecodeError:
        return None
    if not is_object:
        return None
    if "\n" in text or "\r" in text:
        # Legal only between tokens; they would end a line of an event stream.
        text = text.replace("\r", " ").replace("\n", " ")
    return orjson.Fragment(text)


def schema_of(tool: Tool) -> Mapping[str, Any]:
    """Return the schema of the tool's arguments, which says that they are an object."""
    schema = tool.schema or _NO_ARGUMENTS
    return schema if "type" in schema else {"type": "object", **schema}
