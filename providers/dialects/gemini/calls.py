"""Calls of functions and their results, which Gemini matches by id or else by name and order."""

from collections import deque
from dataclasses import dataclass
from typing import Any

from providers.dialects.conversation import Signature, Text, ToolCall, ToolResult
from providers.dialects.errors import BadField
from providers.dialects.written import written

from .spelling import ProtoFields


@dataclass(slots=True)
class _Open:
    id: str
    name: str
    answered: bool = False


class Calls:
    """The calls of one conversation, as they are read in order."""

    def __init__(self, unsaid: dict[str, Any]) -> None:
        self._unsaid = unsaid
        self._by_id: dict[str, deque[_Open]] = {}
        self._by_name: dict[str, deque[_Open]] = {}
        self._without_id: dict[str, deque[_Open]] = {}
        self._turn = 0
        self._count = 0

    def begin(self, turn: int) -> None:
        self._turn, self._count = turn, 0

    def call(self, part: ProtoFields, signature: Signature | None) -> ToolCall:
        given = part.message("functionCall")
        given.need("name", "a function's name")
        # The same for the same conversation, so that a provider's cache of it still fits.
        own_id = given.text("id")
        id = own_id or f"call_{self._turn}_{self._count}"
        self._count += 1
        name = given.text("name") or ""
        arguments = json_text(given.mapping("args") or {}, given.path("args"))
        self._unsaid.update(given.rest())
        call = _Open(id, name)
        self._by_id.setdefault(id, deque()).append(call)
        self._by_name.setdefault(name, deque()).append(call)
        if not own_id:
            self._without_id.setdefault(name, deque()).append(call)
        return ToolCall(id, name, arguments, signature, at=given.at)

    def result(self, part: ProtoFields) -> ToolResult:
        given = part.message("functionResponse")
        given.need("name", "a function's name")
        name = given.text("name") or ""
        call = self._answered(given.text("id"), name, given)
        path = given.path("response")
        text, failed = _said(given.mapping("response") or {}, path)
        if given.flag("willContinue"):
            self._unsaid[given.path("willContinue")] = True
        self._unsaid.update(given.rest())
        return ToolResult(
            call.id, (Text(text, at=path),), failed=failed, name=name, at=given.at
        )

    def _answered(self, id: str | None, name: str, given: ProtoFields) -> _Open:
        if id:
            # Some clients number the results of calls that came without a number.
            call = _first_open(self._by_id.get(id))
            call = call or _first_open(self._without_id.get(name))
        else:
            call = _first_open(self._by_name.get(name))
        if call is None:
            raise BadField(
                f"{given.at} answers no function call that was made before it and is"
                " open.",
                field=given.at,
            )
        call.answered = True
        return call


def _first_open(calls: deque[_Open] | None) -> _Open | None:
    while calls and calls[0].answered:
        calls.popleft()
    return calls[0] if calls else None


def _said(response: Any, at: str) -> tuple[str, bool]:
    """Return the text of a result and whether it tells of a failure.

    `output`, `result` and `error` are the keys Google names for what a function said.
    """
    if len(response) == 1:
        ((key, value),) = response.items()
        if key in ("output", "result", "error"):
            text = value if isinstance(value, str) else json_text(value, at)
            return text, key == "error"
    return json_text(response, at), False


def json_text(value: Any, at: str) -> str:
    return written(value, at).decode()
