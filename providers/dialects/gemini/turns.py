"""The turns of a conversation as Gemini's contents."""

from collections.abc import Iterable
from itertools import dropwhile, takewhile
from typing import Any

from providers.dialects.conversation import (
    Ask,
    Part,
    Role,
    Text,
    Thinking,
    ToolCall,
    Turn,
)
from providers.dialects.errors import Unsayable
from providers.dialects.sayable import check_holds_messages

from . import parts, signatures

# What Google documents for a call that Gemini itself did not make: without a signature on
# the first call of each step, Gemini 3 refuses the whole request.
_UNSIGNED = "skip_thought_signature_validator"

_Json = dict[str, Any]


def told(ask: Ask, *, signed: bool) -> tuple[list[_Json], list[_Json]]:
    """Return the parts of the system instruction and the contents. Raises an `AskError`.

    `signed` puts the documented stand-in where the model demands a signature.
    """
    first = takewhile(_is_system, ask.turns)
    system = [_instruction(part) for turn in first for part in turn.parts]
    contents = _contents(dropwhile(_is_system, ask.turns))
    check_holds_messages(ask, len(contents))
    if signed:
        _sign(contents)
    return system, contents


def _instruction(part: Part) -> _Json:
    if not isinstance(part, Text):
        raise Unsayable(f"{part.at} cannot be in an instruction.", field=part.at)
    return {"text": part.text}


def _is_system(turn: Turn) -> bool:
    return turn.role is Role.SYSTEM


def _contents(turns: Iterable[Turn]) -> list[_Json]:
    contents: list[_Json] = []
    names: dict[str, str] = {}
    for turn in turns:
        if turn.role is Role.SYSTEM:
            raise Unsayable(
                f"{turn.at} is an instruction inside the conversation; the model's"
                " provider takes them only at its beginning.",
                field=turn.at,
            )
        role = "model" if turn.role is Role.ASSISTANT else "user"
        said = _said(turn.parts, names)
        if not said:
            continue
        if contents and contents[-1]["role"] == role:
            contents[-1]["parts"] += said
        else:
            contents.append({"role": role, "parts": said})
    return contents


def _said(turn: tuple[Part, ...], names: dict[str, str]) -> list[_Json]:
    said: list[_Json] = []
    loose = ""
    for index, part in enumerate(turn):
        match part:
            case Text(text=""):
                pass
            case Thinking():
                following = turn[index + 1] if index + 1 < len(turn) else None
                value = signatures.own(part.signature)
                if _is_unsigned_call(following):
                    # A dialect whose calls carry no signature put it before the call.
                    loose = value
                elif value:
                    _seal(said, part.text, value)
            case ToolCall():
                names[part.id] = part.name
                value, loose = signatures.own(part.signature) or loose, ""
                said.append(parts.call(part, value))
            case _:
                said.append(parts.told(part, names))
    return said


def _is_unsigned_call(part: Part | None) -> bool:
    return isinstance(part, ToolCall) and not signatures.own(part.signature)


def _seal(said: list[_Json], thought: str, signature: str) -> None:
    if thought:
        said.append({"text": thought, "thought": True, "thoughtSignature": signature})
    elif said and "text" in said[-1] and "thoughtSignature" not in said[-1]:
        # Hidden reasoning is sealed onto the text that came of it.
        said[-1]["thoughtSignature"] = signature
    else:
        said.append({"text": "", "thoughtSignature": signature})


def _sign(contents: list[_Json]) -> None:
    """Give the first call of each step a signature, where it has none."""
    for content in contents:
        for part in content["parts"]:
            if "functionCall" in part:
                part.setdefault("thoughtSignature", _UNSIGNED)
                break
