"""What each generation of Claude can be told of thinking, wherever it is served.

Older models have a budget in tokens and no other measure; newer ones think as they see fit
and are told an effort. Which is which stands in the name of the model; a name without a
number is a new model.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import dropwhile, takewhile
from typing import Any

from .conversation import Ask, Choosing, Reasoning, Role, Thinking, ToolCall, Turn
from .errors import Unsayable

EFFORTS = frozenset({"low", "medium", "high", "xhigh", "max"})
LEAST_BUDGET = 1024

# What an effort may cost a model that is told in tokens.
BUDGETS = {
    "minimal": 1024,
    "low": 2048,
    "medium": 8192,
    "high": 16384,
    "xhigh": 32768,
    "max": 49152,
}

# Of this generation on, models measure thinking by effort; the one before takes both.
_BY_EFFORT, _BY_BOTH = (4, 7), (4, 6)
# Of this one on they think unless told not to, and of that one on take later instructions.
_THINKS_UNASKED, _LATER_SYSTEM = (5, 0), (4, 8)
_NEWEST = (99, 0)

# `claude-3-5-sonnet-…`, `claude-opus-4-20250514`, `claude-haiku-4.5`: a date is no minor number.
_GENERATION = re.compile(r"claude-(?:[a-z]+-)?(\d+)(?:[-.](\d{1,2}))?(?!\d)")


def takes_later_system(model: str) -> bool:
    """True when the model may be instructed anew in the middle of a conversation."""
    return _generation(model) >= _LATER_SYSTEM


def tell_thinking(ask: Ask, model: str, body: dict[str, Any]) -> int:
    """Add `thinking` and `output_config.effort`, and return the tokens that may be thought.

    Raises `Unsayable`.
    """
    reasoning = ask.reasoning or Reasoning()
    if reasoning.effort == "none" or reasoning.budget == 0:
        _tell_silence(model, body)
        return 0
    if reasoning.budget is not None and reasoning.budget > 0:
        return _tell_budget(ask, reasoning, model, body)
    if reasoning.effort or reasoning.budget == -1 or reasoning.shown:
        return _tell_effort(ask, reasoning, model, body)
    return 0


def check_beside_budget(
    ask: Ask, told: Mapping[str, Any], *, is_kept: Callable[[Thinking], bool]
) -> None:
    """Raise `Unsayable` for what Claude refuses when it thinks by a budget.

    `is_kept` says of earlier reasoning whether the provider is told it.
    """
    if told.get("thinking", {}).get("type") != "enabled":
        return
    choice = ask.tool_choice
    if choice and choice.how in (Choosing.ANY, Choosing.NAMED):
        field = choice.at or ask.name_of("tool_choice")
        raise Unsayable(
            f"This model cannot be made to call and to think: {field} and"
            f" {_reasoning_field(ask)} exclude each other.",
            field=field,
        )
    if ask.temperature not in (None, 1):
        field = ask.name_of("temperature")
        raise Unsayable(f"This model thinks only at a {field} of 1.", field=field)
    if _called_without_thought(ask.turns, is_kept):
        raise _unsayable(
            ask,
            "This model can go on thinking after a call only when it is"
            " given the reasoning before the call.",
        )


def _called_without_thought(
    turns: Sequence[Turn], is_kept: Callable[[Thinking], bool]
) -> bool:
    """True when the model's last word has calls and does not begin with its reasoning."""
    before = dropwhile(lambda turn: turn.role is not Role.ASSISTANT, reversed(turns))
    last = list(takewhile(lambda turn: turn.role is Role.ASSISTANT, before))
    parts = [part for turn in reversed(last) for part in turn.parts]
    told = [p for p in parts if not isinstance(p, Thinking) or is_kept(p)]
    calls = any(isinstance(part, ToolCall) for part in told)
    return calls and not isinstance(told[0], Thinking)


def _generation(model: str) -> tuple[int, int]:
    found = _GENERATION.search(model)
    return (int(found[1]), int(found[2] or 0)) if found else _NEWEST


def _tell_silence(model: str, body: dict[str, Any]) -> None:
    if "sonnet-5-5" in model:
        body["thinking"] = {"type": "between_tools"}
    elif _generation(model) >= _THINKS_UNASKED:
        # A model that always thinks refuses this, and says so.
        body["thinking"] = {"type": "disabled"}


def _tell_budget(
    ask: Ask, reasoning: Reasoning, model: str, body: dict[str, Any]
) -> int:
    budget = reasoning.budget or 0
    if _generation(model) >= _BY_EFFORT:
        raise _unsayable(ask, "This model takes an effort, not a budget of tokens.")
    if budget < LEAST_BUDGET:
        raise _unsayable(
            ask, f"The least budget of this model is {LEAST_BUDGET} tokens."
        )
    if ask.max_tokens is not None and budget >= ask.max_tokens:
        raise _unsayable(ask, f"The budget must be below {ask.name_of('max_tokens')}.")
    body["thinking"] = {"type": "enabled", "budget_tokens": budget}
    if reasoning.effort in EFFORTS:
        _tell_level(reasoning.effort, body)
    _tell_display(reasoning, body)
    return budget


def _tell_effort(
    ask: Ask, reasoning: Reasoning, model: str, body: dict[str, Any]
) -> int:
    room = BUDGETS.get(reasoning.effort, 0)
    if _generation(model) >= _BY_BOTH:
        body["thinking"] = {"type": "adaptive"}
        if reasoning.effort:
            level = "low" if reasoning.effort == "minimal" else reasoning.effort
            _tell_level(level, body)
    elif reasoning.effort:
        room = _fitting(ask, room)
        body["thinking"] = {"type": "enabled", "budget_tokens": room}
    elif reasoning.budget == -1:
        raise _unsayable(ask, "This model cannot choose how much it thinks.")
    _tell_display(reasoning, body)
    return room


def _fitting(ask: Ask, room: int) -> int:
    if ask.max_tokens is None:
        return room
    # The caller's limit is on thinking and answer together, so each gets its share of it.
    room = min(room, max(LEAST_BUDGET, ask.max_tokens // 2))
    if room >= ask.max_tokens:
        limit = ask.name_of("max_tokens")
        raise _unsayable(ask, f"To think, {limit} must be above {LEAST_BUDGET}.")
    return room


def _tell_level(effort: str, body: dict[str, Any]) -> None:
    body.setdefault("output_config", {})["effort"] = effort


def _tell_display(reasoning: Reasoning, body: dict[str, Any]) -> None:
    if "thinking" not in body or reasoning.shown is None:
        # Older models cannot be asked to show thinking they were not asked to do.
        return
    if not reasoning.shown:
        body["thinking"]["display"] = "omitted"
    elif body["thinking"]["type"] == "adaptive":
        # A budget's thinking is always shown, and the oldest models know no other way.
        body["thinking"]["display"] = "summarized"


def _unsayable(ask: Ask, message: str) -> Unsayable:
    return Unsayable(message, field=_reasoning_field(ask))


def _reasoning_field(ask: Ask) -> str:
    at = ask.reasoning.at if ask.reasoning else ""
    return at or ask.name_of("reasoning")
