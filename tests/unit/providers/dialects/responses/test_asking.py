import orjson
import pytest

from providers.dialects.conversation import (
    Answer,
    Ask,
    Choice,
    Choosing,
    OutputSchema,
    Reasoning,
    Role,
    Stop,
    Text,
    Tool,
    ToolChoice,
    Turn,
)
from providers.dialects.errors import BadField, MissingField, Unsayable
from providers.dialects.responses import echo
from providers.dialects.responses.asking import NAMES
from providers.dialects.responses.sides import CALLER

FUNCTION = {"type": "function", "name": "find", "parameters": {"type": "object"}}


def parsed(**fields: object) -> Ask:
    return CALLER.parse({"model": "m", "input": "hi", **fields})


def test_the_smallest_request_is_one_user_turn():
    ask = CALLER.parse({"model": "m", "input": "hi"})

    assert ask == Ask(
        model="m",
        turns=(Turn(Role.USER, (Text("hi", at="input"),), at="input"),),
        names=NAMES,
        echo=echo.of({}),
    )


def test_everything_a_conversation_has_words_for_is_read():
    body = {
        "model": "m",
        "input": "hi",
        "instructions": "be brief",
        "tools": [FUNCTION | {"description": "Finds.", "strict": True}],
        "tool_choice": {"type": "function", "name": "find"},
        "parallel_tool_calls": False,
        "text": {
            "format": {
                "type": "json_schema",
                "name": "answer",
                "description": "An answer.",
                "schema": {"type": "object"},
                "strict": True,
            },
            "verbosity": "medium",
        },
        "reasoning": {"effort": "low", "summary": "auto"},
        "max_output_tokens": 9,
        "temperature": 0.5,
        "top_p": 0.25,
        "include": ["message.output_text.logprobs", "reasoning.encrypted_content"],
        "top_logprobs": 2,
        "stream": True,
    }

    ask = CALLER.parse(body)

    system = Text("be brief", at="instructions")
    assert ask == Ask(
        model="m",
        turns=(
            Turn(Role.SYSTEM, (system,), at="instructions"),
            Turn(Role.USER, (Text("hi", at="input"),), at="input"),
        ),
        tools=(Tool("find", "Finds.", {"type": "object"}, True, at="tools[0]"),),
        tool_choice=ToolChoice(Choosing.NAMED, "find", at="tool_choice"),
        parallel_tool_calls=False,
        output=OutputSchema(
            {"type": "object"}, "answer", "An answer.", True, at="text.format"
        ),
        reasoning=Reasoning(effort="low", shown=True, at="reasoning.effort"),
        max_tokens=9,
        temperature=0.5,
        top_p=0.25,
        logprobs=True,
        top_logprobs=2,
        stream=True,
        names=NAMES,
        echo=echo.of(body),
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"user": "u", "safety_identifier": "s", "metadata": {"a": "b"}},
        {"store": True, "service_tier": "flex"},
        {"prompt_cache_key": "k", "prompt_cache_retention": "24h"},
        {"prompt_cache_options": {"mode": "explicit", "ttl": "30m"}},
        {"stream_options": {"include_obfuscation": True}},
        {"background": False, "generate": True, "truncation": "disabled"},
        {"text": {"format": {"type": "text"}, "verbosity": "medium"}},
        {"reasoning": {"context": "auto", "mode": "standard", "effort": None}},
        {"include": ["reasoning.encrypted_content"]},
        {"top_logprobs": 3},
        {"tool_choice": "auto", "tools": [], "parallel_tool_calls": True},
        {"presence_penalty": 0, "frequency_penalty": 0.0},
        {"previous_response_id": None, "conversation": None, "prompt": None},
    ],
)
def test_what_asks_for_nothing_of_a_model_is_read_past(fields):
    plain, ask = parsed(), parsed(**fields)

    assert ask.unsaid == {}
    assert {name: getattr(ask, name) for name in Ask.__slots__ if name != "echo"} == {
        name: getattr(plain, name) for name in Ask.__slots__ if name != "echo"
    }


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"truncation": "auto"}, "truncation"),
        ({"background": True}, "background"),
        ({"max_tool_calls": 3}, "max_tool_calls"),
        ({"generate": False}, "generate"),
        ({"prompt_cache_options": {"prewarm": True}}, "prompt_cache_options.prewarm"),
        ({"moderation": {"model": "x"}}, "moderation"),
        ({"include": ["file_search_call.results"]}, "include[0]"),
        ({"text": {"verbosity": "low"}}, "text.verbosity"),
        ({"reasoning": {"context": "all_turns"}}, "reasoning.context"),
        ({"reasoning": {"mode": "pro"}}, "reasoning.mode"),
        ({"tools": [FUNCTION | {"defer_loading": True}]}, "tools[0].defer_loading"),
        ({"stream_options": {"pace": 1}}, "stream_options.pace"),
        ({"unheard_of": 0}, "unheard_of"),
    ],
)
def test_what_only_openai_can_do_is_kept_by_its_path(fields, path):
    assert list(parsed(**fields).unsaid) == [path]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"prompt": {"id": "pmpt_1"}}, "prompt"),
        ({"tools": [{"type": "web_search"}]}, "tools[0].type"),
        ({"tools": [FUNCTION, {"type": "custom", "name": "x"}]}, "tools[1].type"),
        ({"tool_choice": {"type": "allowed_tools"}}, "tool_choice.type"),
    ],
)
def test_what_cannot_be_translated_is_refused_by_its_path(fields, path):
    with pytest.raises(Unsayable) as caught:
        parsed(**fields)

    assert caught.value.field == path


def test_a_kept_response_is_refused_even_when_there_is_no_input():
    with pytest.raises(Unsayable) as caught:
        CALLER.parse({"model": "m", "previous_response_id": "resp_1"})

    assert str(caught.value) == (
        "previous_response_id names a response that this model's provider does not "
        "keep; send the whole conversation in input instead."
    )


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"input": "hi"}, "model"),
        ({"model": "m"}, "input"),
        ({"model": "m", "input": "hi", "tools": [{}]}, "tools[0].type"),
        (
            {"model": "m", "input": "hi", "tools": [{"type": "function"}]},
            "tools[0].name",
        ),
        (
            {"model": "m", "input": "hi", "tool_choice": {"type": "function"}},
            "tool_choice.name",
        ),
        (
            {
                "model": "m",
                "input": "hi",
                "text": {"format": {"type": "json_schema", "name": "x"}},
            },
            "text.format.schema",
        ),
    ],
)
def test_what_is_missing_is_named(body, path):
    with pytest.raises(MissingField) as caught:
        CALLER.parse(body)

    assert caught.value.field == path


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"model": 1}, "model"),
        ({"input": 7}, "input"),
        ({"instructions": ["x"]}, "instructions"),
        ({"max_output_tokens": 0}, "max_output_tokens"),
        ({"temperature": 3}, "temperature"),
        ({"top_p": 2}, "top_p"),
        ({"tool_choice": "any"}, "tool_choice"),
        ({"text": {"format": {"type": "xml"}}}, "text.format.type"),
        ({"reasoning": {"effort": "huge"}}, "reasoning.effort"),
        ({"truncation": "some"}, "truncation"),
        ({"include": [1]}, "include[0]"),
    ],
)
def test_what_is_wrong_is_named(fields, path):
    with pytest.raises(BadField) as caught:
        parsed(**fields)

    assert caught.value.field == path


@pytest.mark.parametrize(
    ("said", "how"),
    [
        ("auto", Choosing.AUTO),
        ("none", Choosing.NONE),
        ("required", Choosing.ANY),
    ],
)
def test_a_choice_of_tools_is_read(said, how):
    ask = parsed(tools=[FUNCTION], tool_choice=said)

    assert ask.tool_choice == ToolChoice(how, at="tool_choice")


@pytest.mark.parametrize("summary", ["auto", "concise", "detailed"])
@pytest.mark.parametrize("name", ["summary", "generate_summary"])
def test_any_summary_asks_for_reasoning_to_be_shown(name, summary):
    ask = parsed(reasoning={name: summary})

    assert ask.reasoning == Reasoning(shown=True, at="reasoning.summary")


def test_an_object_of_any_shape_may_be_asked_for():
    ask = parsed(text={"format": {"type": "json_object"}})

    assert ask.output == OutputSchema(at="text.format")


@pytest.mark.parametrize("choice", ["required", {"type": "function", "name": "find"}])
def test_a_call_cannot_be_demanded_where_there_are_no_tools(choice):
    with pytest.raises(BadField) as refusal:
        parsed(tool_choice=choice)

    assert refusal.value.field == "tool_choice"


def test_a_choice_must_name_one_of_the_functions():
    with pytest.raises(BadField) as refusal:
        parsed(tools=[FUNCTION], tool_choice={"type": "function", "name": "look"})

    assert refusal.value.field == "tool_choice"


def test_what_codex_notes_of_itself_is_read_past():
    assert parsed(client_metadata={"session": "x"}).unsaid == {}


@pytest.mark.parametrize("name", ["metadata", "user", "text", "tools"])
def test_what_cannot_be_written_again_is_not_repeated(name):
    deep: object = "x"
    for _ in range(300):
        deep = {"a": deep}
    given = {"text": {"format": deep}, "tools": [deep]}.get(name, deep)

    repeated = echo.of({name: given, "temperature": 0.5})

    assert repeated == echo.of({"temperature": 0.5})


def test_a_deep_field_that_is_dropped_breaks_no_answer():
    deep: object = {}
    for _ in range(300):
        deep = {"a": deep}
    ask = parsed(metadata=deep)

    body = CALLER.render(Answer("", "", (Choice((), Stop.END),), None), ask)

    assert orjson.loads(body)["metadata"] == {}
