import orjson
import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from .asking import CHAT, ask_json, events_of, refused_field

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "days": {"type": "integer", "minimum": 3},
                "unit": {"enum": ["celsius", "kelvin"]},
            },
            "required": ["city", "days", "unit"],
        },
    },
}
TIME = {"type": "function", "function": {"name": "get_time"}}
TOOLS = [WEATHER, TIME]
ARGUMENTS = {"city": "mock", "days": 3, "unit": "celsius"}


def said(text):
    return [{"role": "user", "content": text}]


async def called(text, **fields):
    """Return the names of the tools that are called, and why the answer ended."""
    _, answer = await ask_json(CHAT, messages=said(text), **{"tools": TOOLS, **fields})
    [choice] = ChatCompletion.model_validate(answer).choices
    calls = choice.message.tool_calls or []
    assert (choice.message.content is None) == bool(calls)
    return [call.function.name for call in calls], choice.finish_reason


async def test_a_call_has_the_arguments_that_are_required():
    _, answer = await ask_json(
        CHAT, messages=said("call get_weather for Paris"), tools=TOOLS
    )

    [choice] = answer["choices"]
    [call] = choice["message"]["tool_calls"]
    assert call.pop("id").startswith("call_")
    assert orjson.loads(call["function"].pop("arguments")) == ARGUMENTS
    assert call == {"type": "function", "function": {"name": "get_weather"}}
    assert (choice["message"]["content"], choice["finish_reason"]) == (
        None,
        "tool_calls",
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("call get_time", ["get_time"]),
        ("Call `get_time`, please", ["get_time"]),
        ("call get_time and get_weather", ["get_time", "get_weather"]),
        ("call get_time, get_weather.", ["get_time", "get_weather"]),
        ("call get_time, get_time", ["get_time", "get_time"]),
        ("call me get_time", []),
        ("please call get_time", []),
        ("call nobody", []),
        ("call", []),
        ("", []),
    ],
)
async def test_a_prompt_says_what_to_call(text, names):
    assert await called(text) == (names, "tool_calls" if names else "stop")


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"tool_choice": "auto"}, []),
        ({"tool_choice": "none"}, []),
        ({"tool_choice": "required"}, ["get_weather"]),
        (
            {"tool_choice": {"type": "function", "function": {"name": "get_time"}}},
            ["get_time"],
        ),
        (
            {
                "tool_choice": {
                    "type": "allowed_tools",
                    "allowed_tools": {"mode": "required", "tools": [TIME]},
                }
            },
            ["get_time"],
        ),
        (
            {
                "tool_choice": {
                    "type": "allowed_tools",
                    "allowed_tools": {"mode": "auto", "tools": [TIME]},
                }
            },
            [],
        ),
    ],
)
async def test_the_choice_says_whether_to_call(fields, names):
    assert (await called("hello", **fields))[0] == names


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ("none", []),
        ("required", ["get_time"]),
        ({"type": "function", "function": {"name": "get_weather"}}, ["get_weather"]),
    ],
)
async def test_the_choice_is_stronger_than_the_prompt(choice, names):
    assert (await called("call get_time", tool_choice=choice))[0] == names


async def test_calls_are_not_parallel_when_they_must_not_be():
    names, _ = await called("call get_time, get_weather", parallel_tool_calls=False)

    assert names == ["get_time"]


@pytest.mark.parametrize(
    ("choice", "tools"),
    [
        ("required", []),
        ("always", TOOLS),
        ({"type": "function", "function": {"name": "other"}}, TOOLS),
        (
            {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": 1}},
            TOOLS,
        ),
        (7, TOOLS),
    ],
)
async def test_a_choice_that_cannot_be_made_is_refused(choice, tools):
    fields = {"messages": said("hi"), "tools": tools, "tool_choice": choice}

    assert await refused_field(CHAT, **fields) == "tool_choice"


async def test_after_a_result_the_answer_is_words():
    messages = [
        *said("call get_time"),
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "tool_call_id": "call_1", "content": "noon"},
    ]

    _, answer = await ask_json(CHAT, messages=messages, tools=TOOLS)

    message = answer["choices"][0]["message"]
    assert message["content"] == (
        "This is a mock response from mock-1. The tool said: 'noon'"
    )
    assert "tool_calls" not in message


async def test_a_tool_result_may_have_no_words():
    messages = [{"role": "tool", "content": None}]
    _, answer = await ask_json(CHAT, messages=messages)

    assert answer["choices"][0]["message"]["content"].endswith("The tool said: ''")


async def test_tools_that_are_no_list_are_refused():
    messages = said("hi")

    assert await refused_field(CHAT, messages=messages, tools=3) == "tools"


@pytest.mark.parametrize("choices", [1, 2])
async def test_streamed_calls_are_those_of_the_plain_answer(choices):
    fields = {
        "messages": said("call get_time and get_weather"),
        "tools": TOOLS,
        "n": choices,
    }
    _, plain = await ask_json(CHAT, **fields)
    chunks = await events_of(CHAT, **fields, stream_options={"include_usage": True})

    told = {
        index: {"content": None, "calls": {}, "reason": None}
        for index in range(choices)
    }
    for chunk in map(ChatCompletionChunk.model_validate, chunks):
        for choice in chunk.choices:
            _gather(told[choice.index], choice)
    assert [
        (list(each["calls"].values()), each["reason"], each["content"])
        for each in told.values()
    ] == [
        (
            [
                [call["function"]["name"], call["function"]["arguments"]]
                for call in choice["message"]["tool_calls"]
            ],
            "tool_calls",
            None,
        )
        for choice in plain["choices"]
    ]
    assert chunks[-1]["usage"] == plain["usage"]


def _gather(told, choice):
    told["content"] = choice.delta.content or told["content"]
    told["reason"] = choice.finish_reason or told["reason"]
    for call in choice.delta.tool_calls or []:
        if call.id:
            assert call.index == len(told["calls"])
            told["calls"][call.index] = [call.function.name, ""]
        told["calls"][call.index][1] += call.function.arguments
