"""Where the references of a JSON schema lead: each into the schema, none back to itself."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any
from urllib.parse import unquote


class Unresolvable(Exception):
    """References no finite schema could stand in for; its text says what is wrong with them."""


def check_references(root: dict[str, Any]) -> None:
    """Raise `Unresolvable` for a reference to elsewhere, or to what it is a part of."""
    leads: dict[int, list[int]] = {}
    waiting = [root]
    while waiting:
        schema = waiting.pop()
        inner = list(_inside(schema))
        waiting += inner
        leads[id(schema)] = [id(each) for each in inner]
        if "$ref" in schema:
            leads[id(schema)].append(id(_target(root, schema["$ref"])))
    if not all(target in leads for targets in leads.values() for target in targets):
        raise Unresolvable("it refers to what is no part of it")
    try:
        TopologicalSorter(leads).prepare()
    except CycleError as error:
        raise Unresolvable("it refers to itself") from error


def _inside(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in schema.items():
        found: list[Any] = []
        if name in ("$defs", "definitions", "properties") and isinstance(value, dict):
            found = list(value.values())
        elif name in ("anyOf", "allOf") and isinstance(value, list):
            found = value
        elif name == "items":
            found = [value]
        yield from (each for each in found if isinstance(each, dict))


def _target(root: dict[str, Any], reference: Any) -> Any:
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    place: Any = root
    for step in unquote(reference[1:]).split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(place, list) and name.isdecimal() and len(name) < 5:
            place = place[int(name)] if int(name) < len(place) else None
        else:
            place = place.get(name) if isinstance(place, dict) else None
    return place
