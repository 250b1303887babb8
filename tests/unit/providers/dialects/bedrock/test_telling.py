from dataclasses import replace
from time import process_time

import orjson
import pytest

from providers.dialects.bedrock.sides import PROVIDER
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

CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
NEW_CLAUDE = "global.anthropic.claude-opus-4-8"
NOVA = "amazon.nova-lite-v1:0"
NOVA_2 = "us.amazon.nova-2-lite-v1:0"
GPT = "openai.gpt-5.6-luna"
GPT_OSS = "openai.gpt-oss-120b-1:0"
LLAMA = "us.meta.llama4-scout-17b-instruct-v1:0"
UNNAMED = "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abc123"

HI = Turn(Role.USER, (Text("Hi", at="messages[0].content"),), at="messages[0]")
HI_TOLD = {"role": "user", "content": [{"text": "Hi"}]}
WEATHER = Tool("weather", at="tools[0].function")
WEATHER_TOLD = {
    "toolSpec": {
        "name": "weather",
        "inputSchema": {"json": {"type": "object", "properties": {}}},
    }
}


def ask(*turns, **changed):
    return Ask(model="sonnet", turns=turns or (HI,), **changed)


def told(asked, model=CLAUDE):
    return orjson.loads(PROVIDER.render(asked, model))


def content_of(*parts, role=Role.USER, model=CLAUDE):
    """Return what becomes of these parts in the second turn of a conversation."""
    between = Turn(Role.ASSISTANT, (Text("Yes?"),))
    if role is Role.USER:
        turns = (HI, between, Turn(role, parts))
    else:
        turns = (HI, Turn(role, parts), HI)
    messages = told(ask(*turns), model)["messages"]
    (content,) = (each["content"] for each in messages[1:] if each["role"] == role)
    return content


def refused(asked, model=CLAUDE):
    with pytest.raises(Unsayable) as caught:
        PROVIDER.render(asked, model)
    return caught.value.field


def test_says_a_whole_conversation():
    asked = ask(
        Turn(Role.SYSTEM, (Text("Be brief."), Text("Be kind.", cache="5m"))),
        Turn(
            Role.USER,
            (
                Text("What is this?"),
                Image(data="aW1n", media_type="image/png"),
                File(data="cGRm", media_type="application/pdf", name="a_plan.pdf"),
            ),
        ),
        Turn(
            Role.ASSISTANT,
            (
                Thinking("Hm.", Signature("bedrock", "c2ln")),
                Text("Let me see."),
                ToolCall("call_1", "weather", '{"city": "Oslo"}'),
                ToolCall("call_2", "weather", ""),
            ),
        ),
        Turn(
            Role.USER,
            (
                ToolResult(
                    "call_1",
                    (Text("Snow"), Image(data="aW1n", media_type="image/jpeg")),
                ),
                ToolResult("call_2", (Text("No city"),), failed=True, cache="1h"),
                Text("So?"),
            ),
        ),
        tools=(
            Tool(
                "weather",
                "Tells the weather",
                {"type": "object", "properties": {"city": {"type": "string"}}},
                strict=True,
                cache="5m",
            ),
        ),
        tool_choice=ToolChoice(Choosing.ANY),
        output=OutputSchema(
            {"type": "integer", "minimum": 1}, name="answer", description="The answer"
        ),
        max_tokens=100,
        temperature=0.5,
        top_p=0.9,
        top_k=40,
        stop=("END", "STOP"),
    )

    assert told(asked) == {
        "system": [
            {"text": "Be brief."},
            {"text": "Be kind."},
            {"cachePoint": {"type": "default"}},
        ],
        "messages": [
            {
                "role": "user",
                "content": [
                    {"text": "What is this?"},
                    {"image": {"format": "png", "source": {"bytes": "aW1n"}}},
                    {
                        "document": {
                            "format": "pdf",
                            "name": "a plan",
                            "source": {"bytes": "cGRm"},
                        }
                    },
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {
                        "reasoningContent": {
                            "reasoningText": {"text": "Hm.", "signature": "c2ln"}
                        }
                    },
                    {"text": "Let me see."},
                    {
                        "toolUse": {
                            "toolUseId": "call_1",
                            "name": "weather",
                            "input": {"city": "Oslo"},
                        }
                    },
                    {
                        "toolUse": {
                            "toolUseId": "call_2",
                            "name": "weather",
                            "input": {},
                        }
                    },
                ],
            },
            {
                "role": "user",
                "content": [
                    {
                        "toolResult": {
                            "toolUseId": "call_1",
                            "content": [
                                {"text": "Snow"},
                                {
                                    "image": {
                                        "format": "jpeg",
                                        "source": {"bytes": "aW1n"},
                                    }
                                },
                            ],
                        }
                    },
                    {
                        "toolResult": {
                            "toolUseId": "call_2",
                            "content": [{"text": "No city"}],
                            "status": "error",
                        }
                    },
                    {"cachePoint": {"type": "default", "ttl": "1h"}},
                    {"text": "So?"},
                ],
            },
        ],
        "inferenceConfig": {
            "maxTokens": 100,
            "temperature": 0.5,
            "topP": 0.9,
            "stopSequences": ["END", "STOP"],
        },
        "toolConfig": {
            "tools": [
                {
                    "toolSpec": {
                        "name": "weather",
                        "description": "Tells the weather",
                        "inputSchema": {
                            "json": {
                                "type": "object",
                                "properties": {"city": {"type": "string"}},
                                "additionalProperties": False,
                            }
                        },
                        "strict": True,
                    }
                },
                {"cachePoint": {"type": "default"}},
            ],
            "toolChoice": {"any": {}},
        },
        "outputConfig": {
            "textFormat": {
                "type": "json_schema",
                "structure": {
                    "jsonSchema": {
                        "schema": '{"type":"integer","description":"{minimum: 1}"}',
                        "name": "answer",
                        "description": "The answer",
                    }
                },
            }
        },
        "additionalModelRequestFields": {"top_k": 40},
        "additionalModelResponseFieldPaths": ["/stop_sequence"],
    }


def test_says_no_more_than_it_was_told():
    assert told(ask()) == {"messages": [HI_TOLD]}


def test_what_is_said_by_default_needs_no_saying():
    asked = ask(
        presence_penalty=0.0,
        frequency_penalty=0.0,
        logprobs=False,
        top_logprobs=0,
        choices=1,
        parallel_tool_calls=False,
        tool_choice=ToolChoice(Choosing.NONE),
        reasoning=Reasoning(shown=True),
    )

    assert told(asked, LLAMA) == {"messages": [HI_TOLD]}


def test_turns_of_one_role_become_one_message():
    asked = ask(
        Turn(Role.USER, (Text("a"),)),
        Turn(Role.USER, (Text("b"),)),
        Turn(Role.ASSISTANT, (Text("c"),)),
        Turn(Role.ASSISTANT, (ToolCall("1", "f", "{}"),)),
        Turn(Role.USER, (ToolResult("1", ()),)),
        Turn(Role.USER, (Text("d"),)),
    )

    assert told(asked)["messages"] == [
        {"role": "user", "content": [{"text": "a"}, {"text": "b"}]},
        {
            "role": "assistant",
            "content": [
                {"text": "c"},
                {"toolUse": {"toolUseId": "1", "name": "f", "input": {}}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"toolResult": {"toolUseId": "1", "content": []}},
                {"text": "d"},
            ],
        },
    ]


def test_an_empty_turn_says_nothing():
    asked = ask(HI, Turn(Role.ASSISTANT, (Text(""),)), Turn(Role.USER, (Text("b"),)))

    assert told(asked)["messages"] == [
        {"role": "user", "content": [{"text": "Hi"}, {"text": "b"}]}
    ]


def test_later_instructions_stay_where_they_are():
    asked = ask(HI, Turn(Role.SYSTEM, (Text("Now in verse."),)))

    assert told(asked, NEW_CLAUDE)["messages"] == [
        HI_TOLD,
        {"role": "system", "content": [{"text": "Now in verse."}]},
    ]


def test_a_refusal_is_told_as_the_text_it_was():
    assert content_of(Declined("No."), role=Role.ASSISTANT) == [{"text": "No."}]


# Numbers beyond 64 bits, which parsing would round.
def test_arguments_keep_their_digits():
    call = ToolCall("1", "f", '{"n": 123456789012345678901234567890}')

    body = PROVIDER.render(ask(HI, Turn(Role.ASSISTANT, (call,)), HI), CLAUDE)

    assert b'{"n": 123456789012345678901234567890}' in body


@pytest.mark.parametrize("given", ["a b", "x" * 65, "", "ü"])
def test_an_id_bedrock_would_not_take_is_replaced_in_call_and_result(given):
    asked = ask(
        HI,
        Turn(Role.ASSISTANT, (ToolCall(given, "f", "{}"), ToolCall("ok", "f", "{}"))),
        Turn(Role.USER, (ToolResult(given, ()), ToolResult("ok", ()))),
    )

    _, calls, results = told(asked)["messages"]

    called = [each["toolUse"]["toolUseId"] for each in calls["content"]]
    answered = [each["toolResult"]["toolUseId"] for each in results["content"]]
    assert called == answered
    assert called[0].startswith("call_")
    assert len(called[0]) == 29
    assert called[1] == "ok"


@pytest.mark.parametrize(
    ("media_type", "form"),
    [
        ("image/png", "png"),
        ("image/jpeg", "jpeg"),
        ("image/jpg", "jpeg"),
        ("IMAGE/GIF", "gif"),
        ("image/webp", "webp"),
    ],
)
def test_images(media_type, form):
    assert content_of(Image(data="aW1n", media_type=media_type)) == [
        {"image": {"format": form, "source": {"bytes": "aW1n"}}}
    ]


@pytest.mark.parametrize(
    ("media_type", "name", "form", "told_name"),
    [
        ("application/pdf", "", "pdf", "document"),
        ("application/pdf", "plan.pdf", "pdf", "plan"),
        ("text/plain; charset=utf-8", "no extension", "txt", "no extension"),
        ("text/markdown", "a/b\\c  d!.md", "md", "a b c d"),
        ("", "table.CSV", "csv", "table"),
        ("application/octet-stream", "x.docx", "docx", "x"),
        ("text/html", "(a) [b]-c.html", "html", "(a) [b]-c"),
        ("application/pdf", "ü.pdf", "pdf", "document"),
        ("application/pdf", "x" * 300, "pdf", "x" * 180),
    ],
)
def test_documents(media_type, name, form, told_name):
    document = File(data="ZG9j", media_type=media_type, name=name)

    assert content_of(document) == [
        {"document": {"format": form, "name": told_name, "source": {"bytes": "ZG9j"}}}
    ]


def test_no_two_documents_have_the_same_name():
    pdf = File(data="ZG9j", media_type="application/pdf", name="plan.pdf")
    asked = ask(
        Turn(Role.USER, (pdf, pdf)),
        Turn(Role.ASSISTANT, (ToolCall("1", "f", "{}"),)),
        Turn(Role.USER, (ToolResult("1", (pdf,)),)),
    )

    first, _, last = told(asked)["messages"]

    (result,) = last["content"]
    blocks = [*first["content"], *result["toolResult"]["content"]]
    names = [each["document"]["name"] for each in blocks]
    assert names == ["plan", "plan (2)", "plan (3)"]


def test_audio():
    assert content_of(Audio(data="d2F2", form="wav")) == [
        {"audio": {"format": "wav", "source": {"bytes": "d2F2"}}}
    ]


@pytest.mark.parametrize(
    ("signature", "model", "block"),
    [
        (
            Signature("bedrock", "c2ln"),
            LLAMA,
            {"reasoningText": {"text": "Hm.", "signature": "c2ln"}},
        ),
        (
            Signature("bedrock", "redacted.c2VjcmV0"),
            CLAUDE,
            {"redactedContent": "c2VjcmV0"},
        ),
        (
            Signature("anthropic", "c2ln"),
            CLAUDE,
            {"reasoningText": {"text": "Hm.", "signature": "c2ln"}},
        ),
        (Signature("anthropic", "c2ln"), NOVA, None),
        (Signature("anthropic", "redacted_thinking.c2VjcmV0"), CLAUDE, None),
        (Signature("gemini", "c2ln"), CLAUDE, None),
        (None, CLAUDE, None),
    ],
)
def test_reasoning_goes_back_to_where_it_can_be_verified(signature, model, block):
    content = content_of(
        Thinking("Hm.", signature), Text("So."), role=Role.ASSISTANT, model=model
    )

    before = [] if block is None else [{"reasoningContent": block}]
    assert content == [*before, {"text": "So."}]


@pytest.mark.parametrize(
    ("model", "ttl", "points"),
    [
        (CLAUDE, "5m", [{"cachePoint": {"type": "default"}}]),
        (CLAUDE, "1h", [{"cachePoint": {"type": "default", "ttl": "1h"}}]),
        (UNNAMED, "1h", [{"cachePoint": {"type": "default", "ttl": "1h"}}]),
        (NOVA, "1h", [{"cachePoint": {"type": "default"}}]),
        (NOVA_2, "5m", [{"cachePoint": {"type": "default"}}]),
        (LLAMA, "5m", []),
        (GPT, "1h", []),
    ],
)
def test_asks_to_cache_where_it_can_be_asked(model, ttl, points):
    assert content_of(Text("a", cache=ttl), model=model) == [{"text": "a"}, *points]


def test_a_cache_hint_within_a_result_stands_behind_it():
    assert content_of(ToolResult("1", (Text("a"), Text("b", cache="1h")))) == [
        {"toolResult": {"toolUseId": "1", "content": [{"text": "a"}, {"text": "b"}]}},
        {"cachePoint": {"type": "default", "ttl": "1h"}},
    ]


@pytest.mark.parametrize("model", [NOVA, LLAMA])
def test_asks_to_cache_tools_of_claude_alone(model):
    tools = (Tool("weather", cache="5m"),)

    assert told(ask(tools=tools), model)["toolConfig"]["tools"] == [WEATHER_TOLD]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (None, {}),
        (ToolChoice(Choosing.AUTO), {}),
        (ToolChoice(Choosing.ANY), {"toolChoice": {"any": {}}}),
        (
            ToolChoice(Choosing.NAMED, "weather"),
            {"toolChoice": {"tool": {"name": "weather"}}},
        ),
    ],
)
def test_tool_choice(choice, said):
    asked = ask(tools=(WEATHER,), tool_choice=choice)

    assert told(asked)["toolConfig"] == {"tools": [WEATHER_TOLD], **said}


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (None, {"type": "auto"}),
        (ToolChoice(Choosing.ANY), {"type": "any"}),
        (ToolChoice(Choosing.NAMED, "weather"), {"type": "tool", "name": "weather"}),
    ],
)
def test_one_call_at_a_time_is_said_in_anthropics_words(choice, said):
    asked = ask(tools=(WEATHER,), tool_choice=choice, parallel_tool_calls=False)

    body = told(asked)

    assert body["toolConfig"] == {"tools": [WEATHER_TOLD]}
    assert body["additionalModelRequestFields"] == {
        "tool_choice": {**said, "disable_parallel_tool_use": True}
    }


def test_models_that_cannot_be_kept_from_several_calls_are_told_nothing_of_it():
    asked = ask(tools=(WEATHER,), parallel_tool_calls=False)

    assert told(asked, NOVA) == told(ask(tools=(WEATHER,)), NOVA)


def test_who_of_a_role_is_speaking_is_left_out():
    assert told(ask(Turn(Role.USER, (Text("Hi"),), name="Ann")))["messages"] == [
        HI_TOLD
    ]


def test_thinking_by_a_budget_goes_on_only_from_the_thought_before():
    call = ToolCall("c", "f", "{}")
    results = Turn(Role.USER, (ToolResult("c", ()),))
    reasoning = Reasoning(effort="low", at="reasoning_effort")
    thought = Thinking("Hm.", Signature("bedrock", "c2ln"))

    without = ask(HI, Turn(Role.ASSISTANT, (call,)), results, reasoning=reasoning)
    told(ask(HI, Turn(Role.ASSISTANT, (thought, call)), results, reasoning=reasoning))

    assert refused(without) == "reasoning_effort"


ENABLED = {"type": "enabled", "budget_tokens": 2000}


@pytest.mark.parametrize(
    ("model", "reasoning", "fields", "effort"),
    [
        (CLAUDE, Reasoning(budget=2000), {"thinking": ENABLED}, None),
        (
            CLAUDE,
            Reasoning(effort="low"),
            {"thinking": {"type": "enabled", "budget_tokens": 2048}},
            None,
        ),
        (CLAUDE, Reasoning(effort="none"), None, None),
        (
            NEW_CLAUDE,
            Reasoning(effort="high"),
            {"thinking": {"type": "adaptive"}},
            "high",
        ),
        (
            NEW_CLAUDE,
            Reasoning(effort="minimal", shown=True),
            {"thinking": {"type": "adaptive", "display": "summarized"}},
            "low",
        ),
        (NEW_CLAUDE, Reasoning(budget=-1), {"thinking": {"type": "adaptive"}}, None),
        (
            "anthropic.claude-opus-5",
            Reasoning(budget=0),
            {"thinking": {"type": "disabled"}},
            None,
        ),
        (NOVA, Reasoning(effort="none"), None, None),
        (LLAMA, Reasoning(effort="none"), None, None),
        (
            NOVA_2,
            Reasoning(effort="medium", shown=True),
            {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "medium"}},
            None,
        ),
        (NOVA_2, Reasoning(budget=0), {"reasoningConfig": {"type": "disabled"}}, None),
        (GPT_OSS, Reasoning(effort="high"), {"reasoning_effort": "high"}, None),
        (GPT, Reasoning(effort="xhigh"), {"reasoning": {"effort": "xhigh"}}, None),
        (GPT, Reasoning(budget=0), {"reasoning": {"effort": "none"}}, None),
        (GPT, Reasoning(budget=-1), None, None),
    ],
)
def test_how_much_to_think_is_said_in_the_words_of_the_models_maker(
    model, reasoning, fields, effort
):
    body = told(ask(reasoning=reasoning), model)

    assert body.get("additionalModelRequestFields") == fields
    assert body.get("outputConfig") == (None if effort is None else {"effort": effort})


def test_an_effort_and_a_schema_are_said_together():
    asked = ask(reasoning=Reasoning(effort="max"), output=OutputSchema({}))

    assert told(asked, NEW_CLAUDE)["outputConfig"] == {
        "effort": "max",
        "textFormat": {
            "type": "json_schema",
            "structure": {"jsonSchema": {"schema": "{}"}},
        },
    }


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (CLAUDE, {"top_k": 5}),
        (NOVA, {"inferenceConfig": {"topK": 5}}),
        (NOVA_2, {"inferenceConfig": {"topK": 5}}),
    ],
)
def test_top_k_is_said_in_the_words_of_the_models_maker(model, fields):
    body = told(ask(top_k=5), model)

    assert body["additionalModelRequestFields"] == fields


NAMES = {
    "seed": "generationConfig.seed",
    "top_k": "generationConfig.topK",
    "choices": "n",
    "temperature": "temperature",
}


@pytest.mark.parametrize(
    ("changed", "model", "field"),
    [
        ({"seed": 0}, CLAUDE, "generationConfig.seed"),
        ({"seed": 7}, CLAUDE, "generationConfig.seed"),
        ({"presence_penalty": 0.1}, CLAUDE, "presence_penalty"),
        ({"frequency_penalty": -1}, CLAUDE, "frequency_penalty"),
        ({"logprobs": True}, CLAUDE, "logprobs"),
        ({"top_logprobs": 3}, CLAUDE, "top_logprobs"),
        ({"choices": 2}, CLAUDE, "n"),
        ({"temperature": 1.01}, CLAUDE, "temperature"),
        ({"unsaid": {"logit_bias": {"1": 2}}}, CLAUDE, "logit_bias"),
        ({"top_k": 5}, LLAMA, "generationConfig.topK"),
        ({"top_k": 5}, UNNAMED, "generationConfig.topK"),
        ({"output": OutputSchema(at="response_format")}, CLAUDE, "response_format"),
        (
            {"output": OutputSchema({"type": "object"}, at="text.format")},
            CLAUDE,
            "text.format",
        ),
        (
            {
                "tools": (WEATHER,),
                "tool_choice": ToolChoice(Choosing.NONE, at="tool_choice"),
            },
            CLAUDE,
            "tool_choice",
        ),
        (
            {"tools": (Tool("a.b", at="tools[0].function"),)},
            CLAUDE,
            "tools[0].function.name",
        ),
    ],
)
def test_what_cannot_be_said_is_refused_by_the_callers_name(changed, model, field):
    assert refused(ask(names=NAMES, **changed), model) == field


@pytest.mark.parametrize(
    ("model", "reasoning"),
    [
        (CLAUDE, Reasoning(budget=100)),
        (CLAUDE, Reasoning(budget=-1)),
        (NEW_CLAUDE, Reasoning(budget=2000)),
        (NOVA, Reasoning(effort="low")),
        (NOVA_2, Reasoning(budget=2000)),
        (NOVA_2, Reasoning(budget=-1)),
        (NOVA_2, Reasoning(effort="xhigh")),
        (GPT_OSS, Reasoning(effort="none")),
        (GPT, Reasoning(budget=2000)),
        (LLAMA, Reasoning(effort="high")),
        (UNNAMED, Reasoning(effort="high")),
    ],
)
def test_an_amount_of_thinking_the_model_has_no_word_for_is_refused(model, reasoning):
    asked = ask(reasoning=reasoning, names={"reasoning": "reasoning_effort"})

    assert refused(asked, model) == "reasoning_effort"


@pytest.mark.parametrize(
    "part",
    [
        Image(url="https://example.test/a.png", at="x"),
        Image(url="s3://bucket/a.png", at="x"),
        Image(data="aW1n", media_type="image/tiff", at="x"),
        Image(data="aW1n", at="x"),
        File(url="https://example.test/a.pdf", media_type="application/pdf", at="x"),
        File(id="file-1", at="x"),
        File(data="ZG9j", media_type="application/zip", name="a.zip", at="x"),
        File(data="ZG9j", at="x"),
        Audio(data="d2F2", form="midi", at="x"),
        ToolCall("1", "f", "{", at="x"),
        ToolCall("1", "f", "[]", at="x"),
        ToolCall("1", "f", "1", at="x"),
    ],
)
@pytest.mark.parametrize("role", [Role.USER, Role.ASSISTANT])
def test_parts_that_cannot_be_said_are_refused_by_their_place(role, part):
    assert refused(ask(HI, Turn(role, (part,)), HI)) == "x"


def test_refuses_parts_of_results_as_well():
    part = Image(url="https://example.test/a.png", at="messages[1].content[0]")

    asked = ask(HI, Turn(Role.USER, (ToolResult("1", (part,)),)))

    assert refused(asked) == "messages[1].content[0]"


@pytest.mark.parametrize(
    ("turns", "model", "field"),
    [
        (
            (Turn(Role.ASSISTANT, (Text("a"),), at="messages[0]"), HI),
            CLAUDE,
            "messages[0]",
        ),
        (
            (
                Turn(Role.USER, (Text(""),)),
                Turn(Role.ASSISTANT, (Text("a"),), at="messages[1]"),
                HI,
            ),
            NOVA,
            "messages[1]",
        ),
        (
            (HI, Turn(Role.ASSISTANT, (Text("a"),), at="messages[1]")),
            CLAUDE,
            "messages[1]",
        ),
        ((Turn(Role.USER, (Text(""),)),), CLAUDE, "turns"),
        ((Turn(Role.SYSTEM, (Text("a"),)),), NOVA, "turns"),
        (
            (Turn(Role.SYSTEM, (Image(data="aW1n", at="system[0]"),)), HI),
            CLAUDE,
            "system[0]",
        ),
        (
            (HI, Turn(Role.SYSTEM, (Text("a"),), at="messages[1]")),
            CLAUDE,
            "messages[1]",
        ),
        (
            (HI, Turn(Role.SYSTEM, (Text("a"),), at="messages[1]")),
            NOVA,
            "messages[1]",
        ),
        (
            (HI, Turn(Role.SYSTEM, (Text("a"),), at="messages[1]")),
            UNNAMED,
            "messages[1]",
        ),
    ],
)
def test_turns_that_cannot_be_said_are_refused_by_their_place(turns, model, field):
    assert refused(ask(*turns), model) == field


def test_a_refusal_never_repeats_the_callers_text():
    secret = "a secret of mine"
    asked = ask(HI, Turn(Role.USER, (ToolCall(secret, secret, secret, at="x"),)))

    with pytest.raises(Unsayable) as caught:
        PROVIDER.render(asked, CLAUDE)

    assert secret not in str(caught.value)


def test_many_documents_of_one_name_take_no_longer_each():
    plan = File(data="ZG9j", media_type="application/pdf", name="plan.pdf")
    taken = replace(plan, name="plan (2).pdf")

    began = process_time()
    (said,) = told(ask(Turn(Role.USER, (taken, *[plan] * 10_000))))["messages"]

    assert process_time() - began < 2
    names = {block["document"]["name"] for block in said["content"]}
    assert len(names) == 10_001
