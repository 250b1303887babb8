"""From the bytes of a request to a JSON object, or to a sentence that says what is wrong."""

import gc
import json
import re
from collections.abc import Callable, Iterable, Set
from typing import Any

import orjson

from providers.splice import (
    MOST_MEMBERS,
    TooManyMembers,
    holds_more_values,
    repeated_below,
    repeated_keys,
)

from .errors import BadRequest

# A body is read before any limit is asked and charged to nobody, so no body may take long.
MOST_VALUES = 200_000
_SURROGATE = re.compile("[\ud800-\udfff]")
# Finding a surrogate parses and walks everything once more; above this it is not worth it.
_MOST_SEARCHED_BYTES = 256 * 2**10
# Above this a parse makes so many objects that collecting among them costs more than it.
_MANY_BYTES = 64 * 2**10


def parse_object(
    body: bytes, protected: Set[str], *, most_values: int = MOST_VALUES
) -> dict[str, Any]:
    """Return the object. Raises `BadRequest`.

    A `protected` key that occurs twice is refused: parsers differ in which of the two they
    keep, and the provider must not act on another one than we did.
    """
    if holds_more_values(body, most_values):
        raise BadRequest(
            f"The body holds more than {most_values} values.", code="too_many_values"
        )
    try:
        value = load(body)
    except orjson.JSONDecodeError as error:
        raise _unreadable(body, error) from None
    if not isinstance(value, dict):
        raise BadRequest(
            f"The body must be a JSON object, not {_kind(value)}.", code="invalid_json"
        )
    if len(value) > MOST_MEMBERS:
        raise too_many_members()
    check_unambiguous(body, protected)
    return value


def check_unambiguous(body: bytes, names: Set[str]) -> None:
    """Raise `BadRequest` for a top-level key that two parsers could read differently."""
    _check_none(lambda: repeated_keys(body, names))


def check_unambiguous_below(body: bytes, above: Set[str], names: Set[str]) -> None:
    """Raise `BadRequest` for such a key in the objects that are the members `above`."""
    _check_none(lambda: repeated_below(body, above, names))


def too_many_members() -> BadRequest:
    return BadRequest(
        f"The body, or an object in it, has more than {MOST_MEMBERS} fields.",
        code="too_many_values",
    )


def _check_none(find_repeated: Callable[[], Set[str]]) -> None:
    try:
        repeated = find_repeated()
    except TooManyMembers:
        raise too_many_members() from None
    if repeated:
        name = sorted(repeated)[0]
        raise BadRequest(
            f"{name} occurs more than once, or in another letter case.",
            param=name,
            code="duplicate_parameter",
        )


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def _unreadable(body: bytes, error: orjson.JSONDecodeError) -> BadRequest:
    if not body.strip():
        return BadRequest(
            "The body is empty; a JSON object is needed.", code="invalid_json"
        )
    small = len(body) <= _MOST_SEARCHED_BYTES
    if small and (path := _path_of_surrogate(body)) is not None:
        return BadRequest(
            f"{path} holds half a surrogate pair, which is not a character.",
            param=path,
            code="invalid_unicode",
        )
    return BadRequest(
        f"The body is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
        code="invalid_json",
    )


def load(body: bytes) -> Any:
    """Return the value. Raises `orjson.JSONDecodeError`."""
    if len(body) < _MANY_BYTES:
        return orjson.loads(body)
    gc.disable()
    try:
        return orjson.loads(body)
    finally:
        gc.enable()


def _path_of_surrogate(body: bytes) -> str | None:
    """Return where a lone surrogate stands, if that is all that is wrong with the body."""
    try:
        steps = _steps_to_surrogate(json.loads(body.decode("utf-8")))
    except (ValueError, RecursionError):
        return None
    return None if steps is None else "".join(steps).lstrip(".") or "A key of the body"


def _steps_to_surrogate(value: Any) -> list[str] | None:
    match value:
        case str():
            return [] if _SURROGATE.search(value) else None
        case dict():
            if any(_SURROGATE.search(key) for key in value):
                return []
            return _first((f".{key}", inner) for key, inner in value.items())
        case list():
            return _first((f"[{at}]", inner) for at, inner in enumerate(value))
        case _:
            return None


def _first(members: Iterable[tuple[str, Any]]) -> list[str] | None:
    for step, inner in members:
        if (rest := _steps_to_surrogate(inner)) is not None:
            return [step, *rest]
    return None
