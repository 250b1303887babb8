"""Reading `messages`: who said what, and which result belongs to which call."""

from dataclasses import dataclass, field, replace
from itertools import groupby

from providers.dialects.caching import cache_of
from providers.dialects.conversation import (
    Declined,
    Part,
    Role,
    Signature,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Turn,
)
from providers.dialects.errors import BadField, Unsayable
from providers.dialects.fields import Fields
from providers.dialects.neighbours import joined
from providers.dialects.openai_sampling import Unsaid, leave
from providers.dialects.signatures import from_text

from . import reasoning
from .parts import IN_ASSISTANT, IN_RESULT, IN_SYSTEM, IN_USER, parts_of

_ROLES = ("system", "developer", "user", "assistant", "tool", "function")
# Of an earlier answer, for the caller's eyes: no model ever reads them.
_DROPPED = ("annotations", "id", "parsed", "provider_specific_fields")


def turns_of(fields: Fields, unsaid: Unsaid) -> tuple[Turn, ...]:
    """Read the conversation; `system` goes before every message.

    Messages that say nothing are left out, and results side by side are one turn.
    """
    fields.need("messages", "a list of messages")
    reading = _Reading(unsaid)
    if system := fields.text("system"):
        text = Text(system, at="system")
        reading.turns.append(Turn(Role.SYSTEM, (text,), at="system"))
    for message in fields.objects("messages"):
        reading.add(message)
    reading.settle()
    if not reading.turns:
        raise BadField(
            "messages must hold a message that says something.", field="messages"
        )
    return tuple(reading.turns)


@dataclass(slots=True)
class _Reading:
    unsaid: Unsaid
    turns: list[Turn] = field(default_factory=list)
    results: list[ToolResult] = field(default_factory=list)
    """Those of the messages just read, for a turn of theirs."""
    names: dict[str, str] = field(default_factory=dict)
    legacy_calls: dict[str, str] = field(default_factory=dict)

    def add(self, message: Fields) -> None:
        message.need("role", "one of " + ", ".join(_ROLES))
        role = message.one_of("role", _ROLES)
        if role not in ("tool", "function"):
            self.settle()
        match role:
            case "tool" | "function":
                self._add_result(message, legacy=role == "function")
            case "assistant":
                self._add_turn(message, Role.ASSISTANT, self._assistant(message))
            case "user":
                parts = parts_of(message, IN_USER, self.unsaid)
                self._add_turn(message, Role.USER, parts)
            case _:
                parts = parts_of(message, IN_SYSTEM, self.unsaid)
                self._add_turn(message, Role.SYSTEM, parts)
        message.skip(_DROPPED)
        leave(message, self.unsaid)

    def settle(self) -> None:
        """Make a turn of the results so far."""
        if self.results:
            at = self.results[0].at
            self.turns.append(Turn(Role.USER, tuple(self.results), at=at))
            self.results = []

    def _add_turn(self, message: Fields, role: Role, parts: list[Part]) -> None:
        name = message.text("name") or ""
        cache = cache_of(message)
        if cache and parts and not isinstance(parts[-1], Thinking | Declined):
            parts[-1] = replace(parts[-1], cache=cache)
        if parts:
            self.turns.append(Turn(role, tuple(parts), name, message.at))

    def _assistant(self, message: Fields) -> list[Part]:
        parts: list[Part] = list(_thoughts(message))
        parts += parts_of(message, IN_ASSISTANT, self.unsaid)
        if refusal := message.text("refusal"):
            parts.append(Declined(refusal, message.path("refusal")))
        for fields in message.objects("tool_calls"):
            call = _call(fields, self.unsaid)
            self.names[call.id] = call.name
            parts.append(call)
        if legacy := message.object("function_call"):
            call = _function(legacy, f"call_{len(self.turns)}", legacy.at)
            self.legacy_calls[call.name] = call.id
            parts.append(call)
        return parts

    def _add_result(self, message: Fields, *, legacy: bool) -> None:
        if legacy:
            name = message.needed_text("name")
            call_id = self._legacy_call(name, message)
        else:
            call_id = message.needed_text("tool_call_id")
            name = message.text("name") or self.names.get(call_id, "")
        parts = tuple(parts_of(message, IN_RESULT, self.unsaid))
        result = ToolResult(
            call_id, parts, name=name, at=message.at, cache=cache_of(message)
        )
        self.results.append(result)

    def _legacy_call(self, name: str, message: Fields) -> str:
        if name not in self.legacy_calls:
            at = message.path("name")
            raise BadField(f"{at} names no function called before.", field=at)
        return self.legacy_calls.pop(name)


def _thoughts(message: Fields) -> list[Thinking]:
    """Prefer the details: beside them `reasoning_content` says the same once more."""
    found = _detailed(message)
    for name in ("reasoning_content", "reasoning"):
        text = message.text(name)
        if text and not found:
            found = [Thinking(text, at=message.path(name))]
    return found


def _detailed(message: Fields) -> list[Thinking]:
    """Join what a caller keeps as it was streamed: pieces of a thought, and its seal."""
    found: list[Thinking] = []
    # What is hidden is whole in itself.
    for _, pieces in groupby(message.objects("reasoning_details"), _thought_of):
        read = (reasoning.from_caller(each) for each in pieces)
        found += joined(part for part in read if part is not None)
    return found


def _thought_of(detail: Fields) -> tuple[bool, int | None]:
    """Return by what the pieces of one thought are known."""
    index = detail.any("index")
    is_hidden = detail.any("type") == "reasoning.encrypted"
    return is_hidden, index if isinstance(index, int) else None


def _call(fields: Fields, unsaid: Unsaid) -> ToolCall:
    kind = fields.text("type") or "function"
    if kind != "function":
        at = fields.path("type")
        raise Unsayable(f"{at}: only calls of functions can be told.", field=at)
    id = fields.needed_text("id")
    fields.any("index")
    fields.need("function", "an object")
    function = Fields(fields.any("function"), fields.path("function"))
    call = _function(function, id, fields.at)
    call = replace(call, signature=_signature(fields), cache=cache_of(fields))
    # OpenAI's own client gives back what it has read from the arguments.
    function.any("parsed_arguments")
    fields.any("provider_specific_fields")
    leave(function, unsaid)
    leave(fields, unsaid)
    return call


def _function(fields: Fields, id: str, at: str) -> ToolCall:
    name = fields.needed_text("name")
    return ToolCall(id, name, fields.text("arguments") or "", at=at)


def _signature(fields: Fields) -> Signature | None:
    extra = fields.object("extra_content")
    google = extra.object("google") if extra else None
    sealed = google.text("thought_signature") if google else None
    return from_text(sealed, own="gemini") if sealed else None
