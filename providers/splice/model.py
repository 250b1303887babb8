import re
from collections.abc import Iterator, Sequence, Set

import orjson

from .members import items, members, plain_value
from .spelling import is_escaped

_MODEL = b'"model"'
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"')


def replace_model(body: bytes, model: str) -> bytes:
    """Return the body with the value of its top-level `model` replaced.

    The same object comes back when the value is already that. Raises `ValueError` unless
    the key occurs exactly once at the top level.
    """
    start, end = plain_value(body, _MODEL, _STRING) or _only_model(body)
    value = orjson.dumps(model)
    if body[start:end] == value:
        return body
    return b"".join((body[:start], value, body[end:]))


def replace_named(body: bytes, path: Sequence[Set[str]], value: str) -> bytes:
    """Return the body with the value replaced of every member at the end of `path`.

    Each step names the keys it follows, whose values are objects or lists of them. Where
    nothing is at its end, the same object comes back.
    """
    last = path[-1]
    if not any(f'"{name}"'.encode() in body or is_escaped(body, name) for name in last):
        return body
    # Latin-1 maps each byte to one character, so positions in the text are positions in
    # the bytes; the structure of JSON is ASCII and looks the same either way.
    text, new = body.decode("latin-1"), orjson.dumps(value)
    pieces, at = [], 0
    for start, end in _values_at(text, 0, path):
        pieces += [body[at:start], new]
        at = end
    return b"".join((*pieces, body[at:])) if pieces else body


def _only_model(body: bytes) -> tuple[int, int]:
    found = [each for each in members(body.decode("latin-1")) if each.key == "model"]
    if len(found) != 1:
        raise ValueError(f"model occurs {len(found)} times at the top level, not once")
    return found[0].start, found[0].end


def _values_at(
    text: str, at: int, path: Sequence[Set[str]]
) -> Iterator[tuple[int, int]]:
    names, *rest = path
    for member in members(text, at):
        if member.key not in names:
            continue
        if not rest:
            yield member.start, member.end
            continue
        for inner in (member.start, *items(text, member.start)):
            if text.startswith("{", inner):
                yield from _values_at(text, inner, rest)
