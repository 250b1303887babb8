"""How much a model shall think, which each maker's models are told in their own words."""

from typing import Any

from providers.dialects.claude import check_beside_budget, tell_thinking
from providers.dialects.conversation import Ask, Reasoning, Thinking
from providers.dialects.errors import Unsayable

from .models import Family
from .reasoning import reasoning_block

_THREE_EFFORTS = frozenset({"low", "medium", "high"})


def tell_reasoning(ask: Ask, model: str, family: Family, body: dict[str, Any]) -> None:
    """Add what the caller says of it to the body. Raises `Unsayable`.

    Whether reasoning is shown can be told to Claude alone; elsewhere what comes is shown.
    """
    reasoning = ask.reasoning
    if reasoning is None:
        return
    if family is Family.CLAUDE:
        _tell_claude(ask, model, body)
        return
    if not reasoning.effort and reasoning.budget is None:
        return
    fields = _fields(reasoning, family)
    if fields is None:
        raise Unsayable(
            "Amazon Bedrock cannot tell this model how much to think in that way.",
            field=reasoning.at or ask.name_of("reasoning"),
        )
    if fields:
        body.setdefault("additionalModelRequestFields", {}).update(fields)


def _tell_claude(ask: Ask, model: str, body: dict[str, Any]) -> None:
    told: dict[str, Any] = {}
    tell_thinking(ask, model, told)
    check_beside_budget(ask, told, is_kept=_is_kept)
    if "thinking" in told:
        fields = body.setdefault("additionalModelRequestFields", {})
        fields["thinking"] = told["thinking"]
    if "output_config" in told:
        body.setdefault("outputConfig", {}).update(told["output_config"])


def _is_kept(thought: Thinking) -> bool:
    return reasoning_block(thought, Family.CLAUDE) is not None


def _fields(reasoning: Reasoning, family: Family) -> dict[str, Any] | None:
    """Return what says it to models of this family; None when nothing does."""
    if reasoning.budget is not None and reasoning.budget > 0:
        return None
    # A budget of nothing is no effort, and one left to the model leaves the effort to it.
    effort = "none" if reasoning.budget == 0 else reasoning.effort
    match family:
        case Family.NOVA | Family.OTHER if effort == "none":
            # The first generation of Nova does not think, nor do most others.
            return {}
        case Family.NOVA_2 if effort == "none":
            return {"reasoningConfig": {"type": "disabled"}}
        case Family.NOVA_2 if effort in _THREE_EFFORTS:
            config = {"type": "enabled", "maxReasoningEffort": effort}
            return {"reasoningConfig": config}
        case Family.GPT_OSS if effort in _THREE_EFFORTS:
            return {"reasoning_effort": effort}
        case Family.GPT:
            return {"reasoning": {"effort": effort}} if effort else {}
        case _:
            return None
