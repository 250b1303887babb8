"""What a request for a chat completion means, field by field."""

from time import process_time

import pytest

from providers.dialects.conversation import (
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
from providers.dialects.errors import AskError, BadField, MissingField, Unsayable
from providers.dialects.openai.sides import CALLER

HELLO = [{"role": "user", "content": "Hello"}]
PIXEL = "data:image/png;base64,iVBORw0="
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tell the weather",
        "parameters": {"type": "object"},
        "strict": True,
    },
}
CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city":"Bonn"}'},
}


def ask(**fields):
    return CALLER.parse({"model": "m", "messages": HELLO, **fields})


def turns(*messages):
    return CALLER.parse({"model": "m", "messages": list(messages)}).turns


def parts(content, role="user"):
    (turn,) = turns({"role": role, "content": content})
    return turn.parts


def test_a_plain_question_is_one_turn_and_nothing_else():
    found = ask()

    assert found.model == "m"
    assert found.turns == (
        Turn(Role.USER, (Text("Hello", "messages[0].content"),), "", "messages[0]"),
    )
    assert (found.stream, found.stream_usage, found.unsaid) == (False, False, {})


@pytest.mark.parametrize(
    ("field", "value", "attribute", "meaning"),
    [
        ("max_tokens", 7, "max_tokens", 7),
        ("max_completion_tokens", 7, "max_tokens", 7),
        ("temperature", 0.5, "temperature", 0.5),
        ("temperature", 0, "temperature", 0),
        ("top_p", 1, "top_p", 1),
        ("top_k", 40, "top_k", 40),
        ("stop", "END", "stop", ("END",)),
        ("stop", ["a", "b"], "stop", ("a", "b")),
        ("stop", [], "stop", ()),
        ("n", 1, "choices", None),
        ("n", 3, "choices", 3),
        ("seed", -4, "seed", -4),
        ("presence_penalty", 0, "presence_penalty", None),
        ("presence_penalty", -2, "presence_penalty", -2),
        ("frequency_penalty", 0.0, "frequency_penalty", None),
        ("frequency_penalty", 1.5, "frequency_penalty", 1.5),
        ("logprobs", True, "logprobs", True),
        ("logprobs", False, "logprobs", None),
        ("top_logprobs", 0, "top_logprobs", None),
        ("stream", True, "stream", True),
        ("response_format", {"type": "text"}, "output", None),
        (
            "response_format",
            {"type": "json_object"},
            "output",
            OutputSchema(at="response_format"),
        ),
        (
            "response_format",
            {
                "type": "json_schema",
                "json_schema": {
                    "name": "city",
                    "description": "A city",
                    "schema": {"type": "object"},
                    "strict": True,
                },
            },
            "output",
            OutputSchema({"type": "object"}, "city", "A city", True, "response_format"),
        ),
        (
            "reasoning_effort",
            "xhigh",
            "reasoning",
            Reasoning("xhigh", at="reasoning_effort"),
        ),
        ("reasoning", {}, "reasoning", None),
        ("reasoning", {"exclude": False}, "reasoning", None),
        (
            "reasoning",
            {"effort": "low", "exclude": True},
            "reasoning",
            Reasoning("low", None, False, "reasoning"),
        ),
        (
            "reasoning",
            {"max_tokens": 2000},
            "reasoning",
            Reasoning(budget=2000, at="reasoning"),
        ),
        (
            "reasoning",
            {"enabled": True},
            "reasoning",
            Reasoning("medium", at="reasoning"),
        ),
        (
            "reasoning",
            {"enabled": False},
            "reasoning",
            Reasoning("none", at="reasoning"),
        ),
        (
            "thinking",
            {"type": "enabled", "budget_tokens": 1024},
            "reasoning",
            Reasoning(budget=1024, at="thinking"),
        ),
        (
            "thinking",
            {"type": "adaptive"},
            "reasoning",
            Reasoning(budget=-1, at="thinking"),
        ),
        (
            "thinking",
            {"type": "adaptive", "display": "omitted"},
            "reasoning",
            Reasoning(budget=-1, shown=False, at="thinking"),
        ),
        (
            "thinking",
            {"type": "enabled", "budget_tokens": 1024, "display": "summarized"},
            "reasoning",
            Reasoning(budget=1024, shown=True, at="thinking"),
        ),
        ("thinking", {"type": "disabled"}, "reasoning", None),
        (
            "reasoning",
            {"effort": "low", "summary": "auto"},
            "reasoning",
            Reasoning("low", None, True, "reasoning"),
        ),
    ],
)
def test_a_field_is_understood(field, value, attribute, meaning):
    found = ask(**{field: value})

    assert getattr(found, attribute) == meaning
    assert found.unsaid == {}


@pytest.mark.parametrize(
    ("fields", "attribute", "name"),
    [
        ({"max_tokens": 1}, "max_tokens", "max_tokens"),
        ({"max_completion_tokens": 1}, "max_tokens", "max_completion_tokens"),
        (
            {"max_tokens": 1, "max_completion_tokens": 1},
            "max_tokens",
            "max_completion_tokens",
        ),
        ({"n": 2}, "choices", "n"),
        ({"top_k": 2}, "top_k", "top_k"),
        ({"reasoning_effort": "low"}, "reasoning", "reasoning_effort"),
        ({"thinking": {"type": "adaptive"}}, "reasoning", "thinking"),
        ({"functions": [{"name": "f"}]}, "tools", "functions"),
        ({}, "output", "response_format"),
        ({}, "turns", "messages"),
    ],
)
def test_a_field_is_named_as_the_caller_named_it(fields, attribute, name):
    assert ask(**fields).name_of(attribute) == name


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, False),
        ({"stream_options": {"include_usage": True}}, True),
        ({"stream_options": {"include_usage": False}}, False),
        ({"stream_options": {"include_obfuscation": False}}, False),
    ],
)
def test_usage_is_streamed_to_who_asks_for_it(options, wanted):
    assert ask(stream=True, **options).stream_usage is wanted


@pytest.mark.parametrize(
    "field",
    [
        "client_metadata",
        "metadata",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "safety_identifier",
        "service_tier",
        "store",
        "user",
    ],
)
def test_what_changes_nothing_about_the_answer_is_dropped(field):
    assert ask(**{field: "x"}).unsaid == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("logit_bias", {"50256": -100}),
        ("modalities", ["text", "audio"]),
        ("audio", {"voice": "alloy", "format": "wav"}),
        ("prediction", {"type": "content", "content": "x"}),
        ("web_search_options", {"search_context_size": "low"}),
        ("verbosity", "low"),
        ("moderation", {"model": "omni-moderation-latest"}),
        ("min_p", 0),
        ("something_new", 1),
    ],
)
def test_what_no_other_dialect_knows_is_kept_to_be_refused(field, value):
    assert ask(**{field: value}).unsaid == {field: value}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("logit_bias", {}),
        ("logit_bias", None),
        ("modalities", ["text"]),
        ("verbosity", "medium"),
        ("tools", []),
        ("parallel_tool_calls", True),
        ("tool_choice", "auto"),
        ("tool_choice", "none"),
    ],
)
def test_a_default_that_is_said_means_what_it_means_unsaid(field, value):
    assert ask(**{field: value}) == ask()


@pytest.mark.parametrize(
    ("message", "path"),
    [
        (
            {"role": "assistant", "content": "x", "audio": {"id": "a"}},
            "messages[0].audio",
        ),
        ({"role": "user", "content": "x", "mood": "sad"}, "messages[0].mood"),
        (
            {"role": "user", "content": [{"type": "text", "text": "x", "y": 1}]},
            "messages[0].content[0].y",
        ),
        (
            {
                "role": "user",
                "content": [
                    {"type": "image_url", "image_url": {"url": PIXEL, "format": "x"}}
                ],
            },
            "messages[0].content[0].image_url.format",
        ),
    ],
)
def test_what_is_unknown_inside_a_message_is_kept_by_its_path(message, path):
    assert list(CALLER.parse({"model": "m", "messages": [message]}).unsaid) == [path]


def test_messages_are_turns_in_their_order():
    found = turns(
        {"role": "system", "content": "Be brief"},
        {"role": "developer", "content": [{"type": "text", "text": "Be kind"}]},
        {"role": "user", "content": "Hi", "name": "ana"},
        {"role": "assistant", "content": "Hello"},
    )

    assert found == (
        Turn(Role.SYSTEM, (Text("Be brief", "messages[0].content"),), at="messages[0]"),
        Turn(
            Role.SYSTEM,
            (Text("Be kind", "messages[1].content[0]"),),
            at="messages[1]",
        ),
        Turn(Role.USER, (Text("Hi", "messages[2].content"),), "ana", "messages[2]"),
        Turn(Role.ASSISTANT, (Text("Hello", "messages[3].content"),), at="messages[3]"),
    )


def test_the_system_field_goes_before_every_message():
    found = ask(system="Be brief", messages=[{"role": "system", "content": "x"}])

    assert [turn.at for turn in found.turns] == ["system", "messages[0]"]
    assert found.turns[0] == Turn(
        Role.SYSTEM, (Text("Be brief", "system"),), at="system"
    )


@pytest.mark.parametrize(
    ("part", "meaning"),
    [
        (
            {"type": "image_url", "image_url": {"url": "https://x.test/a.png"}},
            Image(url="https://x.test/a.png", at="messages[0].content[0]"),
        ),
        (
            {"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}},
            Image("iVBORw0=", "image/png", "", "low", "messages[0].content[0]"),
        ),
        (
            {"type": "image_url", "image_url": {"url": PIXEL, "detail": "auto"}},
            Image("iVBORw0=", "image/png", at="messages[0].content[0]"),
        ),
        (
            {"type": "input_audio", "input_audio": {"data": "UklG", "format": "wav"}},
            Audio("UklG", "wav", "messages[0].content[0]"),
        ),
        (
            {
                "type": "file",
                "file": {
                    "filename": "a.pdf",
                    "file_data": "data:application/pdf;base64,JVBERi0=",
                },
            },
            File(
                "JVBERi0=",
                "application/pdf",
                name="a.pdf",
                at="messages[0].content[0]",
            ),
        ),
        (
            {"type": "file", "file": {"file_id": "file-1"}},
            File(id="file-1", at="messages[0].content[0]"),
        ),
        (
            {"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}},
            Text("x", "messages[0].content[0]", "5m"),
        ),
        (
            {
                "type": "text",
                "text": "x",
                "cache_control": {"type": "ephemeral", "ttl": "1h"},
            },
            Text("x", "messages[0].content[0]", "1h"),
        ),
        (
            {
                "type": "text",
                "text": "x",
                "prompt_cache_breakpoint": {"mode": "explicit"},
            },
            Text("x", "messages[0].content[0]"),
        ),
    ],
)
def test_a_part_is_understood(part, meaning):
    assert parts([part]) == (meaning,)


def test_a_cache_hint_on_a_message_is_one_on_its_last_part():
    (turn,) = turns(
        {
            "role": "system",
            "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
            "cache_control": {"type": "ephemeral"},
        }
    )

    assert [part.cache for part in turn.parts] == ["", "5m"]


def test_an_answer_of_before_is_all_it_said():
    (turn,) = turns(
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "x"},
                {"type": "refusal", "refusal": "y"},
            ],
            "refusal": "z",
            "annotations": [{"type": "url_citation"}],
            "tool_calls": [CALL],
        }
    )

    assert turn.parts == (
        Text("x", "messages[0].content[0]"),
        Declined("y", "messages[0].content[1]"),
        Declined("z", "messages[0].refusal"),
        ToolCall(
            "call_1", "weather", '{"city":"Bonn"}', at="messages[0].tool_calls[0]"
        ),
    )


def test_what_a_client_has_parsed_of_an_answer_says_nothing_new():
    read = {**CALL["function"], "parsed_arguments": {"city": "Bonn"}}
    answer = {"role": "assistant", "content": '{"a":1}', "tool_calls": [CALL]}
    parsed = {**answer, "parsed": {"a": 1}, "tool_calls": [{**CALL, "function": read}]}

    assert ask(messages=[parsed]) == ask(messages=[answer])


@pytest.mark.parametrize(
    ("sealed", "signature"),
    [
        ("CiQB", Signature("gemini", "CiQB")),
        ("anthropic.Eq==", Signature("anthropic", "Eq==")),
    ],
)
def test_a_signature_on_a_call_comes_back(sealed, signature):
    call = {**CALL, "extra_content": {"google": {"thought_signature": sealed}}}

    (turn,) = turns({"role": "assistant", "tool_calls": [call]})

    assert turn.parts[0].signature == signature


@pytest.mark.parametrize(
    ("message", "thoughts"),
    [
        (
            {"reasoning_content": "hm"},
            [Thinking("hm", at="messages[0].reasoning_content")],
        ),
        ({"reasoning": "hm"}, [Thinking("hm", at="messages[0].reasoning")]),
        (
            {
                "reasoning_content": "hm",
                "reasoning_details": [
                    {
                        "type": "reasoning.text",
                        "text": "hm",
                        "signature": "anthropic.Eq==",
                        "index": 0,
                    },
                    {"type": "reasoning.encrypted", "data": "gAAA", "index": 1},
                    {"type": "reasoning.summary", "summary": "so", "index": 2},
                ],
            },
            [
                Thinking(
                    "hm",
                    Signature("anthropic", "Eq=="),
                    "messages[0].reasoning_details[0]",
                ),
                Thinking(
                    "", Signature("openai", "gAAA"), "messages[0].reasoning_details[1]"
                ),
                Thinking("so", None, "messages[0].reasoning_details[2]"),
            ],
        ),
    ],
)
def test_reasoning_given_back_is_told_once(message, thoughts):
    (turn,) = turns({"role": "assistant", "content": "x", **message})

    assert list(turn.parts[:-1]) == thoughts


def test_reasoning_kept_as_it_was_streamed_is_put_together_again():
    def piece(index, **said):
        return {"type": "reasoning.text", "index": index, **said}

    details = [
        piece(0, text="one "),
        piece(0, text="two"),
        piece(0, signature="anthropic.Eq=="),
        piece(1, text="three"),
        {"type": "reasoning.encrypted", "data": "gAAA", "index": 1},
    ]

    (turn,) = turns({"role": "assistant", "reasoning_details": details})

    assert [(part.text, part.signature) for part in turn.parts] == [
        ("one two", Signature("anthropic", "Eq==")),
        ("three", None),
        ("", Signature("openai", "gAAA")),
    ]


def test_results_side_by_side_are_one_turn_and_know_their_tools():
    other = {**CALL, "id": "call_2", "function": {"name": "time", "arguments": "{}"}}

    found = turns(
        {"role": "assistant", "content": "", "tool_calls": [CALL, other]},
        {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
        {
            "role": "tool",
            "tool_call_id": "call_2",
            "content": [{"type": "text", "text": "noon"}],
        },
        {"role": "user", "content": "And?"},
    )

    assert found[1] == Turn(
        Role.USER,
        (
            ToolResult(
                "call_1",
                (Text("rain", "messages[1].content"),),
                name="weather",
                at="messages[1]",
            ),
            ToolResult(
                "call_2",
                (Text("noon", "messages[2].content[0]"),),
                name="time",
                at="messages[2]",
            ),
        ),
        at="messages[1]",
    )
    assert found[2].at == "messages[3]"


def test_functions_of_before_are_tools():
    found = ask(
        functions=[{"name": "f", "parameters": {"type": "object"}}],
        function_call={"name": "f"},
        messages=[
            {"role": "user", "content": "x"},
            {
                "role": "assistant",
                "content": None,
                "function_call": {"name": "f", "arguments": "{}"},
            },
            {"role": "function", "name": "f", "content": "42"},
        ],
    )

    call, result = found.turns[1].parts[0], found.turns[2].parts[0]
    assert found.tools == (Tool("f", schema={"type": "object"}, at="functions[0]"),)
    assert found.tool_choice == ToolChoice(Choosing.NAMED, "f", "function_call")
    assert (call.name, call.arguments) == ("f", "{}")
    assert (result.call_id, result.name) == (call.id, "f")


def test_a_tool_is_understood():
    cached = {**WEATHER, "cache_control": {"type": "ephemeral"}}

    assert ask(tools=[cached]).tools == (
        Tool("weather", "Tell the weather", {"type": "object"}, True, "tools[0]", "5m"),
    )


@pytest.mark.parametrize(
    ("choice", "meaning"),
    [
        ("auto", ToolChoice(Choosing.AUTO, at="tool_choice")),
        ("none", ToolChoice(Choosing.NONE, at="tool_choice")),
        ("required", ToolChoice(Choosing.ANY, at="tool_choice")),
        (
            {"type": "function", "function": {"name": "weather"}},
            ToolChoice(Choosing.NAMED, "weather", "tool_choice"),
        ),
    ],
)
def test_a_tool_choice_is_understood(choice, meaning):
    assert ask(tools=[WEATHER], tool_choice=choice).tool_choice == meaning


def test_one_call_at_a_time_is_a_wish():
    found = ask(tools=[WEATHER], parallel_tool_calls=False)

    assert found.parallel_tool_calls is False


@pytest.mark.parametrize(
    ("fields", "field", "kind"),
    [
        ({"model": None}, "model", MissingField),
        ({"model": 1}, "model", BadField),
        ({"messages": None}, "messages", MissingField),
        ({"messages": []}, "messages", BadField),
        ({"messages": "x"}, "messages", BadField),
        ({"messages": ["x"]}, "messages[0]", BadField),
        ({"messages": [{"role": "user", "content": ""}]}, "messages", BadField),
        ({"messages": [{"content": "x"}]}, "messages[0].role", MissingField),
        ({"messages": [{"role": "bot"}]}, "messages[0].role", BadField),
        (
            {"messages": [{"role": "user", "content": 1}]},
            "messages[0].content",
            BadField,
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "video"}]}]},
            "messages[0].content[0].type",
            BadField,
        ),
        (
            {
                "messages": [
                    {
                        "role": "system",
                        "content": [{"type": "image_url", "image_url": {"url": PIXEL}}],
                    }
                ]
            },
            "messages[0].content[0].type",
            BadField,
        ),
        (
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {"type": "image_url", "image_url": {"url": "data:,x"}}
                        ],
                    }
                ]
            },
            "messages[0].content[0].image_url.url",
            BadField,
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "file", "file": {}}]}]},
            "messages[0].content[0].file",
            BadField,
        ),
        (
            {"messages": [{"role": "tool", "content": "x"}]},
            "messages[0].tool_call_id",
            MissingField,
        ),
        (
            {"messages": [{"role": "function", "name": "f", "content": "x"}]},
            "messages[0].name",
            BadField,
        ),
        (
            {
                "messages": [
                    {"role": "assistant", "tool_calls": [{"id": "1", "type": "custom"}]}
                ]
            },
            "messages[0].tool_calls[0].type",
            Unsayable,
        ),
        ({"system": ["x"]}, "system", BadField),
        ({"max_tokens": 1, "max_completion_tokens": 2}, "max_tokens", BadField),
        ({"max_tokens": 0}, "max_tokens", BadField),
        ({"temperature": 2.1}, "temperature", BadField),
        ({"temperature": "hot"}, "temperature", BadField),
        ({"stop": ["a", "b", "c", "d", "e"]}, "stop", BadField),
        ({"stop": [1]}, "stop[0]", BadField),
        ({"stop": ""}, "stop", BadField),
        ({"n": 0}, "n", BadField),
        ({"n": 129}, "n", BadField),
        ({"top_logprobs": 2}, "top_logprobs", BadField),
        ({"top_logprobs": 21, "logprobs": True}, "top_logprobs", BadField),
        ({"stream": "yes"}, "stream", BadField),
        ({"stream_options": True}, "stream_options", BadField),
        ({"response_format": {"type": "xml"}}, "response_format.type", BadField),
        (
            {"response_format": {"type": "json_schema"}},
            "response_format.json_schema",
            MissingField,
        ),
        ({"reasoning_effort": "huge"}, "reasoning_effort", BadField),
        (
            {"reasoning_effort": "low", "thinking": {"type": "adaptive"}},
            "thinking",
            BadField,
        ),
        (
            {"reasoning": {"effort": "low", "max_tokens": 9}},
            "reasoning.max_tokens",
            BadField,
        ),
        ({"tools": [{"type": "custom", "custom": {}}]}, "tools[0].type", Unsayable),
        (
            {"tools": [{"type": "function", "function": {}}]},
            "tools[0].function.name",
            MissingField,
        ),
        ({"tools": [WEATHER], "functions": [{"name": "f"}]}, "functions", BadField),
        ({"tool_choice": "required"}, "tool_choice", BadField),
        ({"tools": [WEATHER], "tool_choice": "any"}, "tool_choice", BadField),
        (
            {
                "tools": [WEATHER],
                "tool_choice": {"type": "function", "function": {"name": "x"}},
            },
            "tool_choice",
            BadField,
        ),
        (
            {"tools": [WEATHER], "tool_choice": {"type": "allowed_tools"}},
            "tool_choice.type",
            Unsayable,
        ),
    ],
)
def test_what_is_wrong_is_refused_by_its_path(fields, field, kind):
    with pytest.raises(AskError) as refused:
        ask(**fields)

    assert type(refused.value) is kind
    assert refused.value.field == field
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [
        ("thinking", {"type": "adaptive", "mood": 1}, "thinking.mood"),
        ("thinking", {"type": "disabled", "mood": 1}, "thinking.mood"),
        ("reasoning", {"effort": "low", "mood": 1}, "reasoning.mood"),
    ],
)
def test_what_is_unknown_of_reasoning_is_kept_by_its_path(field, value, path):
    assert ask(**{field: value}).unsaid == {path: 1}


def test_functions_of_before_say_nothing_about_calls_at_once():
    assert ask(functions=[{"name": "f"}]).parallel_tool_calls is None


def test_many_results_in_a_row_are_one_turn_at_once():
    results = [{"role": "tool", "tool_call_id": "1", "content": "x"}] * 50_000
    began = process_time()

    (answered,) = turns(*results)

    assert process_time() - began < 3
    assert len(answered.parts) == 50_000
    assert answered.at == "messages[0]"


def test_pieces_of_a_thought_are_joined_at_once():
    details = [{"type": "reasoning.text", "text": "x" * 50, "index": 0}] * 20_000
    began = process_time()

    (turn,) = turns({"role": "assistant", "reasoning_details": details})

    assert process_time() - began < 1
    assert [len(part.text) for part in turn.parts] == [1_000_000]
