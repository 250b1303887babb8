"""Which schemas OpenAI's strict mode takes: it has every object closed, and every property required.

Others ask for less when they are strict, so what they call strict may be refused there.
"""

from collections.abc import Mapping
from typing import Any


def is_strict(schema: Mapping[str, Any] | None) -> bool:
    waiting: list[Any] = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            if not _is_closed(part):
                return False
            waiting += part.values()
    return True


def _is_closed(schema: Mapping[str, Any]) -> bool:
    kind = schema.get("type")
    if kind != "object" and not (isinstance(kind, list) and "object" in kind):
        return True
    properties, required = schema.get("properties"), schema.get("required")
    names = set(properties) if isinstance(properties, dict) else set()
    return schema.get("additionalProperties") is False and (
        not names or (isinstance(required, list) and names <= _texts(required))
    )


def _texts(values: list[Any]) -> set[str]:
    return {each for each in values if isinstance(each, str)}
