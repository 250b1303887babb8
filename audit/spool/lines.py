"""One record, one line: `{"call":{…}}` or `{"refusals":{…}}`."""

import json
from dataclasses import MISSING, asdict, fields
from typing import Any, get_args
from uuid import UUID

import orjson

from audit.types import CallRecord, Refusals

Record = CallRecord | Refusals


class Undecodable(ValueError):
    """A line that is no record of ours."""


def encode(record: Record) -> bytes:
    """Return the record's line, its end included."""
    name = "call" if type(record) is CallRecord else "refusals"
    try:
        return orjson.dumps({name: record}, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        # A caller's or a provider's oddity, half a surrogate pair or a number beyond 64
        # bits, is no reason to lose what the call was.
        return json.dumps({name: asdict(record)}, default=str).encode() + b"\n"


def decode(line: bytes) -> Record:
    """Return the record a line spells; raises `Undecodable`.

    A field this release does not know is passed over, one it misses takes its default.
    """
    try:
        return _record(orjson.loads(line))
    except (ValueError, TypeError):
        pass  # orjson rounds or refuses the oddities the other spelling is for
    try:
        return _record(json.loads(line))
    except (ValueError, TypeError, RecursionError) as error:
        raise Undecodable(str(error)) from None


def _shape(kind: type[Record]) -> tuple[tuple[str, tuple[type, ...], Any], ...]:
    return tuple(
        (field.name, get_args(field.type) or (field.type,), field.default)
        for field in fields(kind)
    )


_KINDS: dict[str, type[Record]] = {"call": CallRecord, "refusals": Refusals}
_SHAPES = {name: _shape(kind) for name, kind in _KINDS.items()}


def _record(whole: Any) -> Record:
    if type(whole) is not dict or len(whole) != 1:
        raise TypeError("not an object with one member")
    ((name, facts),) = whole.items()
    if name not in _KINDS or type(facts) is not dict:
        raise TypeError("neither a call nor refusals")
    return _KINDS[name](*[_value(facts, *field) for field in _SHAPES[name]])


def _value(
    facts: dict[str, Any], name: str, kinds: tuple[type, ...], default: Any
) -> Any:
    value = facts.get(name, default)
    if UUID in kinds and type(value) is str:
        value = UUID(value)
    if type(value) not in kinds:
        what = "missing" if value is MISSING else f"a {type(value).__name__}"
        raise TypeError(f"{name} is {what}")
    return value
