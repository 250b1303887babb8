from typing import Any

import pytest

from providers.dialects.conversation import Reasoning
from providers.dialects.errors import Unsayable
from providers.dialects.gemini.thinking import config, has_levels

LEVELS = ("gemini-3-pro-preview", "models/gemini-3.1-flash", "gemini-flash-latest")
BUDGETS = ("gemini-2.5-pro", "gemini-2.5-flash-lite", "gemini-2.0-flash")
EFFORTS: dict[str, tuple[str | None, int | None]] = {
    "none": (None, 0),
    "minimal": ("MINIMAL", 1024),
    "low": ("LOW", 1024),
    "medium": ("MEDIUM", 8192),
    "high": ("HIGH", 24576),
    "xhigh": ("XHIGH", None),
    "max": (None, None),
}


@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize("model", LEVELS + BUDGETS)
def test_an_effort_is_told_as_the_model_takes_it_or_refused(model, effort):
    level, budget = EFFORTS[effort]
    word = level if has_levels(model) else budget
    reasoning = Reasoning(effort=effort, at="reasoning_effort")

    if word is None:
        with pytest.raises(Unsayable, match="reasoning_effort") as caught:
            config(reasoning, model)
        assert caught.value.field == "reasoning_effort"
    else:
        name = "thinkingLevel" if has_levels(model) else "thinkingBudget"
        assert config(reasoning, model) == {name: word}


def test_generations_are_told_apart_by_the_models_name():
    assert [has_levels(model) for model in LEVELS + BUDGETS] == [True] * 3 + [False] * 3


SAID: list[tuple[Reasoning, dict[str, Any]]] = [
    (Reasoning(), {}),
    (Reasoning(budget=-1), {"thinkingBudget": -1}),
    (Reasoning(budget=0, shown=False), {"thinkingBudget": 0, "includeThoughts": False}),
    (Reasoning(shown=True), {"includeThoughts": True}),
]


@pytest.mark.parametrize(("reasoning", "expected"), SAID, ids=str)
def test_a_budget_is_passed_on_to_any_model(reasoning, expected):
    for model in LEVELS + BUDGETS:
        assert config(reasoning, model) == expected
