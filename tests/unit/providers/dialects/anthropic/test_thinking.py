from typing import Any

import orjson
import pytest

from providers.dialects.anthropic import telling
from providers.dialects.conversation import (
    Ask,
    OutputSchema,
    Reasoning,
    Role,
    Text,
    Turn,
)
from providers.dialects.errors import Unsayable

BUDGETED = [
    "claude-3-7-sonnet-20250219",
    "claude-opus-4-20250514",
    "claude-sonnet-4",
    "claude-opus-4-1-20250805",
    "claude-sonnet-4-5",
    "claude-haiku-4-5-20251001",
    "claude-opus-4-5@20251101",
    "anthropic/claude-haiku-4.5",
]
BOTH = ["claude-opus-4-6", "claude-sonnet-4-6"]
QUIET = [*BUDGETED, *BOTH, "claude-opus-4-7", "claude-opus-4-8"]
NEWEST = ["claude-opus-5", "claude-sonnet-5", "claude-mythos-preview", "house-model"]
EFFORTFUL = [*BOTH, "claude-opus-4-7", "claude-opus-4-8", *NEWEST, "claude-sonnet-5-5"]


def told(model: str, reasoning: Reasoning | None, **fields: Any) -> dict[str, Any]:
    turns = (Turn(Role.USER, (Text("Hello"),)),)
    ask = Ask(model="m", turns=turns, reasoning=reasoning, **fields)
    body = orjson.loads(telling.render(ask, model))
    del body["model"], body["messages"]
    return body


def refused(model: str, reasoning: Reasoning, **fields: Any) -> str:
    with pytest.raises(Unsayable) as caught:
        told(model, reasoning, **fields)
    return caught.value.field


@pytest.mark.parametrize("model", [*QUIET, *NEWEST])
def test_who_says_nothing_gets_what_the_model_does_by_itself(model):
    assert told(model, None) == {"max_tokens": 8192}
    assert told(model, Reasoning(shown=False)) == {"max_tokens": 8192}


@pytest.mark.parametrize("reasoning", [Reasoning(effort="none"), Reasoning(budget=0)])
@pytest.mark.parametrize(
    ("models", "thinking"),
    [
        (QUIET, {}),
        (NEWEST, {"thinking": {"type": "disabled"}}),
        (["claude-sonnet-5-5"], {"thinking": {"type": "between_tools"}}),
    ],
)
def test_who_wants_no_thinking_gets_none(models, thinking, reasoning):
    for model in models:
        assert told(model, reasoning) == {"max_tokens": 8192, **thinking}


@pytest.mark.parametrize(
    ("effort", "level", "room"),
    [
        ("minimal", "low", 1024),
        ("low", "low", 2048),
        ("medium", "medium", 8192),
        ("high", "high", 16384),
        ("xhigh", "xhigh", 32768),
        ("max", "max", 49152),
    ],
)
@pytest.mark.parametrize("model", EFFORTFUL)
def test_an_effort_is_told_as_one_to_models_that_take_it(model, effort, level, room):
    assert told(model, Reasoning(effort=effort)) == {
        "max_tokens": 8192 + room,
        "thinking": {"type": "adaptive"},
        "output_config": {"effort": level},
    }


@pytest.mark.parametrize(
    ("effort", "budget"),
    [
        ("minimal", 1024),
        ("low", 2048),
        ("medium", 8192),
        ("high", 16384),
        ("xhigh", 32768),
        ("max", 49152),
    ],
)
@pytest.mark.parametrize("model", BUDGETED)
def test_an_effort_is_told_in_tokens_to_models_that_take_those(model, effort, budget):
    assert told(model, Reasoning(effort=effort)) == {
        "max_tokens": 8192 + budget,
        "thinking": {"type": "enabled", "budget_tokens": budget},
    }


@pytest.mark.parametrize(
    ("limit", "budget"),
    [(1025, 1024), (2000, 1024), (4000, 2000), (32768, 16384), (99999, 16384)],
)
def test_thinking_stays_within_the_callers_limit(limit, budget):
    body = told("claude-haiku-4-5", Reasoning(effort="high"), max_tokens=limit)

    assert body == {
        "max_tokens": limit,
        "thinking": {"type": "enabled", "budget_tokens": budget},
    }


def test_a_limit_too_small_to_think_is_refused():
    reasoning = Reasoning(effort="low", at="reasoning_effort")

    assert refused("claude-haiku-4-5", reasoning, max_tokens=1024) == "reasoning_effort"


@pytest.mark.parametrize("model", [*BUDGETED, *BOTH])
def test_a_budget_is_told_to_models_that_take_one(model):
    assert told(model, Reasoning(budget=2000)) == {
        "max_tokens": 10192,
        "thinking": {"type": "enabled", "budget_tokens": 2000},
    }
    assert told(model, Reasoning(budget=2000), max_tokens=2001)["max_tokens"] == 2001


@pytest.mark.parametrize(
    ("model", "budget"),
    [
        ("claude-opus-4-7", 2048),
        ("claude-opus-5", 2048),
        ("claude-haiku-4-5", 1023),
        ("claude-haiku-4-5", 4096),
        ("claude-haiku-4-5", -1),
    ],
)
def test_a_budget_the_model_does_not_take_is_refused(model, budget):
    reasoning = Reasoning(budget=budget, at="thinkingBudget")

    assert refused(model, reasoning, max_tokens=4096) == "thinkingBudget"


@pytest.mark.parametrize("model", EFFORTFUL)
def test_a_model_may_be_left_to_think_as_it_sees_fit(model):
    assert told(model, Reasoning(budget=-1)) == {
        "max_tokens": 8192,
        "thinking": {"type": "adaptive"},
    }


@pytest.mark.parametrize(
    ("model", "reasoning", "thinking"),
    [
        (
            "claude-opus-5",
            Reasoning(shown=True),
            {"type": "adaptive", "display": "summarized"},
        ),
        (
            "claude-opus-5",
            Reasoning(effort="low", shown=False),
            {"type": "adaptive", "display": "omitted"},
        ),
        (
            "claude-opus-4-6",
            Reasoning(budget=2048, shown=False),
            {"type": "enabled", "budget_tokens": 2048, "display": "omitted"},
        ),
        (
            "claude-haiku-4-5",
            Reasoning(effort="low", shown=True),
            {"type": "enabled", "budget_tokens": 2048},
        ),
        ("claude-haiku-4-5", Reasoning(shown=True), None),
    ],
)
def test_thinking_is_shown_as_asked(model, reasoning, thinking):
    assert told(model, reasoning).get("thinking") == thinking


def test_effort_and_schema_share_their_object():
    output = OutputSchema({"type": "string"})

    body = told("claude-opus-5", Reasoning(effort="low"), output=output)

    assert body["output_config"] == {
        "effort": "low",
        "format": {"type": "json_schema", "schema": {"type": "string"}},
    }
