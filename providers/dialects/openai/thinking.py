"""Reading how much to think, of which there are three spellings, and writing OpenAI's."""

import re

from providers.dialects.conversation import Reasoning
from providers.dialects.errors import BadField
from providers.dialects.fields import Fields
from providers.dialects.openai_sampling import Unsaid, leave

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_SPELLINGS = ("reasoning_effort", "reasoning", "thinking")
_SUMMARIES = ("auto", "concise", "detailed")
_DISPLAYS = {"summarized": True, "omitted": False}
# They do not think, and refuse to be told anything of it.
_UNTHINKING = re.compile(r"(chatgpt|gpt)-[34]")
# A budget of at most so many tokens asks for about this effort.
_BUDGETS = ((0, "none"), (2048, "low"), (8192, "medium"))


def reasoning_of(fields: Fields, unsaid: Unsaid) -> Reasoning | None:
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
        case [name]:
            said = Fields(fields.any(name), name)
            found = _reasoning(said) if name == "reasoning" else _thinking(said)
            leave(said, unsaid)
            return found
        case _:
            return None


def _reasoning(fields: Fields) -> Reasoning | None:
    effort = fields.one_of("effort", EFFORTS) or ""
    budget = fields.count("max_tokens", 0)
    shown = True if fields.one_of("summary", _SUMMARIES) else None
    shown = False if fields.flag("exclude") else shown
    enabled = fields.flag("enabled")
    if effort and budget is not None:
        message = "Give reasoning.effort or reasoning.max_tokens, not both."
        raise BadField(message, field="reasoning.max_tokens")
    if not effort and budget is None and enabled is not None:
        effort = "medium" if enabled else "none"
    if not effort and budget is None and shown is None:
        return None
    return Reasoning(effort, budget, shown, "reasoning")


def _thinking(fields: Fields) -> Reasoning | None:
    fields.need("type", "enabled, disabled or adaptive")
    kind = fields.one_of("type", ("enabled", "disabled", "adaptive"))
    budget = fields.count("budget_tokens")
    display = fields.one_of("display", _DISPLAYS)
    if kind == "disabled":
        # What Anthropic does unasked, so that it asks for nothing; many clients say it always.
        return None
    shown = _DISPLAYS[display] if display else None
    return Reasoning(
        budget=-1 if budget is None else budget, shown=shown, at="thinking"
    )


def effort_for(reasoning: Reasoning, model: str) -> str:
    """Return what to say to OpenAI, which knows no budgets; empty leaves it to the model."""
    effort, budget = reasoning.effort, reasoning.budget
    if not effort and budget is not None and budget >= 0:
        effort = next((effort for most, effort in _BUDGETS if budget <= most), "high")
    return "" if effort == "none" and _UNTHINKING.match(model) else effort
