"""What goes over the wire to a provider of chat completions for a conversation of another dialect."""

import orjson
import pytest

from providers.dialects.conversation import (
    Ask,
    Audio,
    Choosing,
    Declined,
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
from providers.dialects.errors import Unsayable
from providers.dialects.openai.sides import COMPATIBLE, PROVIDER

HELLO = (Turn(Role.USER, (Text("Hello"),)),)
TOOL = Tool("weather", "Tell the weather", {"type": "object"})


def told(side=PROVIDER, model="gpt-x", **fields):
    ask = Ask(**{"model": "theirs", "turns": HELLO, **fields})
    return orjson.loads(side.render(ask, model))


def messages(*turns):
    return told(turns=turns)["messages"]


def user(*parts):
    (message,) = messages(Turn(Role.USER, parts))
    return message["content"]


def assistant(*parts, side=PROVIDER):
    turns = (Turn(Role.ASSISTANT, parts), *HELLO)
    message, _ = told(side, turns=turns)["messages"]
    return message


def test_a_plain_question_is_a_model_and_a_message():
    assert told() == {
        "model": "gpt-x",
        "messages": [{"role": "user", "content": "Hello"}],
    }


def test_every_field_finds_its_name():
    body = told(
        max_tokens=7,
        temperature=0,
        top_p=0.5,
        choices=2,
        stop=("a", "b"),
        seed=3,
        presence_penalty=1,
        frequency_penalty=-1,
        logprobs=True,
        top_logprobs=2,
        output=OutputSchema(),
        reasoning=Reasoning("high"),
        tools=(TOOL, Tool("time", strict=True)),
        tool_choice=ToolChoice(Choosing.ANY),
        parallel_tool_calls=False,
        stream=True,
        stream_usage=False,
    )

    assert body == {
        "model": "gpt-x",
        "messages": [{"role": "user", "content": "Hello"}],
        "max_completion_tokens": 7,
        "temperature": 0,
        "top_p": 0.5,
        "n": 2,
        "stop": ["a", "b"],
        "seed": 3,
        "presence_penalty": 1,
        "frequency_penalty": -1,
        "logprobs": True,
        "top_logprobs": 2,
        "response_format": {"type": "json_object"},
        "reasoning_effort": "high",
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "weather",
                    "description": "Tell the weather",
                    "parameters": {"type": "object", "properties": {}},
                },
            },
            {"type": "function", "function": {"name": "time", "strict": True}},
        ],
        "tool_choice": "required",
        "parallel_tool_calls": False,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


@pytest.mark.parametrize(
    ("choice", "value"),
    [
        (ToolChoice(Choosing.AUTO), "auto"),
        (ToolChoice(Choosing.NONE), "none"),
        (
            ToolChoice(Choosing.NAMED, "weather"),
            {"type": "function", "function": {"name": "weather"}},
        ),
    ],
)
def test_a_tool_choice_is_told(choice, value):
    assert told(tools=(TOOL,), tool_choice=choice)["tool_choice"] == value


@pytest.mark.parametrize(
    ("reasoning", "effort"),
    [
        (Reasoning("minimal"), "minimal"),
        (Reasoning("max"), "max"),
        (Reasoning("low", budget=9999), "low"),
        (Reasoning(budget=-1), None),
        (Reasoning(budget=0), "none"),
        (Reasoning(budget=1), "low"),
        (Reasoning(budget=2048), "low"),
        (Reasoning(budget=2049), "medium"),
        (Reasoning(budget=8192), "medium"),
        (Reasoning(budget=8193), "high"),
        (Reasoning(shown=True), None),
    ],
)
def test_a_budget_is_told_as_an_effort(reasoning, effort):
    assert told(reasoning=reasoning).get("reasoning_effort") == effort


def test_a_schema_is_told_whole():
    output = OutputSchema({"type": "object"}, "city", "A city", True)

    assert told(output=output)["response_format"] == {
        "type": "json_schema",
        "json_schema": {
            "name": "city",
            "description": "A city",
            "schema": {"type": "object"},
            "strict": True,
        },
    }


def test_a_schema_without_a_name_is_given_one():
    output = OutputSchema({"type": "object"})

    assert told(output=output)["response_format"]["json_schema"] == {
        "name": "answer",
        "schema": {"type": "object"},
    }


def test_turns_are_messages_and_results_come_before_what_was_said_with_them():
    found = messages(
        Turn(Role.SYSTEM, (Text("a"), Text("b"))),
        Turn(Role.USER, (Text("Hi"),), "ana"),
        Turn(
            Role.ASSISTANT,
            (Text("Let me see."), ToolCall("call_1", "weather", "")),
        ),
        Turn(
            Role.USER,
            (
                Text("Here."),
                ToolResult("call_1", (Text("rain"),)),
                ToolResult("call_2", ()),
            ),
        ),
    )

    assert found == [
        {
            "role": "system",
            "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
        },
        {"role": "user", "content": "Hi", "name": "ana"},
        {
            "role": "assistant",
            "content": "Let me see.",
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "weather", "arguments": "{}"},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
        {"role": "tool", "tool_call_id": "call_2", "content": ""},
        {"role": "user", "content": "Here."},
    ]


@pytest.mark.parametrize(
    ("part", "written"),
    [
        (
            Image(url="https://x.test/a.png", detail="low"),
            {
                "type": "image_url",
                "image_url": {"url": "https://x.test/a.png", "detail": "low"},
            },
        ),
        (
            Image("iVBO", "image/png"),
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBO"}},
        ),
        (
            Audio("UklG", "wav"),
            {"type": "input_audio", "input_audio": {"data": "UklG", "format": "wav"}},
        ),
        (
            File("JVBE", "application/pdf"),
            {
                "type": "file",
                "file": {
                    "filename": "document.pdf",
                    "file_data": "data:application/pdf;base64,JVBE",
                },
            },
        ),
        (File(id="file-1"), {"type": "file", "file": {"file_id": "file-1"}}),
    ],
)
def test_a_part_is_told(part, written):
    assert user(Text("See:"), part) == [{"type": "text", "text": "See:"}, written]


def test_cache_hints_are_dropped_since_openai_caches_by_itself():
    assert user(Text("x", cache="1h")) == "x"


def test_reasoning_that_others_sealed_or_nobody_is_dropped():
    message = assistant(
        Thinking("a"),
        Thinking("b", Signature("anthropic", "Eq==")),
        Thinking("", Signature("openai", "gAAAA")),
        Text("x"),
    )

    assert message == {"role": "assistant", "content": "x"}


def test_a_refusal_is_told_as_one():
    assert assistant(Declined("No.")) == {
        "role": "assistant",
        "content": None,
        "refusal": "No.",
    }


def test_a_signature_of_another_provider_on_a_call_is_dropped():
    call = ToolCall("1", "f", "{}", Signature("gemini", "CiQB"))

    assert assistant(call)["tool_calls"] == [
        {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    ]


def test_a_failed_tool_is_told_by_its_text():
    result = ToolResult("1", (Text("no such city"),), failed=True)

    assert messages(Turn(Role.USER, (result,))) == [
        {"role": "tool", "tool_call_id": "1", "content": "no such city"}
    ]


def turn(role, part):
    return {"turns": (Turn(role, (part,)),)}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"unsaid": {"safetySettings": []}}, "safetySettings"),
        (
            {"top_k": 5, "names": {"top_k": "generationConfig.topK"}},
            "generationConfig.topK",
        ),
        (
            {"stop": tuple("abcde"), "names": {"stop": "stop_sequences"}},
            "stop_sequences",
        ),
        (turn(Role.SYSTEM, Image("x", "image/png", at="system[0]")), "system[0]"),
        (
            {"turns": (*turn(Role.ASSISTANT, Image(at="m[0]"))["turns"], *HELLO)},
            "m[0]",
        ),
        ({"turns": (*HELLO, Turn(Role.ASSISTANT, (), at="m[1]"))}, "m[1]"),
        (turn(Role.USER, Audio("x", "flac", at="m[0]")), "m[0]"),
        (turn(Role.USER, File(url="https://x.test/a.pdf", at="m[0]")), "m[0]"),
        (
            turn(
                Role.USER, ToolResult("1", (Image("x", "image/png", at="m[0].r[0]"),))
            ),
            "m[0].r[0]",
        ),
        (turn(Role.USER, ToolResult("1", (), failed=True, at="m[0]")), "m[0]"),
        (
            turn(Role.USER, ToolResult("1", (Text(""),), failed=True, at="m[0]")),
            "m[0]",
        ),
    ],
)
def test_what_a_chat_cannot_say_is_refused_in_the_callers_words(fields, field):
    with pytest.raises(Unsayable) as refused:
        told(**fields)

    assert refused.value.field == field
    assert field in str(refused.value)


@pytest.mark.parametrize(
    ("schema", "parameters"),
    [
        (None, None),
        ({}, {"type": "object", "properties": {}}),
        ({"type": "object"}, {"type": "object", "properties": {}}),
        (
            {"properties": {"a": {"type": "string"}}},
            {"type": "object", "properties": {"a": {"type": "string"}}},
        ),
        (
            {"$ref": "#/$defs/a"},
            {"type": "object", "properties": {}, "$ref": "#/$defs/a"},
        ),
    ],
)
def test_a_schema_of_arguments_is_one_openai_takes(schema, parameters):
    (tool,) = told(tools=(Tool("f", schema=schema),))["tools"]

    assert tool["function"].get("parameters") == parameters


CITY = {"type": "string"}
STRICT = {
    "type": "object",
    "properties": {"city": CITY},
    "required": ["city"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("schema", "is_told"),
    [
        (None, True),
        (STRICT, True),
        (STRICT | {"required": []}, False),
        (STRICT | {"additionalProperties": True}, False),
        ({"type": "object", "properties": {"city": CITY}}, False),
        (STRICT | {"properties": {"city": {"type": "object"}}}, False),
        (STRICT | {"properties": {"city": {"type": ["object", "null"]}}}, False),
        (STRICT | {"properties": {"city": {"anyOf": [{"type": "object"}]}}}, False),
        (STRICT | {"$defs": {"a": STRICT | {"required": []}}}, False),
        (STRICT | {"properties": {"city": STRICT}}, True),
    ],
)
def test_strictness_is_told_of_schemas_that_openais_has_room_for(schema, is_told):
    (tool,) = told(tools=(Tool("f", schema=schema, strict=True),))["tools"]

    assert tool["function"].get("strict", False) is is_told


def test_a_call_and_its_result_go_by_a_short_id_when_theirs_is_too_long():
    long = "toolu_" + "x" * 40

    call, result = told(
        turns=(
            Turn(Role.ASSISTANT, (ToolCall(long, "f", "{}"),)),
            Turn(Role.USER, (ToolResult(long, (Text("x"),)),)),
        )
    )["messages"]

    id = call["tool_calls"][0]["id"]
    assert id == result["tool_call_id"]
    assert len(id) <= 40


def test_an_id_of_40_characters_stays():
    assert assistant(ToolCall("x" * 40, "f", "{}"))["tool_calls"][0]["id"] == "x" * 40


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-4.1-mini", "chatgpt-4o-latest"])
@pytest.mark.parametrize("reasoning", [Reasoning("none"), Reasoning(budget=0)])
def test_a_model_that_does_not_think_is_not_told_not_to(model, reasoning):
    assert "reasoning_effort" not in told(model=model, reasoning=reasoning)


def test_a_compatible_server_is_told_top_k_and_the_ceiling_of_before():
    body = told(COMPATIBLE, top_k=40, max_tokens=7)

    assert (body["top_k"], body["max_tokens"]) == (40, 7)


def test_a_compatible_server_sees_what_it_thought_before_it_called():
    call = ToolCall("1", "f", "{}")

    calling = assistant(Thinking("a"), Thinking("b"), call, side=COMPATIBLE)
    saying = assistant(Thinking("a"), Text("x"), side=COMPATIBLE)
    sealed = assistant(
        Thinking("a", Signature("anthropic", "Eq==")), call, side=COMPATIBLE
    )

    assert calling["reasoning_content"] == "ab"
    assert "reasoning_content" not in saying
    assert "reasoning_content" not in sealed
