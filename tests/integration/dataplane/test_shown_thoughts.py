"""Whoever asks Claude to think is shown the thoughts, so it asks others for them as well."""

import json

import pytest

from tests.world import Upstream

BODY = {
    "model": "fast",
    "max_tokens": 4096,
    "messages": [{"role": "user", "content": "hi"}],
}
BUDGET = {"type": "enabled", "budget_tokens": 2048}


@pytest.mark.parametrize(
    ("thinking", "told"),
    [
        ({"type": "adaptive"}, {"thinkingBudget": -1, "includeThoughts": True}),
        (BUDGET, {"thinkingBudget": 2048, "includeThoughts": True}),
        (
            {**BUDGET, "display": "summarized"},
            {"thinkingBudget": 2048, "includeThoughts": True},
        ),
        (
            {**BUDGET, "display": "omitted"},
            {"thinkingBudget": 2048, "includeThoughts": False},
        ),
        ({"type": "disabled"}, None),
    ],
)
async def test_gemini_is_asked_for_the_thoughts_a_caller_expects(
    make_world, thinking, told
):
    world = await make_world(Upstream([b"{}"], status=500), kind="GEMINI")

    await world.ask({**BODY, "thinking": thinking}, path="/v1/messages")

    (sent,) = world.upstream.received
    config = json.loads(sent.body)["generationConfig"]
    assert config.get("thinkingConfig") == told
