"""The tables of docs/dialects.md that say what one dialect's word is in another."""

import pytest

from providers.dialects import claude
from providers.dialects.anthropic.answers import _STOPS as ANTHROPIC_STOPS
from providers.dialects.anthropic.answers import reason as to_messages
from providers.dialects.anthropic.answers import stop_of as from_anthropic
from providers.dialects.bedrock.answers import _STOPS as BEDROCK_STOPS
from providers.dialects.bedrock.answers import stop_of as from_bedrock
from providers.dialects.completions.answers import _finish_reason as to_completion
from providers.dialects.conversation import Ask, Reasoning, Stop
from providers.dialects.errors import Unsayable
from providers.dialects.gemini import thinking as gemini
from providers.dialects.gemini.reasons import reason_of as to_gemini
from providers.dialects.gemini.reasons import stop_of as from_gemini
from providers.dialects.openai.answering import finish_reason as to_chat
from providers.dialects.openai.reasons import stop_of as from_openai
from providers.dialects.openai.thinking import effort_for
from providers.dialects.responses.answers import why_incomplete
from providers.dialects.responses.output import Output
from providers.errors import UpstreamBroken

from .dialects_doc import table, words

STOP_ROWS = {
    "end": Stop.END,
    "length": Stop.LENGTH,
    "context full": Stop.CONTEXT_FULL,
    "sequence": Stop.SEQUENCE,
    "calls": Stop.TOOL_CALLS,
    "declined": Stop.DECLINED,
    "filtered": Stop.FILTERED,
    "paused": Stop.PAUSED,
}


def read_by(column: str, reason: str) -> str:
    try:
        match column:
            case "OpenAI's":
                declined = "with a refusal" in reason
                stop = from_openai("stop", called=False, declined=declined)
                if not declined:
                    stop = from_openai(reason, called=False, declined=False)
            case "Anthropic":
                stop = from_anthropic(reason)
            case "Gemini":
                stop = from_gemini(reason, called=False)
            case _:
                stop, _ = from_bedrock({"stopReason": reason}, calls=False)
    except UpstreamBroken:
        return "broken: 502"
    return next(name for name, each in STOP_ROWS.items() if each is stop)


@pytest.mark.parametrize("row", table("Why an answer ended"), ids=lambda row: row[""])
@pytest.mark.parametrize("column", ["OpenAI's", "Anthropic", "Gemini", "Bedrock"])
def test_why_providers_end_an_answer_is_told(row, column):
    cell = row[column]
    reasons = words(cell)
    if cell == "`stop` with a refusal":
        reasons = ["stop with a refusal"]
    if "any other" in cell:
        reasons.append("unheard of")
    if "none" in cell:
        reasons.append("")

    assert [read_by(column, each) for each in reasons] == [row[""]] * len(reasons)


def test_no_reason_of_a_provider_that_is_known_is_left_out():
    told = {
        column: {
            word for row in table("Why an answer ended") for word in words(row[column])
        }
        for column in ("Anthropic", "Bedrock")
    }

    assert told["Anthropic"] == set(ANTHROPIC_STOPS)
    assert told["Bedrock"] == {*BEDROCK_STOPS, "malformed_…"}


def shown_as(column: str, stop: Stop, *, declined: bool) -> list[str]:
    match column:
        case "chat":
            return [to_chat(stop, declined=declined, legacy=False)]
        case "completions":
            return [to_completion(stop, declined=declined)]
        case "messages":
            return [to_messages(stop, declined=declined)]
        case "generateContent":
            return [to_gemini(stop)]
    output = Output("resp_1")
    if declined:
        output.decline("No.")
    reason = why_incomplete(stop, output)
    return ["incomplete", reason] if reason else ["completed"]


@pytest.mark.parametrize(
    "row", table("Why an answer ended", 1), ids=lambda row: row[""]
)
def test_why_an_answer_ended_is_told_to_callers(row):
    declined = row[""] == "declined, in words"
    stop = Stop.DECLINED if declined else STOP_ROWS[row[""]]
    columns = [name for name in row if name]

    told = {name: words(row[name]) for name in columns}

    assert told == {name: shown_as(name, stop, declined=declined) for name in columns}


BUDGETS = [0, 2048, 8192, 8193, -1]
CLAUDES = {
    "Claude before 4.6": ["claude-opus-4-5"],
    "Claude 4.6": ["claude-opus-4-6"],
    "Claude from 4.6": ["claude-opus-4-6", "claude-opus-4-7", "claude-opus-5"],
    "Claude from 4.7": ["claude-opus-4-7", "claude-opus-5"],
}


def told_claude(reasoning: Reasoning, model: str) -> str:
    body: dict = {}
    ask = Ask(model="m", turns=(), reasoning=reasoning)
    try:
        claude.tell_thinking(ask, model, body)
    except Unsayable:
        return "**400**"
    thinking = body.get("thinking", {})
    effort = body.get("output_config", {}).get("effort", "")
    kind = thinking.get("type", "(nothing)").replace("enabled", "")
    budget = str(thinking.get("budget_tokens", ""))
    return effort or budget or kind


def told_gemini(reasoning: Reasoning, model: str) -> str:
    try:
        return str(next(iter(gemini.config(reasoning, model).values())))
    except Unsayable:
        return "**400**"


def in_cell(told: list[str], budget: str) -> str:
    """Write what each of some models is told as the document does."""
    if told[-1] == "disabled":
        assert set(told[:-1]) <= {"(nothing)"}
        return "(nothing); from 5 `disabled`"
    assert len(set(told)) == 1
    return "as it is" if told[0] == budget else told[0]


@pytest.mark.parametrize(
    "row", table("How much to think"), ids=lambda row: row["effort"]
)
def test_what_models_are_told_of_an_effort(row):
    asked = Reasoning(effort=row["effort"])

    assert row["OpenAI's"] == effort_for(asked, "gpt-5")
    for name in ("Claude before 4.6", "Claude from 4.6"):
        assert row[name] == in_cell([told_claude(asked, m) for m in CLAUDES[name]], "")
    assert row["Gemini 2.5"] == told_gemini(asked, "gemini-2.5-pro")
    assert row["Gemini 3"] == told_gemini(asked, "gemini-3-pro")


@pytest.mark.parametrize(
    ("row", "budget"),
    list(zip(table("How much to think", 1), BUDGETS, strict=True)),
)
def test_what_models_are_told_of_a_budget(row, budget):
    asked = Reasoning(budget=budget)

    assert row["OpenAI's"] == (effort_for(asked, "gpt-5") or "(nothing)")
    for name in ("Claude before 4.6", "Claude 4.6", "Claude from 4.7"):
        told = [told_claude(asked, model) for model in CLAUDES[name]]
        assert row[name].removesuffix(", from 1024") == in_cell(told, str(budget))
    told = {told_gemini(asked, model) for model in ("gemini-2.5-pro", "gemini-3-pro")}
    assert told == {str(budget)}
    assert row["Gemini"] in ("as it is", str(budget))
