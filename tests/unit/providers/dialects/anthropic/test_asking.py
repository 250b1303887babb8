from base64 import b64encode
from typing import Any

import pytest

from providers.dialects.anthropic import asking, counting
from providers.dialects.conversation import (
    Ask,
    Choosing,
    File,
    Image,
    OutputSchema,
    Reasoning,
    Role,
    Signature,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from providers.dialects.errors import BadField, MissingField

HELLO = {"role": "user", "content": "Hello"}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
FIVE = {"type": "ephemeral"}
HOUR = {"type": "ephemeral", "ttl": "1h"}


def request(**fields: Any) -> dict[str, Any]:
    return {"model": "m", "max_tokens": 64, "messages": [HELLO], **fields}


def asked(**fields: Any) -> Ask:
    return asking.parse(request(**fields))


def parts_of(*blocks: dict[str, Any], role: str = "user") -> tuple[Any, ...]:
    ask = asked(messages=[{"role": role, "content": list(blocks)}])
    assert ask.unsaid == {}
    return ask.turns[0].parts


def unsaid_of(*blocks: dict[str, Any]) -> list[str]:
    return sorted(asked(messages=[{"role": "user", "content": list(blocks)}]).unsaid)


def test_a_simple_request_is_read_whole():
    assert asked() == Ask(
        model="m",
        turns=(
            Turn(Role.USER, (Text("Hello", "messages[0].content"),), at="messages[0]"),
        ),
        max_tokens=64,
        names=asking.NAMES,
    )


def test_sampling_is_taken_over():
    ask = asked(
        temperature=0.5,
        top_p=0.9,
        top_k=7,
        stop_sequences=["END", "STOP"],
        stream=True,
    )

    assert (ask.temperature, ask.top_p, ask.top_k) == (0.5, 0.9, 7)
    assert ask.stop == ("END", "STOP")
    assert ask.stream is True


@pytest.mark.parametrize(
    ("system", "parts"),
    [
        ("Be brief.", (Text("Be brief.", "system"),)),
        (
            [
                {"type": "text", "text": "Be", "cache_control": HOUR},
                {"type": "text", "text": "brief."},
            ],
            (Text("Be", "system[0]", "1h"), Text("brief.", "system[1]")),
        ),
    ],
)
def test_the_system_prompt_is_the_first_turn(system, parts):
    ask = asked(system=system)

    assert ask.turns[0] == Turn(Role.SYSTEM, parts, at="system")
    assert ask.turns[1].role is Role.USER


@pytest.mark.parametrize("system", ["", [], None])
def test_an_empty_system_prompt_is_none(system):
    assert [turn.role for turn in asked(system=system).turns] == [Role.USER]


def test_instructions_in_the_middle_are_a_turn_of_their_own():
    ask = asked(messages=[HELLO, {"role": "system", "content": "From now on, rhyme."}])

    assert ask.turns[1] == Turn(
        Role.SYSTEM,
        (Text("From now on, rhyme.", "messages[1].content"),),
        at="messages[1]",
    )


AT = "messages[0].content[0]"


@pytest.mark.parametrize(
    ("block", "part"),
    [
        ({"type": "text", "text": "a"}, Text("a", AT)),
        ({"type": "text", "text": "a", "citations": None}, Text("a", AT)),
        ({"type": "text", "text": "a", "cache_control": FIVE}, Text("a", AT, "5m")),
        (
            {
                "type": "image",
                "source": {"type": "base64", "media_type": "image/png", "data": "aGk="},
                "cache_control": HOUR,
            },
            Image(data="aGk=", media_type="image/png", at=AT, cache="1h"),
        ),
        (
            {"type": "image", "source": {"type": "url", "url": "https://x/y.png"}},
            Image(url="https://x/y.png", at=AT),
        ),
        (
            {
                "type": "document",
                "title": "Report",
                "citations": {"enabled": False},
                "source": {
                    "type": "base64",
                    "media_type": "application/pdf",
                    "data": "aGk=",
                },
            },
            File(data="aGk=", media_type="application/pdf", name="Report", at=AT),
        ),
        (
            {
                "type": "document",
                "source": {"type": "text", "media_type": "text/plain", "data": "hé"},
            },
            File(
                data=b64encode("hé".encode()).decode(), media_type="text/plain", at=AT
            ),
        ),
        (
            {"type": "document", "source": {"type": "content", "content": "hi"}},
            File(data="aGk=", media_type="text/plain", at=AT),
        ),
        (
            {"type": "document", "source": {"type": "url", "url": "https://x/y.pdf"}},
            File(url="https://x/y.pdf", media_type="application/pdf", at=AT),
        ),
        (
            {"type": "tool_result", "tool_use_id": "t1", "is_error": True},
            ToolResult("t1", (), failed=True, at=AT),
        ),
        (
            {"type": "tool_result", "tool_use_id": "t1", "content": "21 degrees"},
            ToolResult("t1", (Text("21 degrees", f"{AT}.content"),), at=AT),
        ),
        (
            {
                "type": "tool_result",
                "tool_use_id": "t1",
                "cache_control": FIVE,
                "content": [
                    {"type": "text", "text": "see"},
                    {"type": "image", "source": {"type": "url", "url": "https://x/y"}},
                ],
            },
            ToolResult(
                "t1",
                (
                    Text("see", f"{AT}.content[0]"),
                    Image(url="https://x/y", at=f"{AT}.content[1]"),
                ),
                at=AT,
                cache="5m",
            ),
        ),
    ],
)
def test_what_a_user_says_becomes_parts(block, part):
    assert parts_of(block) == (part,)


def test_what_the_model_said_becomes_parts():
    parts = parts_of(
        {"type": "thinking", "thinking": "Hm.", "signature": "EqQB"},
        {"type": "redacted_thinking", "data": "Zm9v"},
        {"type": "text", "text": "Let me see."},
        {
            "type": "tool_use",
            "id": "toolu_1",
            "name": "weather",
            "input": {"city": "Oslo"},
            "caller": {"type": "direct"},
        },
        role="assistant",
    )

    at = "messages[0].content[{}]".format
    assert parts == (
        Thinking("Hm.", Signature("anthropic", "EqQB"), at(0)),
        Thinking("", Signature("anthropic", "redacted_thinking.Zm9v"), at(1)),
        Text("Let me see.", at(2)),
        ToolCall("toolu_1", "weather", '{"city":"Oslo"}', at=at(3)),
    )


def test_another_providers_signatures_are_known_by_their_issuer():
    parts = parts_of(
        {"type": "thinking", "thinking": "Hm.", "signature": "gemini.abc"},
        {"type": "thinking", "thinking": "Hm.", "signature": "nobody.abc"},
        {"type": "thinking", "thinking": "Hm.", "signature": ""},
        {"type": "redacted_thinking", "data": "openai.gAAA"},
        {"type": "redacted_thinking", "data": "tool_use.gemini.xyz"},
        {"type": "tool_use", "id": "t", "name": "f", "input": {}},
        role="assistant",
    )

    assert [part.signature for part in parts] == [
        Signature("gemini", "abc"),
        Signature("anthropic", "nobody.abc"),
        None,
        Signature("openai", "gAAA"),
        Signature("gemini", "xyz"),
    ]
    assert isinstance(parts[-1], ToolCall)


def test_redacted_reasoning_of_anthropics_own_stays_whole_whatever_it_begins_with():
    for data in ("Zm9v", "tool_use.Zm9v", "nobody.Zm9v"):
        parts = parts_of(
            {"type": "redacted_thinking", "data": data},
            {"type": "tool_use", "id": "t", "name": "f", "input": {}},
            role="assistant",
        )

        signature = Signature("anthropic", f"redacted_thinking.{data}")
        assert parts[0] == Thinking("", signature, "messages[0].content[0]")
        assert parts[1].signature is None


def test_a_calls_signature_without_its_call_stays_reasoning():
    parts = parts_of(
        {"type": "redacted_thinking", "data": "tool_use.gemini.xyz"},
        {"type": "text", "text": "Never mind."},
        {"type": "redacted_thinking", "data": "tool_use.gemini.uvw"},
        role="assistant",
    )

    at = "messages[0].content[{}]".format
    assert parts == (
        Thinking("", Signature("gemini", "xyz"), at(0)),
        Text("Never mind.", at(1)),
        Thinking("", Signature("gemini", "uvw"), at(2)),
    )


@pytest.mark.parametrize(
    ("block", "path"),
    [
        ({"type": "search_result", "source": "x", "title": "y", "content": []}, ""),
        ({"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}, ""),
        ({"type": "web_search_tool_result", "tool_use_id": "s", "content": []}, ""),
        ({"type": "container_upload", "file_id": "f"}, ""),
        ({"type": "text", "text": "a", "citations": [{"type": "x"}]}, ".citations"),
        ({"type": "text", "text": "a", "novelty": 1}, ".novelty"),
        ({"type": "image", "source": {"type": "file", "file_id": "f"}}, ".source"),
        ({"type": "document", "source": {"type": "file", "file_id": "f"}}, ".source"),
        (
            {
                "type": "image",
                "source": {"type": "url", "url": "u"},
                "transformations": {"oversized_image": "error"},
            },
            ".transformations",
        ),
        (
            {
                "type": "document",
                "source": {"type": "url", "url": "u"},
                "citations": {"enabled": True},
            },
            ".citations.enabled",
        ),
        (
            {
                "type": "document",
                "source": {"type": "url", "url": "u"},
                "context": "old",
            },
            ".context",
        ),
        (
            {
                "type": "document",
                "source": {
                    "type": "content",
                    "content": [{"type": "text", "text": "a"}],
                },
            },
            ".source",
        ),
        (
            {
                "type": "tool_use",
                "id": "t",
                "name": "f",
                "input": {},
                "caller": {"type": "code_execution_20260120", "tool_id": "s"},
            },
            ".caller",
        ),
        (
            {
                "type": "tool_result",
                "tool_use_id": "t",
                "content": [{"type": "tool_reference", "tool_name": "f"}],
            },
            ".content[0]",
        ),
    ],
)
def test_what_only_this_dialect_has_is_kept_apart_by_its_path(block, path):
    assert unsaid_of(block) == [AT + path]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"container": "c"}, "container"),
        ({"mcp_servers": []}, "mcp_servers"),
        (
            {"context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]}},
            "context_management.edits[0]",
        ),
        ({"context_management": {"mode": "x"}}, "context_management.mode"),
        ({"inference_geo": "eu"}, "inference_geo"),
        ({"speed": "fast"}, "speed"),
        ({"max_tokens": 0}, "max_tokens"),
        (
            {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
            "tools[0]",
        ),
        (
            {"tools": [{"name": "f", "input_schema": SCHEMA, "input_examples": [{}]}]},
            "tools[0].input_examples",
        ),
        (
            {"tools": [{"name": "f", "input_schema": SCHEMA, "defer_loading": True}]},
            "tools[0].defer_loading",
        ),
        ({"output_config": {"task_budget": {"total": 9}}}, "output_config.task_budget"),
        (
            {"thinking": {"type": "disabled"}, "output_config": {"effort": "low"}},
            "output_config.effort",
        ),
    ],
)
def test_settings_only_this_dialect_has_are_kept_apart(fields, path):
    assert list(asked(**fields).unsaid) == [path]


@pytest.mark.parametrize(
    "edits", [[], [{"type": "clear_thinking_20251015", "keep": "all"}]]
)
def test_which_thoughts_stay_in_the_prompt_is_nothing_to_others(edits):
    assert asked(context_management={"edits": edits}) == asked()


@pytest.mark.parametrize(
    "fields",
    [
        {"metadata": {"user_id": "u"}},
        {"service_tier": "auto"},
        {"diagnostics": {"previous_message_id": None}},
        {"speed": "standard"},
        {"container": None},
    ],
)
def test_what_says_nothing_to_the_model_is_dropped(fields):
    assert asked(**fields) == asked()


def test_tools_are_taken_over():
    ask = asked(
        tools=[
            {
                "type": "custom",
                "name": "weather",
                "description": "Tells it.",
                "input_schema": SCHEMA,
                "strict": True,
                "cache_control": HOUR,
                "eager_input_streaming": True,
                "allowed_callers": ["direct"],
                "defer_loading": False,
            },
            {"name": "time", "input_schema": SCHEMA},
        ]
    )

    assert ask.unsaid == {}
    assert ask.tools == (
        Tool("weather", "Tells it.", SCHEMA, True, "tools[0]", "1h"),
        Tool("time", "", SCHEMA, None, "tools[1]"),
    )


@pytest.mark.parametrize(
    ("choice", "how", "name", "parallel"),
    [
        ({"type": "auto"}, Choosing.AUTO, "", None),
        ({"type": "none"}, Choosing.NONE, "", None),
        ({"type": "any", "disable_parallel_tool_use": True}, Choosing.ANY, "", False),
        (
            {"type": "tool", "name": "f", "disable_parallel_tool_use": False},
            Choosing.NAMED,
            "f",
            True,
        ),
    ],
)
def test_the_choice_of_tools_is_taken_over(choice, how, name, parallel):
    tool = {"name": "f", "input_schema": SCHEMA}

    ask = asked(tools=[tool], tool_choice=choice)

    assert ask.tool_choice == ToolChoice(how, name, "tool_choice")
    assert ask.parallel_tool_calls is parallel


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        (
            {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
            "output_config.format",
        ),
        ({"output_format": {"type": "json_schema", "schema": SCHEMA}}, "output_format"),
    ],
)
def test_a_schema_for_the_answer_is_taken_strictly(fields, at):
    assert asked(**fields).output == OutputSchema(SCHEMA, strict=True, at=at)


THINKING = "thinking"


@pytest.mark.parametrize(
    ("thinking", "effort", "reasoning"),
    [
        (None, None, None),
        (None, "high", Reasoning(effort="high", at="output_config.effort")),
        ({"type": "disabled"}, None, None),
        ({"type": "between_tools"}, None, None),
        ({"type": "adaptive"}, None, Reasoning(budget=-1, shown=True, at=THINKING)),
        ({"type": "adaptive"}, "max", Reasoning("max", shown=True, at=THINKING)),
        (
            {"type": "adaptive", "display": "summarized"},
            "low",
            Reasoning(effort="low", shown=True, at=THINKING),
        ),
        (
            {"type": "enabled", "budget_tokens": 2048, "display": "omitted"},
            None,
            Reasoning(budget=2048, shown=False, at=THINKING),
        ),
        (
            {"type": "enabled", "budget_tokens": 2048},
            "low",
            Reasoning(effort="low", budget=2048, shown=True, at=THINKING),
        ),
    ],
)
def test_how_much_to_think_is_taken_over(thinking, effort, reasoning):
    config = None if effort is None else {"effort": effort}

    ask = asked(thinking=thinking, output_config=config)

    assert ask.reasoning == reasoning
    assert ask.unsaid == {}


def test_a_mark_for_the_whole_prompt_is_put_on_its_last_part():
    messages = [HELLO, {"role": "user", "content": [{"type": "text", "text": "a"}] * 2}]

    parts = [t.parts for t in asked(messages=messages, cache_control=HOUR).turns]

    assert [[part.cache for part in each] for each in parts] == [[""], ["", "1h"]]


@pytest.mark.parametrize("missing", ["model", "max_tokens", "messages"])
def test_what_must_be_said_is_missed_by_name(missing):
    body = request()
    del body[missing]

    with pytest.raises(MissingField) as caught:
        asking.parse(body)

    assert caught.value.field == missing


DEEP: dict[str, Any] = {}
for _ in range(300):
    DEEP = {"a": DEEP}


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"model": 3}, "model"),
        ({"max_tokens": -1}, "max_tokens"),
        ({"max_tokens": 1.5}, "max_tokens"),
        ({"temperature": 1.5}, "temperature"),
        ({"top_k": "x"}, "top_k"),
        ({"stop_sequences": "x"}, "stop_sequences"),
        ({"stream": "yes"}, "stream"),
        ({"messages": "x"}, "messages"),
        ({"messages": [3]}, "messages[0]"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": 3}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": [{}]}]}, AT + ".type"),
        ({"messages": [{"role": "user", "content": [{"type": []}]}]}, AT + ".type"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, AT + ".text"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image"}]}]},
            AT + ".source",
        ),
        (
            {
                "messages": [
                    {
                        "role": "assistant",
                        "content": [
                            {"type": "tool_use", "id": "t", "name": "f", "input": DEEP}
                        ],
                    }
                ]
            },
            AT + ".input",
        ),
        ({"system": [{"type": "image"}]}, "system[0].type"),
        ({"cache_control": {"type": "ephemeral", "ttl": "2h"}}, "cache_control.ttl"),
        ({"tools": [{"name": "f"}]}, "tools[0].input_schema"),
        ({"tools": [{"input_schema": {}}]}, "tools[0].name"),
        ({"tool_choice": {"type": "tool"}}, "tool_choice.name"),
        ({"tool_choice": {"type": "some"}}, "tool_choice.type"),
        ({"thinking": {}}, "thinking.type"),
        ({"thinking": {"type": "enabled"}}, "thinking.budget_tokens"),
        (
            {"thinking": {"type": "enabled", "budget_tokens": 9}},
            "thinking.budget_tokens",
        ),
        ({"output_config": {"effort": "minimal"}}, "output_config.effort"),
        (
            {"output_config": {"format": {"type": "json_schema"}}},
            "output_config.format.schema",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_path_and_not_repeated(fields, path):
    with pytest.raises(BadField) as caught:
        asked(**fields)

    assert caught.value.field == path
    assert path in str(caught.value)


def test_a_request_to_count_need_not_say_how_long_the_answer_may_be():
    body = request()
    del body["max_tokens"]

    ask = counting.parse(body)

    assert ask.turns == asked().turns
    assert ask.max_tokens is None


def test_a_count_is_answered_with_one_number():
    assert counting.render(2095) == b'{"input_tokens":2095}'


@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "f"}])
def test_a_call_cannot_be_demanded_where_there_are_no_tools(choice):
    with pytest.raises(BadField) as refusal:
        asked(tool_choice=choice)

    assert refusal.value.field == "tool_choice"


def test_a_choice_must_name_one_of_the_tools():
    with pytest.raises(BadField) as refusal:
        asked(
            tools=[{"name": "f", "input_schema": SCHEMA}],
            tool_choice={"type": "tool", "name": "g"},
        )

    assert refusal.value.field == "tool_choice"


def test_a_tool_of_anthropics_own_may_be_demanded_and_is_refused_as_a_tool():
    search = {"type": "web_search_20250305", "name": "web_search"}

    assert asked(tools=[search], tool_choice={"type": "any"}).unsaid
