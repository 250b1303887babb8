"""How much a model shall think: what a caller says of it, and what the provider is told."""

from typing import Any

from providers.dialects.claude import (
    EFFORTS,
    LEAST_BUDGET,
    check_beside_budget,
    tell_thinking,
)
from providers.dialects.conversation import Ask, Reasoning
from providers.dialects.fields import Fields

from .seals import is_own

# Of an answer, when the caller sets no end to it: Anthropic wants a number, and this one
# every model can write.
ANSWER_TOKENS = 8192

_KINDS = frozenset({"adaptive", "between_tools", "disabled", "enabled"})


def reasoning_in(
    thinking: Fields | None, config: Fields | None, unsaid: dict[str, Any]
) -> Reasoning | None:
    """Return what a caller says of it in `thinking` and `output_config.effort`."""
    effort = config.one_of("effort", EFFORTS) if config is not None else None
    if thinking is None:
        if effort is None or config is None:
            return None
        return Reasoning(effort=effort, at=config.path("effort"))
    thinking.need("type", "one of " + ", ".join(sorted(_KINDS)))
    kind = thinking.one_of("type", _KINDS)
    display = thinking.one_of("display", {"omitted", "summarized"})
    # Who does not say expects to be shown the thoughts it asks for.
    shown = display != "omitted"
    if kind == "enabled":
        thinking.need("budget_tokens", f"a whole number from {LEAST_BUDGET}")
    budget = thinking.count("budget_tokens", LEAST_BUDGET)
    unsaid.update(thinking.rest())
    if kind in ("disabled", "between_tools"):
        if effort is not None and config is not None:
            # Here it is about the length of the answer, which is no effort elsewhere.
            unsaid[config.path("effort")] = effort
        # Clients say so for what holds without a word, and to models that never think.
        return None
    if kind == "adaptive":
        budget = None if effort else -1
    return Reasoning(effort or "", budget, shown, thinking.at)


def tell_reasoning(ask: Ask, model: str, body: dict[str, Any]) -> None:
    """Add `max_tokens` and what the model is told of thinking. Raises `Unsayable`."""
    room = tell_thinking(ask, model, body)
    check_beside_budget(ask, body, is_kept=is_own)
    body["max_tokens"] = ask.max_tokens or ANSWER_TOKENS + room
