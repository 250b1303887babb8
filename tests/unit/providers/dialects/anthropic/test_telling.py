import json
from dataclasses import replace
from typing import Any

import pytest

from providers.dialects.anthropic import telling
from providers.dialects.conversation import (
    Ask,
    Audio,
    Choosing,
    Declined,
    File,
    Image,
    OutputSchema,
    Part,
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
from providers.dialects.errors import NestedTooDeep, Unsayable

MODEL = "claude-opus-5-5"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
CLOSED = {**SCHEMA, "additionalProperties": False}
NONE = {"type": "object", "properties": {}}
HELLO = Turn(Role.USER, (Text("Hello"),))
DEEP: dict[str, Any] = {}
for _ in range(300):
    DEEP = {"a": DEEP}


def told(model: str = MODEL, **fields: Any) -> dict[str, Any]:
    ask = Ask(**{"model": "m", "turns": (HELLO,), **fields})
    return json.loads(telling.render(ask, model))


def messages(*turns: Turn) -> Any:
    return told(turns=turns)["messages"]


def blocks(*parts: Part, role: Role = Role.USER) -> Any:
    return messages(Turn(role, parts))[0]["content"]


def test_a_simple_request_is_told_whole():
    assert told() == {
        "model": MODEL,
        "max_tokens": 8192,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}],
    }


def test_sampling_is_told():
    body = told(
        max_tokens=5, temperature=1, top_p=0.5, top_k=3, stop=("END",), stream=True
    )

    del body["messages"]
    assert body == {
        "model": MODEL,
        "max_tokens": 5,
        "temperature": 1,
        "top_p": 0.5,
        "top_k": 3,
        "stop_sequences": ["END"],
        "stream": True,
    }


def test_defaults_said_out_loud_are_no_matter():
    body = told(
        choices=1,
        presence_penalty=0,
        frequency_penalty=0.0,
        logprobs=False,
        top_logprobs=0,
    )

    assert body == told()


def test_the_turns_of_one_role_in_a_row_are_one_message():
    said = messages(
        Turn(Role.USER, (Text("a"),)),
        Turn(Role.USER, (Text("b"),), name="Ann"),
        Turn(Role.ASSISTANT, (Text("c"),)),
        HELLO,
    )

    assert said == [
        {
            "role": "user",
            "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
        },
        {"role": "assistant", "content": [{"type": "text", "text": "c"}]},
        {"role": "user", "content": [{"type": "text", "text": "Hello"}]},
    ]


def test_instructions_at_the_beginning_are_the_system_prompt():
    body = told(
        turns=(
            Turn(Role.SYSTEM, (Text("a", cache="5m"),)),
            Turn(Role.SYSTEM, (Text("b", cache="1h"),)),
            HELLO,
        )
    )

    assert body["system"] == [
        {"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}},
        {
            "type": "text",
            "text": "b",
            "cache_control": {"type": "ephemeral", "ttl": "1h"},
        },
    ]
    assert len(body["messages"]) == 1


LATER = Turn(Role.SYSTEM, (Text("Rhyme."),), at="messages[1]")
ANSWERED = Turn(Role.ASSISTANT, (Text("Hi"),))


@pytest.mark.parametrize("after", [(), (ANSWERED, HELLO)])
def test_later_instructions_stand_where_they_were_said(after):
    said = messages(HELLO, LATER, LATER, *after)

    assert said[1] == {
        "role": "system",
        "content": [{"type": "text", "text": "Rhyme."}] * 2,
    }


@pytest.mark.parametrize(
    ("model", "turns"),
    [
        (MODEL, (HELLO, LATER, HELLO)),
        (MODEL, (HELLO, ANSWERED, LATER)),
        (MODEL, (HELLO, ANSWERED, LATER, HELLO)),
        ("claude-opus-4-7", (HELLO, LATER)),
        ("claude-haiku-4-5", (HELLO, LATER)),
    ],
)
def test_later_instructions_the_model_does_not_take_there_are_refused(model, turns):
    with pytest.raises(Unsayable) as caught:
        told(model, turns=turns)

    assert caught.value.field == "messages[1]"


@pytest.mark.parametrize(
    ("part", "block"),
    [
        (Text("a"), {"type": "text", "text": "a"}),
        (Declined("I cannot."), {"type": "text", "text": "I cannot."}),
        (
            Image(url="https://x/y.png", detail="low"),
            {"type": "image", "source": {"type": "url", "url": "https://x/y.png"}},
        ),
        (
            Image(data="aGk=", media_type="image/webp", cache="1h"),
            {
                "type": "image",
                "source": {
                    "type": "base64",
                    "media_type": "image/webp",
                    "data": "aGk=",
                },
                "cache_control": {"type": "ephemeral", "ttl": "1h"},
            },
        ),
        (
            File(data="aGk=", media_type="application/pdf", name="Report"),
            {
                "type": "document",
                "source": {
                    "type": "base64",
                    "media_type": "application/pdf",
                    "data": "aGk=",
                },
                "title": "Report",
            },
        ),
        (
            File(url="https://x/y"),
            {"type": "document", "source": {"type": "url", "url": "https://x/y"}},
        ),
        (
            File(data="aMOp", media_type="text/plain", cache="5m"),
            {
                "type": "document",
                "source": {"type": "text", "media_type": "text/plain", "data": "hé"},
                "cache_control": {"type": "ephemeral"},
            },
        ),
        (
            Thinking("Hm.", Signature("anthropic", "EqQB")),
            {"type": "thinking", "thinking": "Hm.", "signature": "EqQB"},
        ),
        (
            Thinking("", Signature("anthropic", "EqQB")),
            {"type": "thinking", "thinking": "", "signature": "EqQB"},
        ),
        (
            Thinking("", Signature("anthropic", "redacted_thinking.Zm9v")),
            {"type": "redacted_thinking", "data": "Zm9v"},
        ),
        (
            ToolCall("call_1", "f", '{"n": 12345678901234567890123}'),
            {
                "type": "tool_use",
                "id": "call_1",
                "name": "f",
                "input": {"n": 12345678901234567890123},
            },
        ),
        (
            ToolCall("call_1", "f", "", Signature("gemini", "x"), cache="5m"),
            {
                "type": "tool_use",
                "id": "call_1",
                "name": "f",
                "input": {},
                "cache_control": {"type": "ephemeral"},
            },
        ),
        (ToolResult("t", ()), {"type": "tool_result", "tool_use_id": "t"}),
        (
            ToolResult("t", (Text("no"), Text("")), failed=True, name="f", cache="5m"),
            {
                "type": "tool_result",
                "tool_use_id": "t",
                "content": [{"type": "text", "text": "no"}],
                "is_error": True,
                "cache_control": {"type": "ephemeral"},
            },
        ),
    ],
)
def test_each_part_has_its_block(part, block):
    assert blocks(part) == [block]


@pytest.mark.parametrize(
    "part",
    [
        Text(""),
        Thinking("Hm."),
        Thinking("Hm.", Signature("gemini", "x")),
        Thinking("", Signature("openai", "gAAA")),
    ],
)
def test_what_says_nothing_or_cannot_be_verified_is_left_out(part):
    turn = Turn(Role.ASSISTANT, (part, Text("a")))

    said = messages(HELLO, turn, HELLO)
    assert said[1]["content"] == [{"type": "text", "text": "a"}]
    assert len(messages(HELLO, Turn(Role.ASSISTANT, (part,)), HELLO)) == 2


@pytest.mark.parametrize(
    ("turns", "field"),
    [
        (
            (HELLO, Turn(Role.ASSISTANT, (Text("The"),), at="messages[1]")),
            "messages[1]",
        ),
        ((Turn(Role.USER, (Text(""),)),), "messages"),
        ((Turn(Role.SYSTEM, (Text("a"),)),), "messages"),
    ],
)
def test_a_conversation_nobody_can_answer_is_refused(turns, field):
    with pytest.raises(Unsayable) as caught:
        told(turns=turns, names={"turns": "messages"})

    assert caught.value.field == field


@pytest.mark.parametrize(
    "tool",
    [
        Tool("f", schema=SCHEMA, strict=False),
        # Of no use to anybody when it is closed.
        Tool("f", schema={**NONE, "additionalProperties": True}, strict=True),
    ],
)
def test_only_what_must_and_can_be_strict_is_told_so(tool):
    assert told(tools=(tool,)) == told(tools=(replace(tool, strict=None),))


def test_the_results_of_tools_come_before_what_else_the_user_says():
    said = blocks(Text("And?"), ToolResult("t1", ()), Text("!"), ToolResult("t2", ()))

    assert [each.get("tool_use_id", each.get("text")) for each in said] == [
        "t1",
        "t2",
        "And?",
        "!",
    ]


def test_an_id_anthropic_would_refuse_gets_another_that_always_stands_for_it():
    called = messages(
        Turn(Role.ASSISTANT, (ToolCall("functions.f:0", "f", "{}"),)), HELLO
    )[0]["content"]
    answered = blocks(ToolResult("functions.f:0", ()))
    other = blocks(ToolResult("functions.f:1", ()))

    assert called[0]["id"] == answered[0]["tool_use_id"] != other[0]["tool_use_id"]
    assert called[0]["id"].replace("_", "").isalnum()


@pytest.mark.parametrize(
    "part",
    [
        Audio("aGk=", "wav", at="here"),
        Image(data="aGk=", media_type="image/tiff", at="here"),
        File(id="file_1", at="here"),
        File(data="aGk=", media_type="text/csv", at="here"),
        File(url="https://x/y.txt", media_type="text/plain", at="here"),
        File(data="/w==", media_type="text/plain", at="here"),
        File(data="???", media_type="text/plain", at="here"),
        ToolCall("t", "f", "{", at="here"),
        ToolCall("t", "f", "[]", at="here"),
        ToolResult("t", (File(id="f", at="here"),)),
    ],
)
def test_what_anthropic_does_not_take_is_refused_where_it_stands(part):
    with pytest.raises(Unsayable) as caught:
        blocks(part)

    assert caught.value.field == "here"


def test_instructions_are_only_text():
    turn = Turn(Role.SYSTEM, (Image(url="https://x/y", at="here"),))

    with pytest.raises(Unsayable) as caught:
        told(turns=(turn, HELLO))

    assert caught.value.field == "here"


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("choices", 2),
        ("seed", 0),
        ("presence_penalty", 0.1),
        ("frequency_penalty", -0.1),
        ("logprobs", True),
        ("top_logprobs", 2),
        ("temperature", 1.1),
        ("stop", ("END", " \n")),
        ("stop", ("",)),
        ("output", OutputSchema()),
    ],
)
def test_what_there_is_no_word_for_is_refused_by_the_callers_name(attribute, value):
    with pytest.raises(Unsayable) as caught:
        told(**{attribute: value, "names": {attribute: "theirs"}})

    assert caught.value.field == "theirs"


def test_what_only_the_callers_dialect_has_is_refused():
    with pytest.raises(Unsayable) as caught:
        told(unsaid={"logit_bias": {"1": 2}})

    assert caught.value.field == "logit_bias"


@pytest.mark.parametrize(
    ("tool", "block"),
    [
        (Tool("f"), {"name": "f", "input_schema": NONE}),
        (Tool("f", schema={}), {"name": "f", "input_schema": NONE}),
        (
            Tool("f", schema={"required": ["a"]}),
            {"name": "f", "input_schema": {"type": "object", "required": ["a"]}},
        ),
        (
            Tool("f", "Does it.", SCHEMA, strict=True, cache="5m"),
            {
                "name": "f",
                "description": "Does it.",
                "input_schema": CLOSED,
                "strict": True,
                "cache_control": {"type": "ephemeral"},
            },
        ),
    ],
)
def test_a_tool_is_told(tool, block):
    body = told(tools=(tool,))

    assert body["tools"] == [block]
    assert "tool_choice" not in body


TOOL = Tool("f")
ALONE = {"disable_parallel_tool_use": True}


@pytest.mark.parametrize(
    ("tools", "choice", "parallel", "expected"),
    [
        ((TOOL,), None, None, None),
        ((TOOL,), None, True, None),
        ((TOOL,), None, False, {"type": "auto", **ALONE}),
        ((TOOL,), ToolChoice(Choosing.AUTO), None, {"type": "auto"}),
        ((TOOL,), ToolChoice(Choosing.NONE), False, {"type": "none"}),
        ((TOOL,), ToolChoice(Choosing.ANY), False, {"type": "any", **ALONE}),
        ((TOOL,), ToolChoice(Choosing.NAMED, "f"), True, {"type": "tool", "name": "f"}),
        ((), ToolChoice(Choosing.AUTO), None, None),
        ((), ToolChoice(Choosing.NONE), None, None),
        ((), None, False, None),
        ((), ToolChoice(Choosing.ANY), None, {"type": "any"}),
    ],
)
def test_the_choice_of_tools_is_told(tools, choice, parallel, expected):
    body = told(tools=tools, tool_choice=choice, parallel_tool_calls=parallel)

    assert body.get("tool_choice") == expected


@pytest.mark.parametrize(
    ("output", "schema"),
    [
        (OutputSchema(SCHEMA, name="answer", strict=True), CLOSED),
        (
            OutputSchema(SCHEMA, description="A city."),
            {**CLOSED, "description": "A city."},
        ),
        (
            OutputSchema({**SCHEMA, "description": "Its own."}, description="A city."),
            {**CLOSED, "description": "Its own."},
        ),
        (
            OutputSchema({"type": "integer", "minimum": 1}, description="Years."),
            {"type": "integer", "description": "Years.\n\n{minimum: 1}"},
        ),
    ],
)
def test_the_schema_of_the_answer_is_told(output, schema):
    assert told(output=output)["output_config"] == {
        "format": {"type": "json_schema", "schema": schema}
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"tools": (Tool("f", schema=DEEP, at="here"),)},
        {"output": OutputSchema(DEEP, at="here")},
    ],
)
def test_a_schema_too_deep_to_be_written_is_refused(fields):
    with pytest.raises(NestedTooDeep) as caught:
        told(**fields)

    assert caught.value.field == "here"


def test_an_answer_that_may_be_any_object_is_refused():
    with pytest.raises(Unsayable) as caught:
        told(output=OutputSchema({"type": "object"}), names={"output": "text.format"})

    assert caught.value.field == "text.format"
