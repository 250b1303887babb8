"""How much to think, in the words of each generation of models.

Gemini 3 and later take a level, 2.5 a budget of tokens. The budgets are those that Google's
own endpoint for OpenAI's clients gives to the same words. A name without a number is an
alias of a current model.
"""

import re
from typing import Any

from providers.dialects.conversation import Reasoning
from providers.dialects.errors import Unsayable

_VERSION = re.compile(r"gemini-(\d+)")
_FIRST_WITH_LEVELS = 3

_LEVELS = {
    "minimal": "MINIMAL",
    "low": "LOW",
    "medium": "MEDIUM",
    "high": "HIGH",
    "xhigh": "XHIGH",
}
_BUDGETS = {"none": 0, "minimal": 1024, "low": 1024, "medium": 8192, "high": 24576}


def has_levels(model: str) -> bool:
    found = _VERSION.search(model)
    return found is None or int(found[1]) >= _FIRST_WITH_LEVELS


def config(reasoning: Reasoning, model: str) -> dict[str, Any]:
    """Return a `thinkingConfig`. Raises `Unsayable`.

    A budget is passed on whatever the model: it is the provider that knows its range.
    """
    said: dict[str, Any] = {}
    if reasoning.budget is not None:
        said["thinkingBudget"] = reasoning.budget
    elif reasoning.effort:
        levels = has_levels(model)
        words: dict[str, Any] = _LEVELS if levels else _BUDGETS
        if reasoning.effort not in words:
            raise Unsayable(
                f"{reasoning.at} asks for an effort of thought that the model does not"
                f" have; it has {', '.join(words)}.",
                field=reasoning.at,
            )
        said["thinkingLevel" if levels else "thinkingBudget"] = words[reasoning.effort]
    if reasoning.shown is not None:
        said["includeThoughts"] = reasoning.shown
    return said
