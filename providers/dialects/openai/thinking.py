"""Reading how much to think, of which there are three spellings, and writing OpenAI's."""

from providers.dialects.conversation import Reasoning
from providers.dialects.errors import BadField
from providers.dialects.fields import Fields

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_SPELLINGS = ("reasoning_effort", "reasoning", "thinking")
# A budget of at most so many tokens asks for about this effort.
_BUDGETS = ((0, "none"), (2048, "low"), (8192, "medium"))


def reasoning_of(fields: Fields) -> Reasoning | None:
    """Read OpenAI's `reasoning_effort`, OpenRouter's `reasoning` or Anthropic's `thinking`."""
    given = [name for name in _SPELLINGS if name in fields]
    if len(given) > 1:
        message = f"Give {given[0]} or {given[1]}, not both."
        raise BadField(message, field=given[1])
    fields.skip(_SPELLINGS)
    match given:
        case ["reasoning_effort"]:
            effort = fields.one_of("reasoning_effort", EFFORTS) or ""
            return Reasoning(effort=effort, at="reasoning_effort")
        case ["reasoning"]:
            return _reasoning(Fields(fields.any("reasoning"), "reasoning"))
        case ["thinking"]:
            return _thinking(Fields(fields.any("thinking"), "thinking"))
        case _:
            return None


def _reasoning(fields: Fields) -> Reasoning | None:
    effort = fields.one_of("effort", EFFORTS) or ""
    budget = fields.count("max_tokens", 0)
    shown = False if fields.flag("exclude") else None
    enabled = fields.flag("enabled")
    if effort and budget is not None:
        message = "Give reasoning.effort or reasoning.max_tokens, not both."
        raise BadField(message, field="reasoning.max_tokens")
    if not effort and budget is None and enabled is not None:
        effort = "medium" if enabled else "none"
    if not effort and budget is None and shown is None:
        return None
    return Reasoning(effort, budget, shown, "reasoning")


def _thinking(fields: Fields) -> Reasoning:
    fields.need("type", "enabled, disabled or adaptive")
    kind = fields.one_of("type", ("enabled", "disabled", "adaptive"))
    budget = fields.count("budget_tokens")
    if kind == "disabled":
        return Reasoning(budget=0, at="thinking")
    return Reasoning(budget=-1 if budget is None else budget, at="thinking")


def effort_for(reasoning: Reasoning) -> str:
    """Return what to say to OpenAI, which knows no budgets; empty leaves it to the model."""
    budget = reasoning.budget
    if reasoning.effort or budget is None or budget < 0:
        return reasoning.effort
    return next((effort for most, effort in _BUDGETS if budget <= most), "high")
