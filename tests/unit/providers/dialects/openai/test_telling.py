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
from providers.dialects.openai.sides import PROVIDER

HELLO = (Turn(Role.USER, (Text("Hello"),)),)
TOOL = Tool("weather", "Tell the weather", {"type": "object"})


def told(**fields):
    ask = Ask(**{"model": "theirs", "turns": HELLO, **fields})
    return orjson.loads(PROVIDER.render(ask, "gpt-x"))


def messages(*turns):
    return told(turns=turns)["messages"]


def user(*parts):
    (message,) = messages(Turn(Role.USER, parts))
    return message["content"]


def assistant(*parts):
    (message,) = messages(Turn(Role.ASSISTANT, parts))
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
                    "parameters": {"type": "object"},
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
        (turn(Role.ASSISTANT, Image("x", "image/png", at="m[0]")), "m[0]"),
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
