"""How many tokens a request is, of any dialect: what is said in it, and the tools it defines.

Not counted: images, sound, files and everything else in base64, ids, settings, what the
provider wraps around each message, and what it remembers of earlier turns.
"""

import re
from typing import Any

import orjson

from providers import tokens

from .reading import compact, object_, text

# Top-level fields that hold what is said.
_SAID = frozenset(
    {
        *("messages", "system", "prompt", "suffix", "input", "instructions"),
        *("contents", "content", "requests", "systemInstruction", "system_instruction"),
        *("query", "documents", "texts"),
    }
)
_DEFINED = ("tools", "functions")
# Below those, fields whose strings are text. What stands in a list has the list's name.
_TEXTS = _SAID | {
    *("text", "output", "arguments", "code", "refusal", "thinking"),
    *("reasoning_content", "parts", "summary", "document"),
}
# Fields whose objects the model reads or wrote as JSON.
_VALUES = frozenset({"input", "args", "response"})
# No conversation has so many; what has is counted as it stands, which is too much.
_MOST_VALUES = 100_000
# A form's field; forms are no JSON. A file has a filename behind its name.
_FIELD = re.compile(
    rb'form-data;[ ]*name="?(?:prompt|input|text)"?\r\n(?:[^\r\n]++\r\n)*+\r\n(.*?)\r\n--',
    re.DOTALL | re.IGNORECASE,
)


def prompt_tokens(request: bytes) -> int:
    """Return how many tokens the request is, about; 0 for what cannot be read."""
    try:
        said = orjson.loads(request)
    except orjson.JSONDecodeError:
        return tokens.count(b"\n".join(_FIELD.findall(request)))
    if not isinstance(said, dict):
        return 0
    counted = _count(said)
    return tokens.count(request) if counted is None else counted


def _count(request: dict[str, Any]) -> int | None:
    """Return the tokens; None for a request of too many values to look at each."""
    found, given, looked_at = [], 0, 0
    pending: list[tuple[str, Any]] = [
        (name, value) for name, value in reversed(request.items()) if name in _SAID
    ]
    # Not by recursion: nesting is the caller's.
    while pending:
        looked_at += 1
        if looked_at + len(pending) > _MOST_VALUES:
            return None
        name, value = pending.pop()
        if isinstance(value, str):
            if name in _TEXTS:
                found.append(value)
        elif isinstance(value, list) and value and type(value[0]) is int:
            # Tokens instead of a text.
            given += len(value)
        elif isinstance(value, list | dict) and len(value) > _MOST_VALUES:
            return None
        elif isinstance(value, list):
            pending += [(name, each) for each in reversed(value)]
        elif isinstance(value, dict):
            pending += reversed(_members(value, found))
    found += [compact(request[name]) for name in _DEFINED if request.get(name)]
    return tokens.count("\n".join(found)) + given


def _members(value: dict[str, Any], found: list[str]) -> list[tuple[str, Any]]:
    """Return what is yet to be looked at; add to `found` what is read as it stands."""
    if value.get("type") == "text" and "data" in value:
        # A document of Anthropic's that is text.
        found.append(text(value, "data"))
    found += [compact(each) for name in _VALUES if (each := object_(value, name))]
    return [
        (name, each)
        for name, each in value.items()
        if not (name in _VALUES and isinstance(each, dict))
    ]
