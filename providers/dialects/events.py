"""A streamed answer, told as it comes, in nobody's dialect.

An answer is `Begun`, then for each choice deltas in the order they were made and one
`Stopped`, with `Spent` anywhere (the last one holds), and `Ended` when the provider said
that this was all. A stream without `Ended` was broken off. A delta of another kind than the
one before it begins a new part; `ThoughtSigned` ends a part of reasoning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from providers.types import Usage

from .conversation import Signature, Stop


@dataclass(frozen=True, slots=True)
class Begun:
    id: str
    model: str
    created: int = 0


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str
    choice: int = 0
    logprobs: tuple[Mapping[str, Any], ...] | None = None


@dataclass(frozen=True, slots=True)
class ThinkingDelta:
    text: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class ThoughtSigned:
    """The reasoning before it is whole; without any before it, it is hidden reasoning."""

    signature: Signature
    choice: int = 0


@dataclass(frozen=True, slots=True)
class DeclinedDelta:
    text: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class CallBegun:
    """`index` counts the tool calls of one choice from 0; arguments name the call by it."""

    index: int
    id: str
    name: str
    choice: int = 0
    signature: Signature | None = None


@dataclass(frozen=True, slots=True)
class ArgumentsDelta:
    index: int
    text: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class Stopped:
    stop: Stop
    choice: int = 0
    stop_sequence: str = ""


@dataclass(frozen=True, slots=True)
class Spent:
    usage: Usage


@dataclass(frozen=True, slots=True)
class Ended:
    pass


Event = (
    Begun
    | TextDelta
    | ThinkingDelta
    | ThoughtSigned
    | DeclinedDelta
    | CallBegun
    | ArgumentsDelta
    | Stopped
    | Spent
    | Ended
)
