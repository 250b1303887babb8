from time import process_time
from typing import Any

import pytest

from providers.dialects.conversation import (
    Ask,
    Audio,
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
from providers.dialects.gemini.sides import CALLER

HELLO = [{"role": "user", "parts": [{"text": "Hi"}]}]
SIGNATURE = "CiQB0e2Kb+8/9w=="


def parsed(**body: Any) -> Ask:
    return CALLER.parse({"contents": HELLO, **body, "model": "m", "stream": False})


def turns(*contents: Any) -> tuple[Turn, ...]:
    return parsed(contents=list(contents)).turns


def content(role: str, *parts: Any) -> dict[str, Any]:
    return {"role": role, "parts": list(parts)}


def test_a_request_is_read_whole():
    body = {
        "contents": HELLO,
        "systemInstruction": {"role": "system", "parts": [{"text": "Be brief."}]},
        "tools": [
            {
                "functionDeclarations": [
                    {
                        "name": "weather",
                        "description": "Tells it.",
                        "parameters": {
                            "type": "OBJECT",
                            "properties": {"city": {"type": "STRING"}},
                        },
                    },
                    {"name": "time", "parametersJsonSchema": {"type": "object"}},
                ]
            }
        ],
        "toolConfig": {
            "functionCallingConfig": {
                "mode": "ANY",
                "allowedFunctionNames": ["weather"],
            }
        },
        "generationConfig": {
            "temperature": 0.5,
            "topP": 0.9,
            "topK": 40.0,
            "candidateCount": 2,
            "maxOutputTokens": 100,
            "stopSequences": ["END"],
            "seed": -7,
            "presencePenalty": 0.25,
            "frequencyPenalty": -0.25,
            "responseMimeType": "application/json",
            "responseSchema": {"type": "STRING", "nullable": True},
            "responseLogprobs": True,
            "logprobs": 3,
            "thinkingConfig": {"thinkingBudget": 1024, "includeThoughts": True},
            "responseModalities": ["TEXT"],
        },
        "labels": {"team": "a"},
        "model": "house/m",
        "stream": True,
    }

    config = "generationConfig."
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    functions = "tools[0].functionDeclarations"
    assert CALLER.parse(body) == Ask(
        model="house/m",
        turns=(
            Turn(
                Role.SYSTEM,
                (Text("Be brief.", at="systemInstruction.parts[0].text"),),
                at="systemInstruction",
            ),
            Turn(
                Role.USER,
                (Text("Hi", at="contents[0].parts[0].text"),),
                at="contents[0]",
            ),
        ),
        tools=(
            Tool("weather", "Tells it.", schema, at=f"{functions}[0]"),
            Tool("time", "", {"type": "object"}, at=f"{functions}[1]"),
        ),
        tool_choice=ToolChoice(
            Choosing.NAMED,
            "weather",
            at="toolConfig.functionCallingConfig.allowedFunctionNames",
        ),
        output=OutputSchema({"type": ["string", "null"]}, at=config + "responseSchema"),
        reasoning=Reasoning("", 1024, True, at=config + "thinkingConfig"),
        max_tokens=100,
        temperature=0.5,
        top_p=0.9,
        top_k=40,
        stop=("END",),
        seed=-7,
        presence_penalty=0.25,
        frequency_penalty=-0.25,
        logprobs=True,
        top_logprobs=3,
        choices=2,
        stream=True,
        names={
            "turns": "contents",
            "max_tokens": config + "maxOutputTokens",
            "temperature": config + "temperature",
            "top_p": config + "topP",
            "top_k": config + "topK",
            "stop": config + "stopSequences",
            "seed": config + "seed",
            "presence_penalty": config + "presencePenalty",
            "frequency_penalty": config + "frequencyPenalty",
            "logprobs": config + "responseLogprobs",
            "top_logprobs": config + "logprobs",
            "choices": config + "candidateCount",
        },
    )


def test_snake_case_says_the_same_and_is_named_so():
    ask = parsed(
        system_instruction="Be brief.",
        generation_config={"max_output_tokens": "7", "thinking_config": {}},
        tools=[{"function_declarations": [{"name": "f"}]}],
        tool_config={"function_calling_config": {"mode": "none"}},
    )

    assert ask.turns[0] == Turn(
        Role.SYSTEM,
        (Text("Be brief.", at="system_instruction"),),
        at="system_instruction",
    )
    assert ask.max_tokens == 7
    assert ask.name_of("max_tokens") == "generation_config.max_output_tokens"
    assert ask.tool_choice == ToolChoice(
        Choosing.NONE, at="tool_config.function_calling_config.mode"
    )
    assert ask.unsaid == {}


def test_a_list_of_one_may_be_its_item():
    ask = parsed(contents={"parts": {"text": "Hi"}})

    assert ask.turns == (
        Turn(Role.USER, (Text("Hi", at="contents.parts.text"),), at="contents"),
    )


DEFAULTS = {
    "candidateCount": 1,
    "presencePenalty": 0,
    "frequencyPenalty": 0.0,
    "responseLogprobs": False,
    "logprobs": 0,
    "responseMimeType": "text/plain",
    "responseModalities": ["text"],
    "mediaResolution": "MEDIA_RESOLUTION_UNSPECIFIED",
    "thinkingConfig": {},
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_default_said_aloud_is_nothing(name):
    said = parsed(generationConfig={name: DEFAULTS[name]})

    assert said == parsed(generationConfig={})


def test_parts_become_what_they_hold():
    data = {"mimeType": "image/png", "data": "a-_b"}
    ask = parsed(
        contents=content(
            "user",
            {"inlineData": data},
            {"inline_data": {"mime_type": "audio/mpeg", "data": "YQ"}},
            {"inlineData": {"mimeType": "application/pdf", "data": "YWI="}},
            {"fileData": {"fileUri": "https://x.test/a.jpg"}},
            {
                "fileData": {
                    "fileUri": "https://x.test/a",
                    "mimeType": "application/pdf",
                }
            },
        )
    )

    at = "contents.parts"
    assert ask.unsaid == {}
    assert ask.turns[0].parts == (
        Image(data="a+/b", media_type="image/png", at=f"{at}[0]"),
        Audio(data="YQ==", form="mp3", at=f"{at}[1]"),
        File(data="YWI=", media_type="application/pdf", at=f"{at}[2]"),
        Image(url="https://x.test/a.jpg", at=f"{at}[3]"),
        File(url="https://x.test/a", media_type="application/pdf", at=f"{at}[4]"),
    )


def test_a_history_kept_chunk_by_chunk_is_one_turn():
    found = turns(
        *HELLO,
        content("model", {"text": "I ", "thought": True}),
        content("model", {"text": "think.", "thought": True}),
        content(
            "model",
            {
                "text": "",
                "thought": True,
                "thought_signature": "YW50aHJvcGljLmFiYw==",
            },
        ),
        content("model", {"text": "Hel"}),
        content("model", {"text": "lo"}),
        content("model", {"text": "", "thoughtSignature": SIGNATURE}),
        {"role": "model", "parts": []},
    )

    assert found[1:] == (
        Turn(
            Role.ASSISTANT,
            (
                Thinking(
                    "I think.",
                    Signature("anthropic", "abc"),
                    at="contents[1].parts[0].text",
                ),
                Text("Hello", at="contents[4].parts[0].text"),
                Thinking("", Signature("gemini", SIGNATURE), at="contents[6].parts[0]"),
            ),
            at="contents[1]",
        ),
    )


def test_calls_without_ids_are_matched_by_name_and_order():
    def call(name: str, **more: Any) -> dict[str, Any]:
        return {"functionCall": {"name": name, "args": {"n": 1}, **more}}

    def result(name: str, said: Any, **more: Any) -> dict[str, Any]:
        return {"functionResponse": {"name": name, "response": said, **more}}

    found = turns(
        *HELLO,
        content(
            "model",
            call("f") | {"thoughtSignature": SIGNATURE},
            call("f"),
            call("g", id="own"),
        ),
        content(
            "function",
            result("g", {"a": [1]}, id="own"),
            result("f", {"result": "one"}),
            result("f", {"error": {"code": 2}}),
        ),
        content("model", call("f")),
        content("user", result("f", {"output": {"b": 2}})),
    )

    seal = Signature("gemini", SIGNATURE)
    calls = [part for turn in found for part in turn.parts if type(part) is ToolCall]
    assert [(c.id, c.name, c.arguments, c.signature) for c in calls] == [
        ("call_1_0", "f", '{"n":1}', seal),
        ("call_1_1", "f", '{"n":1}', None),
        ("own", "g", '{"n":1}', None),
        ("call_3_0", "f", '{"n":1}', None),
    ]
    results = [p for turn in found for p in turn.parts if type(p) is ToolResult]
    assert [(r.call_id, r.parts[0].text, r.failed, r.name) for r in results] == [
        ("own", '{"a":[1]}', False, "g"),
        ("call_1_0", "one", False, "f"),
        ("call_1_1", '{"code":2}', True, "f"),
        ("call_3_0", '{"b":2}', False, "f"),
    ]


def unsaid_in(**body: Any) -> set[str]:
    return set(parsed(**body).unsaid)


PART = "contents[0].parts[0]"
UNSAID: list[tuple[dict[str, Any], str]] = [
    ({"cachedContent": "cachedContents/1"}, "cachedContent"),
    ({"somethingNew": 1}, "somethingNew"),
    ({"tools": [{"googleSearch": {}}]}, "tools[0].googleSearch"),
    ({"tools": [{"code_execution": {}}]}, "tools[0].code_execution"),
    ({"tools": [{"urlContext": {}}]}, "tools[0].urlContext"),
    ({"toolConfig": {"retrievalConfig": {"a": 1}}}, "toolConfig.retrievalConfig"),
    (
        {
            "toolConfig": {
                "functionCallingConfig": {
                    "mode": "ANY",
                    "allowedFunctionNames": ["a", "b"],
                }
            }
        },
        "toolConfig.functionCallingConfig.allowedFunctionNames",
    ),
    (
        {"safetySettings": [{"category": "C", "threshold": "BLOCK_ONLY_HIGH"}]},
        "safetySettings[0].threshold",
    ),
    (
        {"generationConfig": {"responseModalities": ["TEXT", "IMAGE"]}},
        "generationConfig.responseModalities",
    ),
    ({"generationConfig": {"speechConfig": {"a": 1}}}, "generationConfig.speechConfig"),
    (
        {"generationConfig": {"mediaResolution": "MEDIA_RESOLUTION_LOW"}},
        "generationConfig.mediaResolution",
    ),
    (
        {"generationConfig": {"responseMimeType": "text/x.enum"}},
        "generationConfig.responseMimeType",
    ),
    (
        {"contents": [content("user", {"executableCode": {"code": "1"}})]},
        f"{PART}.executableCode",
    ),
    (
        {"contents": [content("model", {"codeExecutionResult": {"output": "1"}})]},
        f"{PART}.codeExecutionResult",
    ),
    (
        {"contents": [content("user", {"text": "a", "videoMetadata": {"fps": 1}})]},
        f"{PART}.videoMetadata",
    ),
    (
        {"contents": [content("user", {"fileData": {"fileUri": "gs://b/a.png"}})]},
        f"{PART}.fileData.fileUri",
    ),
]


@pytest.mark.parametrize(("body", "name"), UNSAID, ids=[name for _, name in UNSAID])
def test_what_only_gemini_can_be_told_is_unsaid_by_its_name(body, name):
    assert unsaid_in(**body) == {name}


HARMLESS: list[dict[str, Any]] = [
    {"labels": {"a": "b"}},
    {"serviceTier": "flex"},
    {"store": False},
    {"safetySettings": [{"category": "C", "threshold": "BLOCK_NONE"}]},
    {"safetySettings": [{"category": "C", "threshold": "off"}]},
    {"safety_settings": [{"category": "C"}]},
]


@pytest.mark.parametrize("body", HARMLESS, ids=str)
def test_what_changes_nothing_about_the_answer_is_dropped(body):
    assert parsed(**body) == parsed()


def test_what_a_function_returns_is_left_for_it_to_return():
    function = {"name": "f", "response_json_schema": {"type": "string"}}

    ask = parsed(tools=[{"function_declarations": [function]}])

    assert ask.tools == (Tool("f", at="tools[0].function_declarations[0]"),)
    assert ask.unsaid == {}


def test_a_validated_mode_makes_every_function_strict():
    ask = parsed(
        tools=[{"functionDeclarations": [{"name": "f"}]}],
        toolConfig={"functionCallingConfig": {"mode": "VALIDATED"}},
    )

    assert ask.tools == (Tool("f", strict=True, at="tools[0].functionDeclarations[0]"),)
    assert ask.tool_choice is not None
    assert ask.tool_choice.how is Choosing.AUTO


def config(**said: Any) -> dict[str, Any]:
    return {"generationConfig": said}


BAD: list[tuple[dict[str, Any], str]] = [
    ({"contents": []}, "contents"),
    ({"contents": "Hi"}, "contents"),
    ({"contents": [content("system", {"text": "a"})]}, "contents[0].role"),
    ({"contents": [content("user", {})]}, PART),
    ({"contents": [content("user", {"text": 1})]}, f"{PART}.text"),
    (
        {"contents": [content("user", {"text": "a", "inlineData": {"data": "a"}})]},
        PART,
    ),
    (
        {"contents": [content("user", {"text": "a", "thought": 1})]},
        f"{PART}.thought",
    ),
    (
        {"contents": [content("user", {"inlineData": {"data": "a"}})]},
        f"{PART}.inlineData.mimeType",
    ),
    (
        {
            "contents": [
                content("user", {"functionResponse": {"name": "f", "response": {}}})
            ]
        },
        f"{PART}.functionResponse",
    ),
    (
        {"contents": [content("model", {"functionCall": {"name": "f", "args": []}})]},
        f"{PART}.functionCall.args",
    ),
    ({"systemInstruction": 1}, "systemInstruction"),
    (
        {"systemInstruction": {"parts": [{"inlineData": {}}]}},
        "systemInstruction.parts[0].text",
    ),
    (
        {"tools": [{"functionDeclarations": [{}]}]},
        "tools[0].functionDeclarations[0].name",
    ),
    (
        {
            "tools": [
                {"functionDeclarations": [{"name": "f", "parameters": {"type": "X"}}]}
            ]
        },
        "tools[0].functionDeclarations[0].parameters.type",
    ),
    (
        {"toolConfig": {"functionCallingConfig": {"mode": "SOME"}}},
        "toolConfig.functionCallingConfig.mode",
    ),
    (config(temperature=2.5), "generationConfig.temperature"),
    (config(topP=-1), "generationConfig.topP"),
    (config(topK=1.5), "generationConfig.topK"),
    (config(maxOutputTokens="many"), "generationConfig.maxOutputTokens"),
    (config(maxOutputTokens=True), "generationConfig.maxOutputTokens"),
    (config(candidateCount=0), "generationConfig.candidateCount"),
    (config(stopSequences=[1]), "generationConfig.stopSequences[0]"),
    (config(seed=1, presencePenalty=3), "generationConfig.presencePenalty"),
    (config(responseJsonSchema={}), "generationConfig.responseMimeType"),
    (
        config(
            responseMimeType="application/json",
            responseSchema={},
            responseJsonSchema={},
        ),
        "generationConfig.responseJsonSchema",
    ),
    (
        config(thinkingConfig={"thinkingLevel": "lots"}),
        "generationConfig.thinkingConfig.thinkingLevel",
    ),
    (
        config(thinkingConfig={"thinkingLevel": "low", "thinkingBudget": 1}),
        "generationConfig.thinkingConfig.thinkingBudget",
    ),
    (config(topK=1, top_k=2), "generationConfig.top_k"),
    (
        {"contents": [content("user", {"text": "a", "thoughtSignature": 1})]},
        f"{PART}.thoughtSignature",
    ),
]


@pytest.mark.parametrize(
    ("body", "field"), BAD, ids=[f"{n}-{f}" for n, (_, f) in enumerate(BAD)]
)
def test_a_wrong_field_is_named_and_its_text_is_not_repeated(body, field):
    with pytest.raises(BadField) as caught:
        parsed(**body)

    assert caught.value.field == field
    assert "many" not in str(caught.value)


def test_contents_must_be_there():
    with pytest.raises(MissingField) as caught:
        CALLER.parse({"model": "m", "stream": False})

    assert caught.value.field == "contents"


def test_arguments_too_deep_to_write_are_refused():
    deep: Any = 1
    for _ in range(300):
        deep = {"a": deep}

    with pytest.raises(BadField) as caught:
        turns(content("model", {"functionCall": {"name": "f", "args": deep}}))

    assert caught.value.field == "contents[0].parts[0].functionCall.args"


def test_a_conversation_in_many_pieces_takes_no_longer_each():
    piece = content("model", {"text": "a" * 100})
    call = {"functionCall": {"name": "f"}}
    result = {"functionResponse": {"name": "f", "response": {}}}

    began = process_time()
    joined = turns(*HELLO, *[piece] * 20_000)
    called = turns(
        content("model", *[call] * 10_000), content("user", *[result] * 10_000)
    )

    assert process_time() - began < 2
    assert len(joined[1].parts) == 1
    assert [p.call_id for p in called[1].parts] == [p.id for p in called[0].parts]


def test_a_result_with_an_id_is_of_the_call_that_came_without():
    calls = [
        {"functionCall": {"name": "f", **more}} for more in ({"id": "own"}, {}, {})
    ]
    results = [
        {"functionResponse": {"name": "f", "id": id, "response": {}}}
        for id in ("theirs", "own", "another")
    ]

    _, answered = turns(content("model", *calls), content("user", *results))

    assert [p.call_id for p in answered.parts] == ["call_0_1", "own", "call_0_2"]


def test_a_result_that_is_whole_may_say_so():
    def said(*, more: bool) -> Ask:
        result = {"name": "f", "response": {}, "willContinue": more}
        return parsed(
            contents=[
                content("model", {"functionCall": {"name": "f"}}),
                content("user", {"functionResponse": result}),
            ]
        )

    assert said(more=False).unsaid == {}
    assert list(said(more=True).unsaid) == [
        "contents[1].parts[0].functionResponse.willContinue"
    ]


@pytest.mark.parametrize("names", [[], ["look"]])
def test_a_call_cannot_be_demanded_where_there_are_no_functions(names):
    calling = {"mode": "ANY", "allowedFunctionNames": names}

    with pytest.raises(BadField) as refusal:
        parsed(toolConfig={"functionCallingConfig": calling})

    assert refusal.value.field.startswith("toolConfig.functionCallingConfig.")


def test_a_tool_of_googles_own_may_be_demanded_and_is_refused_as_a_tool():
    asked = parsed(
        tools=[{"googleSearch": {}}],
        toolConfig={"functionCallingConfig": {"mode": "ANY"}},
    )

    assert asked.unsaid
