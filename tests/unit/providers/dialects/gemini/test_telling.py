from dataclasses import replace
from typing import Any

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
    Part,
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
from providers.dialects.errors import AskError, BadField, Unsayable
from providers.dialects.gemini.sides import PROVIDER

OWN = Signature("gemini", "c2ln")
FOREIGN = Signature("anthropic", "abc")
SKIP = "skip_thought_signature_validator"
HELLO = Turn(Role.USER, (Text("Hi"),), at="messages[0]")


def told(ask: Ask, model: str = "gemini-3-pro-preview") -> dict[str, Any]:
    return orjson.loads(PROVIDER.render(ask, model))


def ask_of(*turns: Turn, **said: Any) -> Ask:
    return Ask(model="m", turns=turns or (HELLO,), **said)


def user(*parts: Part) -> Turn:
    return Turn(Role.USER, parts, at="messages[1]")


def assistant(*parts: Part) -> Turn:
    return Turn(Role.ASSISTANT, parts, at="messages[2]")


def contents(*turns: Turn, model: str = "gemini-3-pro-preview") -> list[dict]:
    return told(ask_of(*turns), model)["contents"]


def test_a_request_is_told_whole():
    ask = ask_of(
        Turn(Role.SYSTEM, (Text("Be brief.", cache="5m"), Text("Be kind."))),
        Turn(Role.SYSTEM, (Text("Be good."),)),
        HELLO,
        tools=(
            Tool("f", "Does f.", {"type": "object", "additionalProperties": False}),
            Tool("g"),
        ),
        tool_choice=ToolChoice(Choosing.NAMED, "f"),
        parallel_tool_calls=True,
        output=OutputSchema({"type": "object"}, "person", "A person.", strict=True),
        reasoning=Reasoning(effort="low", shown=True),
        max_tokens=100,
        temperature=0.0,
        top_p=0.9,
        top_k=40,
        stop=("END",),
        seed=0,
        presence_penalty=0.25,
        frequency_penalty=-0.25,
        logprobs=True,
        top_logprobs=3,
        choices=2,
        stream=True,
    )

    assert told(ask) == {
        "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
        "systemInstruction": {
            "parts": [
                {"text": "Be brief."},
                {"text": "Be kind."},
                {"text": "Be good."},
            ]
        },
        "tools": [
            {
                "functionDeclarations": [
                    {
                        "name": "f",
                        "description": "Does f.",
                        "parametersJsonSchema": {
                            "type": "object",
                            "additionalProperties": False,
                        },
                    },
                    {"name": "g"},
                ]
            }
        ],
        "toolConfig": {
            "functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}
        },
        "generationConfig": {
            "maxOutputTokens": 100,
            "temperature": 0.0,
            "topP": 0.9,
            "topK": 40,
            "stopSequences": ["END"],
            "seed": 0,
            "presencePenalty": 0.25,
            "frequencyPenalty": -0.25,
            "responseLogprobs": True,
            "logprobs": 3,
            "candidateCount": 2,
            "responseMimeType": "application/json",
            "responseJsonSchema": {"type": "object", "description": "A person."},
            "thinkingConfig": {"thinkingLevel": "LOW", "includeThoughts": True},
        },
    }


def test_any_json_object_needs_no_schema():
    ask = ask_of(output=OutputSchema())

    assert told(ask)["generationConfig"] == {"responseMimeType": "application/json"}


CHOICES: list[tuple[ToolChoice | None, bool | None, dict[str, Any] | None]] = [
    (None, None, None),
    (None, True, {"mode": "VALIDATED"}),
    (ToolChoice(Choosing.AUTO), None, {"mode": "AUTO"}),
    (ToolChoice(Choosing.AUTO), True, {"mode": "VALIDATED"}),
    (ToolChoice(Choosing.NONE), True, {"mode": "NONE"}),
    (ToolChoice(Choosing.ANY), True, {"mode": "ANY"}),
]


@pytest.mark.parametrize(("choice", "strict", "calling"), CHOICES, ids=str)
def test_a_choice_of_tools_is_told(choice, strict, calling):
    ask = ask_of(tools=(Tool("f", strict=strict),), tool_choice=choice)

    expected = calling and {"functionCallingConfig": calling}
    assert told(ask).get("toolConfig") == expected


def test_turns_of_one_side_are_one_content():
    found = contents(
        HELLO, user(Text("there")), assistant(Text("Yo"), Declined("No.")), HELLO
    )

    assert found == [
        {"role": "user", "parts": [{"text": "Hi"}, {"text": "there"}]},
        {"role": "model", "parts": [{"text": "Yo"}, {"text": "No."}]},
        {"role": "user", "parts": [{"text": "Hi"}]},
    ]


PARTS: list[tuple[Part, dict[str, Any]]] = [
    (
        Image(data="YQ==", media_type="image/png", detail="high"),
        {"inlineData": {"mimeType": "image/png", "data": "YQ=="}},
    ),
    (
        Image(url="https://x.test/a.webp?b=c"),
        {
            "fileData": {
                "fileUri": "https://x.test/a.webp?b=c",
                "mimeType": "image/webp",
            }
        },
    ),
    (
        Image(url="https://x.test/a"),
        {"fileData": {"fileUri": "https://x.test/a"}},
    ),
    (
        File(data="YQ==", media_type="application/pdf", name="a.pdf"),
        {"inlineData": {"mimeType": "application/pdf", "data": "YQ=="}},
    ),
    (
        File(data="YQ==", name="notes.MD"),
        {"inlineData": {"mimeType": "text/markdown", "data": "YQ=="}},
    ),
    (
        Audio(data="YQ==", form="wav"),
        {"inlineData": {"mimeType": "audio/wav", "data": "YQ=="}},
    ),
]


@pytest.mark.parametrize(("part", "expected"), PARTS, ids=str)
def test_a_part_is_told(part, expected):
    assert contents(user(part)) == [{"role": "user", "parts": [expected]}]


RESULTS: list[tuple[ToolResult, dict[str, Any]]] = [
    (ToolResult("c", (Text("sunny"),)), {"result": "sunny"}),
    (ToolResult("c", (Text('{"a": 1}'),)), {"a": 1}),
    (ToolResult("c", (Text("[1]"),)), {"result": "[1]"}),
    (ToolResult("c", ()), {"result": ""}),
    (ToolResult("c", (Text("a"), Text("b"))), {"result": ["a", "b"]}),
    (ToolResult("c", (Text("boom"),), failed=True), {"error": "boom"}),
    (ToolResult("c", (Text('{"a": 1}'),), failed=True), {"error": '{"a": 1}'}),
]


@pytest.mark.parametrize(("result", "response"), RESULTS, ids=str)
def test_a_result_is_told_with_the_name_of_its_call(result, response):
    found = contents(
        HELLO, assistant(ToolCall("c", "f", '{"n": 1}', OWN)), user(result)
    )

    assert found[1:] == [
        {
            "role": "model",
            "parts": [
                {
                    "functionCall": {"id": "c", "name": "f", "args": {"n": 1}},
                    "thoughtSignature": "c2ln",
                }
            ],
        },
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"id": "c", "name": "f", "response": response}}
            ],
        },
    ]


def signatures(turn: Turn, model: str = "gemini-3-flash") -> list[str | None]:
    content, _ = contents(turn, HELLO, model=model)
    return [part.get("thoughtSignature") for part in content["parts"]]


CALL = ToolCall("c", "f", "{}")


def test_a_call_that_gemini_did_not_sign_gets_the_documented_stand_in():
    turn = assistant(Text("a"), replace(CALL, signature=FOREIGN), CALL)

    assert signatures(turn) == [None, SKIP, None]
    assert signatures(turn, "gemini-2.5-pro") == [None, None, None]
    assert signatures(turn, "gemini-flash-latest") == [None, SKIP, None]


def test_a_signature_before_a_call_without_one_is_the_calls():
    assert signatures(assistant(Thinking("Hm.", OWN), CALL)) == ["c2ln"]
    assert signatures(assistant(Thinking("", OWN), CALL)) == ["c2ln"]
    assert signatures(assistant(Thinking("", OWN), replace(CALL, signature=OWN))) == [
        "c2ln",
        "c2ln",
    ]


def test_hidden_reasoning_goes_back_to_the_text_it_came_with():
    found, _ = contents(assistant(Text("42"), Thinking("", OWN)), HELLO)

    assert found["parts"] == [{"text": "42", "thoughtSignature": "c2ln"}]


def test_signed_thoughts_go_back_and_all_others_are_left_out():
    found, _ = contents(
        assistant(
            Thinking("Hm.", OWN),
            Thinking("", OWN),
            Thinking("a", FOREIGN),
            Thinking("b"),
            Text(""),
            Text("42"),
        ),
        HELLO,
    )

    assert found["parts"] == [
        {"text": "Hm.", "thought": True, "thoughtSignature": "c2ln"},
        {"text": "", "thoughtSignature": "c2ln"},
        {"text": "42"},
    ]


def test_a_turn_of_which_nothing_can_be_told_is_left_out():
    found = contents(HELLO, assistant(Thinking("a", FOREIGN)), user(Text("b")))

    assert found == [{"role": "user", "parts": [{"text": "Hi"}, {"text": "b"}]}]


AT = "messages[1].content[0]"
UNSAYABLE: list[tuple[Ask, str]] = [
    (ask_of(unsaid={"logit_bias": {}}), "logit_bias"),
    (ask_of(HELLO, Turn(Role.SYSTEM, (Text("a"),), at="messages[1]")), "messages[1]"),
    (
        ask_of(Turn(Role.SYSTEM, (Text("a"),)), names={"turns": "messages"}),
        "messages",
    ),
    (
        ask_of(Turn(Role.SYSTEM, (Image(url="https://x.test/a", at=AT),)), HELLO),
        AT,
    ),
    (ask_of(user(Text("")), names={"turns": "messages"}), "messages"),
    (ask_of(HELLO, assistant(Text("The"))), "messages[2]"),
    (ask_of(user(File(id="file-1", at=AT))), AT),
    (ask_of(user(File(data="YQ==", at=AT))), AT),
    (ask_of(user(Image(url="http://x.test/a.png", at=AT))), AT),
    (ask_of(user(Audio(data="YQ==", form="pcm16", at=AT))), AT),
    (ask_of(assistant(ToolCall("c", "f", "[1]", at=AT)), HELLO), AT),
    (
        ask_of(
            assistant(CALL), user(ToolResult("c", (Image(data="YQ==", at=AT),), at="x"))
        ),
        AT,
    ),
    (
        ask_of(reasoning=Reasoning(effort="none", at="reasoning_effort")),
        "reasoning_effort",
    ),
]


@pytest.mark.parametrize(("ask", "field"), UNSAYABLE, ids=str)
def test_what_cannot_be_told_is_refused_by_the_callers_name(ask, field):
    with pytest.raises(Unsayable) as caught:
        told(ask)

    assert caught.value.field == field
    assert field in str(caught.value) or field == "messages"


def test_what_changes_nothing_of_what_is_said_is_left_out():
    said = ask_of(
        replace(HELLO, name="ana"), tools=(Tool("f"),), parallel_tool_calls=False
    )

    assert told(said) == told(ask_of(HELLO, tools=(Tool("f"),)))


def test_a_result_of_no_call_is_the_callers_mistake():
    with pytest.raises(BadField) as caught:
        told(ask_of(user(ToolResult("c", (Text("a"),), at=AT))))

    assert caught.value.field == AT


def test_a_schema_too_deep_to_write_is_refused():
    schema: dict[str, Any] = {}
    for _ in range(300):
        schema = {"items": schema}

    with pytest.raises(AskError):
        told(ask_of(tools=(Tool("f", schema=schema),)))
