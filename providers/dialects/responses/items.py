"""The items of an input, as the turns of a conversation.

What an assistant said, thought and called in a row is one turn, and so are the outputs of
its calls; every other message is a turn of its own. A signature that belongs to a call has
no place in a `function_call`: it travels in a `reasoning` item of its own right before it,
its `encrypted_content` marked with `call.`.
"""

from typing import Any

from providers.dialects import signatures
from providers.dialects.conversation import (
    File,
    Image,
    Part,
    Role,
    Signature,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Turn,
)
from providers.dialects.errors import Unsayable
from providers.dialects.fields import Fields, wrong
from providers.dialects.openai_sampling import Unsaid, leave

from . import content

ISSUER = "openai"
OF_A_CALL = "call."

_ROLES = {
    "user": Role.USER,
    "assistant": Role.ASSISTANT,
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
}


def turns(body: Fields, unsaid: Unsaid) -> tuple[Turn, ...]:
    """Read `input`; what cannot be told goes into `unsaid`. Raises an `AskError`."""
    body.need("input", "a text or a list of items")
    value = body.any("input")
    if isinstance(value, str):
        return (Turn(Role.USER, (Text(value, at="input"),), at="input"),)
    if not isinstance(value, list):
        raise wrong("input", "a text or a list of items", value)
    reading = _Items(unsaid)
    for item in body.objects("input"):
        reading.read(item)
    return reading.turns()


class _Items:
    __slots__ = ("_names", "_of_call", "_row", "_turns", "_unsaid")

    def __init__(self, unsaid: Unsaid) -> None:
        self._unsaid = unsaid
        self._turns: list[tuple[Role, list[Part], str]] = []
        self._row: type | Role | None = None
        self._names: dict[str, str] = {}
        self._of_call: Thinking | None = None

    def turns(self) -> tuple[Turn, ...]:
        self._settle_signature()
        return tuple(Turn(role, tuple(parts), at=at) for role, parts, at in self._turns)

    def read(self, item: Fields) -> None:
        kind = item.text("type") or _untyped(item)
        if kind != "function_call":
            self._settle_signature()
        match kind:
            case "message":
                self._message(item)
            case "reasoning":
                self._reasoning(item)
            case "function_call":
                self._call(item)
            case "function_call_output":
                self._output(item)
            case "item_reference":
                raise Unsayable(
                    f"{item.at} names an item that this model's provider does not keep; "
                    "send the item itself, as clients do that are told store: false.",
                    field=item.at,
                )
            case _:
                raise Unsayable(
                    f"{item.at} is of a type that this model's provider cannot be told.",
                    field=item.at,
                )
        leave(item, self._unsaid)

    def _message(self, item: Fields) -> None:
        _skip(item, "id", "status", "phase")
        item.need("role", "one of " + ", ".join(sorted(_ROLES)))
        role = _ROLES[item.one_of("role", _ROLES) or ""]
        said = role is Role.ASSISTANT
        allowed = content.FOR_ASSISTANTS if said else content.FOR_USERS
        parts = content.parts(item, "content", allowed, self._unsaid)
        self._add(role, parts, item.at, row=role if said else None)

    def _reasoning(self, item: Fields) -> None:
        _skip(item, "id", "status")
        shown = _texts(item, "content", "reasoning_text")
        text = shown or _texts(item, "summary", "summary_text")
        seal = item.text("encrypted_content") or ""
        of_call = seal.startswith(OF_A_CALL)
        signature = _signature(seal.removeprefix(OF_A_CALL))
        thought = Thinking(text, None if of_call else signature, at=item.at)
        if thought.text or thought.signature:
            self._add(Role.ASSISTANT, (thought,), item.at, row=Role.ASSISTANT)
        if of_call:
            self._of_call = Thinking("", signature, at=item.at)

    def _settle_signature(self) -> None:
        # Its call is not there: whoever issued the signature may still want it.
        orphan, self._of_call = self._of_call, None
        if orphan:
            self._add(Role.ASSISTANT, (orphan,), orphan.at, row=Role.ASSISTANT)

    def _call(self, item: Fields) -> None:
        _skip(item, "id", "status")
        for name in ("call_id", "name", "arguments"):
            item.need(name, "a text")
        call = ToolCall(
            id=item.text("call_id") or "",
            name=item.text("name") or "",
            arguments=item.text("arguments") or "",
            signature=self._of_call.signature if self._of_call else None,
            at=item.at,
        )
        self._of_call = None
        self._names[call.id] = call.name
        self._add(Role.ASSISTANT, (call,), item.at, row=Role.ASSISTANT)

    def _output(self, item: Fields) -> None:
        _skip(item, "id", "status")
        item.need("call_id", "a text")
        call_id = item.text("call_id") or ""
        parts = content.parts(item, "output", content.FOR_RESULTS, self._unsaid)
        result = ToolResult(
            call_id=call_id,
            parts=tuple(
                each for each in parts if isinstance(each, Text | Image | File)
            ),
            name=item.text("name") or self._names.get(call_id, ""),
            at=item.at,
        )
        self._add(Role.USER, (result,), item.at, row=ToolResult)

    def _add(
        self, role: Role, parts: tuple[Part, ...], at: str, *, row: type | Role | None
    ) -> None:
        if row is not None and row == self._row:
            self._turns[-1][1].extend(parts)
        else:
            self._turns.append((role, list(parts), at))
        self._row = row


def _untyped(item: Fields) -> str:
    if "role" in item:
        return "message"
    if "id" not in item:
        item.need("type", "the type of an item")
    return "item_reference"


def _skip(item: Fields, *names: str) -> None:
    """Read past what OpenAI notes on an item and no model is told."""
    for name in names:
        item.any(name)


def _texts(item: Fields, name: str, kind: str) -> str:
    texts: list[Any] = []
    for part in item.objects(name):
        part.one_of("type", {kind})
        texts.append(part.text("text") or "")
    return "\n\n".join(texts)


def _signature(seal: str) -> Signature | None:
    return signatures.from_text(seal, own=ISSUER) if seal else None
