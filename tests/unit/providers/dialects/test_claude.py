import pytest

from providers.dialects.claude import (
    check_beside_budget,
    takes_later_system,
    tell_thinking,
)
from providers.dialects.conversation import (
    Ask,
    Choosing,
    Reasoning,
    Role,
    Signature,
    Text,
    Thinking,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from providers.dialects.errors import Unsayable

OLD = "claude-3-7-sonnet-20250219"
BOTH = "claude-sonnet-4-6"
NEW = "anthropic.claude-opus-4-7"
NEWEST = "global.anthropic.claude-opus-5"


def told(model, reasoning, max_tokens=None):
    body = {}
    asked = Ask(model=model, turns=(), reasoning=reasoning, max_tokens=max_tokens)
    room = tell_thinking(asked, model, body)
    return body, room


def enabled(budget, **more):
    return {"thinking": {"type": "enabled", "budget_tokens": budget, **more}}


ADAPTIVE = {"type": "adaptive"}


@pytest.mark.parametrize(
    ("model", "reasoning", "body", "room"),
    [
        (OLD, None, {}, 0),
        (OLD, Reasoning(effort="none"), {}, 0),
        (OLD, Reasoning(effort="high"), enabled(16384), 16384),
        (OLD, Reasoning(budget=4000, shown=True), enabled(4000), 4000),
        (
            OLD,
            Reasoning(budget=4000, shown=False),
            enabled(4000, display="omitted"),
            4000,
        ),
        (OLD, Reasoning(shown=True), {}, 0),
        (BOTH, Reasoning(budget=4000), enabled(4000), 4000),
        (
            BOTH,
            Reasoning(effort="high", budget=4000),
            {**enabled(4000), "output_config": {"effort": "high"}},
            4000,
        ),
        (
            NEW,
            Reasoning(effort="max"),
            {"thinking": ADAPTIVE, "output_config": {"effort": "max"}},
            49152,
        ),
        (NEW, Reasoning(budget=-1), {"thinking": ADAPTIVE}, 0),
        (NEW, Reasoning(budget=0), {}, 0),
        (NEWEST, Reasoning(budget=0), {"thinking": {"type": "disabled"}}, 0),
        (
            "claude-sonnet-5-5",
            Reasoning(effort="none"),
            {"thinking": {"type": "between_tools"}},
            0,
        ),
        (
            "claude",
            Reasoning(shown=True),
            {"thinking": {**ADAPTIVE, "display": "summarized"}},
            0,
        ),
    ],
)
def test_each_generation_is_told_in_its_own_measure(model, reasoning, body, room):
    assert told(model, reasoning) == (body, room)


def test_thinking_leaves_room_for_the_answer():
    assert told(OLD, Reasoning(effort="high"), 6000) == (enabled(3000), 3000)


@pytest.mark.parametrize(
    ("model", "reasoning", "max_tokens"),
    [
        (OLD, Reasoning(budget=1023), None),
        (OLD, Reasoning(budget=-1), None),
        (OLD, Reasoning(budget=4000), 4000),
        (OLD, Reasoning(effort="low"), 1024),
        (NEW, Reasoning(budget=4000), None),
    ],
)
def test_what_a_generation_cannot_be_told_is_refused(model, reasoning, max_tokens):
    with pytest.raises(Unsayable) as caught:
        told(model, reasoning, max_tokens)

    assert caught.value.field == "reasoning"


@pytest.mark.parametrize(
    ("model", "takes"),
    [
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", False),
        ("claude-opus-4.7", False),
        ("anthropic.claude-opus-4-8", True),
        ("claude-sonnet-5", True),
        ("claude-next", True),
    ],
)
def test_newer_models_take_instructions_later_on(model, takes):
    assert takes_later_system(model) is takes


def beside(model, **said):
    """Check what is said beside an effort to think."""
    asked = Ask(model=model, reasoning=Reasoning("high", at="effort"), **said)
    body = {}
    tell_thinking(asked, model, body)
    check_beside_budget(
        asked, body, is_kept=lambda thought: thought.signature is not None
    )


HI = Turn(Role.USER, (Text("Hi"),))
CALL, THOUGHT = ToolCall("c", "f", "{}"), Thinking("Hm.", Signature("anthropic", "x"))
RESULTS = Turn(Role.USER, (ToolResult("c", ()),))


def model_said(*parts):
    return Turn(Role.ASSISTANT, parts)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"tool_choice": ToolChoice(Choosing.ANY, at="tool_choice")}, "tool_choice"),
        ({"tool_choice": ToolChoice(Choosing.NAMED, "f")}, "tool_choice"),
        ({"temperature": 0.5}, "temperature"),
        ({"turns": (HI, model_said(CALL), RESULTS)}, "effort"),
        ({"turns": (HI, model_said(Thinking("Hm."), CALL), RESULTS)}, "effort"),
        ({"turns": (HI, model_said(Text("a")), model_said(CALL), RESULTS)}, "effort"),
    ],
)
def test_what_an_older_claude_refuses_while_it_thinks_is_refused_before(said, field):
    with pytest.raises(Unsayable) as caught:
        beside(OLD, **{"turns": (HI,), **said})

    assert caught.value.field == field


@pytest.mark.parametrize(
    "said",
    [
        {"tool_choice": ToolChoice(Choosing.AUTO)},
        {"tool_choice": ToolChoice(Choosing.NONE)},
        {"temperature": 1},
        {"turns": (HI, model_said(THOUGHT, CALL), RESULTS)},
        {"turns": (HI, model_said(Thinking("?"), THOUGHT), model_said(CALL), RESULTS)},
        {"turns": (HI, model_said(CALL), RESULTS, model_said(Text("a")), HI)},
    ],
)
def test_what_an_older_claude_takes_while_it_thinks_is_told(said):
    beside(OLD, **{"turns": (HI,), **said})


def test_a_claude_that_thinks_as_it_sees_fit_takes_all_of_it():
    forced = ToolChoice(Choosing.ANY)

    beside(
        BOTH, turns=(HI, model_said(CALL), RESULTS), tool_choice=forced, temperature=0.5
    )
