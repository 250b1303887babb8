"""Parts that a stream had cut, put together again."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from .conversation import Part, Text, Thinking

P = TypeVar("P", bound=Part)


def joined(parts: Iterable[P]) -> list[P]:
    """Return the parts, texts side by side as one, and so the pieces of a thought.

    A signature ends a thought, and what asks to be cached ends a text.
    """
    rows: list[list[P]] = []
    for part in parts:
        if rows and _goes_on(rows[-1][-1], part):
            rows[-1].append(part)
        else:
            rows.append([part])
    return [_whole(row) for row in rows]


def _goes_on(last: Part, part: Part) -> bool:
    match last, part:
        case Text(cache=""), Text():
            return True
        case Thinking(signature=None), Thinking():
            return True
        case _:
            return False


def _whole(row: list[P]) -> P:
    last = row[-1]
    if len(row) > 1 and isinstance(last, Text | Thinking):
        text = "".join(each.text for each in row if isinstance(each, Text | Thinking))
        return replace(last, text=text, at=row[0].at)
    return last
