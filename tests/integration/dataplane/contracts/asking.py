"""What callers ask for in each dialect, and which kinds of providers cannot be told."""

from dataclasses import dataclass
from typing import Any

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PDF = "JVBERi0xLjQK"
WAV = "UklGRg=="
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "Where."}},
    "required": ["city"],
    "additionalProperties": False,
}
USER = {"role": "user", "content": "hi"}
SAYS = {"role": "user", "parts": [{"text": "hi"}]}
CLAUDE = ("ANTHROPIC",)
GEMINI = ("GEMINI",)
OPENAIS = ("OPENAI", "OPENAI_COMPATIBLE")


@dataclass(frozen=True)
class Asked:
    """`fields` are a request's besides its model; `beyond` the kinds that refuse them."""

    fields: dict[str, Any]
    beyond: tuple[str, ...] = ()


def _chat(
    *messages: dict[str, Any], beyond: tuple[str, ...] = (), **more: Any
) -> Asked:
    return Asked({"messages": list(messages) or [USER], **more}, beyond)


def _message(
    *messages: dict[str, Any], beyond: tuple[str, ...] = (), **more: Any
) -> Asked:
    said = {"max_tokens": 4000, "messages": list(messages) or [USER]}
    return Asked({**said, **more}, beyond)


def _response(
    input: Any = "hi", /, *, beyond: tuple[str, ...] = (), **more: Any
) -> Asked:
    return Asked({"input": input, **more}, beyond)


def _generate(
    *contents: dict[str, Any], beyond: tuple[str, ...] = (), **more: Any
) -> Asked:
    return Asked({"contents": list(contents) or [SAYS], **more}, beyond)


def _config(beyond: tuple[str, ...] = (), **config: Any) -> Asked:
    return _generate(generationConfig=config, beyond=beyond)


def _user(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": list(parts)}


def _model(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"role": "model", "parts": list(parts)}


_FUNCTION = {"name": "weather", "description": "Tells it.", "parameters": SCHEMA}
_CHAT_TOOLS = [
    {"type": "function", "function": {**_FUNCTION, "strict": True}},
    {"type": "function", "function": {"name": "time"}},
]
_CALLS = {
    "role": "assistant",
    "content": "Let me look.",
    "tool_calls": [
        {
            "id": "call_1",
            "type": "function",
            "function": {"name": "weather", "arguments": '{"city":"Oslo"}'},
        },
        {
            "id": "call_2",
            "type": "function",
            "function": {"name": "time", "arguments": ""},
            "extra_content": {"google": {"thought_signature": "c2ln"}},
        },
    ],
}
_RESULTS = [
    {"role": "tool", "tool_call_id": "call_1", "content": "Rain"},
    {
        "role": "tool",
        "tool_call_id": "call_2",
        "content": [{"type": "text", "text": "9"}],
    },
]
_CHAT_FORM = {
    "name": "place",
    "description": "A place.",
    "schema": SCHEMA,
    "strict": True,
}

CHAT = {
    "text": _chat({"role": "developer", "content": "Be brief."}, USER),
    "system": _chat(
        {"role": "system", "content": [{"type": "text", "text": "Be."}]}, USER
    ),
    "turns": _chat(USER, {"role": "assistant", "content": "Hello."}, USER),
    "refused": _chat(USER, {"role": "assistant", "refusal": "No."}, USER),
    "sampling": _chat(
        temperature=0.5, top_p=0.9, stop=["END"], max_completion_tokens=9, user="u"
    ),
    "penalties": _chat(
        seed=4, presence_penalty=0.5, frequency_penalty=0.5, beyond=CLAUDE
    ),
    "logprobs": _chat(logprobs=True, top_logprobs=2, beyond=CLAUDE),
    "choices": _chat(n=2, beyond=CLAUDE),
    "streamed": _chat(stream=True, stream_options={"include_usage": True}),
    "tools": _chat(tools=_CHAT_TOOLS),
    "a tool": _chat(
        tools=_CHAT_TOOLS,
        tool_choice={"type": "function", "function": {"name": "time"}},
    ),
    "any tool": _chat(tools=_CHAT_TOOLS, tool_choice="required"),
    "no tool": _chat(tools=_CHAT_TOOLS, tool_choice="none"),
    "one tool at a time": _chat(
        tools=_CHAT_TOOLS, parallel_tool_calls=False, beyond=GEMINI
    ),
    "results": _chat(USER, _CALLS, *_RESULTS, tools=_CHAT_TOOLS),
    "images": _chat(
        _user(
            {"type": "text", "text": "What is it?"},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
        )
    ),
    "an image elsewhere": _chat(
        _user({"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}),
    ),
    "a file": _chat(
        _user(
            {
                "type": "file",
                "file": {
                    "filename": "a.pdf",
                    "file_data": f"data:application/pdf;base64,{PDF}",
                },
            },
            {"type": "text", "text": "Sum it up."},
        )
    ),
    "sound": _chat(
        _user({"type": "input_audio", "input_audio": {"data": WAV, "format": "wav"}}),
        beyond=CLAUDE,
    ),
    "a schema": _chat(
        response_format={"type": "json_schema", "json_schema": _CHAT_FORM}
    ),
    "json": _chat(response_format={"type": "json_object"}, beyond=CLAUDE),
    "thinking": _chat(reasoning_effort="low"),
    "thoughts": _chat(
        USER,
        {
            "role": "assistant",
            "content": "Yes.",
            "reasoning_content": "Hm.",
            "reasoning_details": [
                {
                    "type": "reasoning.text",
                    "text": "Hm.",
                    "signature": "anthropic.c2ln",
                    "index": 0,
                }
            ],
        },
        USER,
    ),
}

_CLAUDE_TOOLS = [
    {
        "name": "weather",
        "description": "Tells it.",
        "input_schema": SCHEMA,
        "cache_control": {"type": "ephemeral"},
    },
    {"name": "time", "input_schema": {"type": "object"}},
]
_USES = {
    "role": "assistant",
    "content": [
        {"type": "text", "text": "Let me look."},
        {
            "type": "tool_use",
            "id": "toolu_1",
            "name": "weather",
            "input": {"city": "Oslo"},
        },
        {"type": "tool_use", "id": "toolu_2", "name": "time", "input": {}},
    ],
}
_PICTURE = {
    "type": "image",
    "source": {"type": "base64", "media_type": "image/png", "data": PNG},
}
_OUTCOMES = _user(
    {"type": "tool_result", "tool_use_id": "toolu_1", "content": "Rain"},
    {
        "type": "tool_result",
        "tool_use_id": "toolu_2",
        "content": [{"type": "text", "text": "It failed."}],
        "is_error": True,
    },
)
MESSAGES = {
    "text": _message(system="Be brief.", metadata={"user_id": "u"}),
    "system": _message(
        system=[{"type": "text", "text": "Be.", "cache_control": {"type": "ephemeral"}}]
    ),
    "turns": _message(USER, {"role": "assistant", "content": "Hello."}, USER),
    "sampling": _message(temperature=0.5, top_p=0.9, stop_sequences=["END"]),
    "top k": _message(top_k=4, beyond=OPENAIS),
    "streamed": _message(stream=True),
    "tools": _message(tools=_CLAUDE_TOOLS),
    "a tool": _message(
        tools=_CLAUDE_TOOLS, tool_choice={"type": "tool", "name": "time"}
    ),
    "any tool": _message(tools=_CLAUDE_TOOLS, tool_choice={"type": "any"}),
    "no tool": _message(tools=_CLAUDE_TOOLS, tool_choice={"type": "none"}),
    "results": _message(USER, _USES, _OUTCOMES, tools=_CLAUDE_TOOLS),
    "images": _message(_user(_PICTURE, {"type": "text", "text": "What is it?"})),
    "a file": _message(
        _user(
            {
                "type": "document",
                "title": "a.pdf",
                "source": {
                    "type": "base64",
                    "media_type": "application/pdf",
                    "data": PDF,
                },
            },
            {"type": "text", "text": "Sum it up."},
        )
    ),
    "a schema": _message(
        output_config={"format": {"type": "json_schema", "schema": SCHEMA}}
    ),
    "thinking": _message(thinking={"type": "enabled", "budget_tokens": 1024}),
    "thoughts": _message(
        USER,
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "gemini.c2ln"},
                {"type": "redacted_thinking", "data": "openai.c2Vj"},
                {"type": "text", "text": "Yes."},
            ],
        },
        USER,
    ),
}

_RESPONSE_TOOLS = [
    {"type": "function", **_FUNCTION, "strict": True},
    {"type": "function", "name": "time", "parameters": None, "strict": None},
]
_ITEMS = [
    {"role": "user", "content": [{"type": "input_text", "text": "hi"}]},
    {
        "type": "reasoning",
        "id": "rs_1",
        "summary": [{"type": "summary_text", "text": "Hm."}],
        "encrypted_content": "anthropic.c2ln",
    },
    {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": "Let me look.", "annotations": []}],
    },
    {
        "type": "function_call",
        "call_id": "call_1",
        "name": "weather",
        "arguments": '{"city":"Oslo"}',
    },
    {"type": "function_call_output", "call_id": "call_1", "output": "Rain"},
]

RESPONSES = {
    "text": _response(instructions="Be brief.", store=False, metadata={"a": "b"}),
    "items": _response(_ITEMS, tools=_RESPONSE_TOOLS),
    "sampling": _response(temperature=0.5, top_p=0.9, max_output_tokens=900),
    "logprobs": _response(
        top_logprobs=2, include=["message.output_text.logprobs"], beyond=CLAUDE
    ),
    "streamed": _response(stream=True),
    "tools": _response(tools=_RESPONSE_TOOLS),
    "a tool": _response(
        tools=_RESPONSE_TOOLS, tool_choice={"type": "function", "name": "time"}
    ),
    "images": _response(
        [
            _user(
                {
                    "type": "input_image",
                    "image_url": f"data:image/png;base64,{PNG}",
                    "detail": "auto",
                }
            )
        ]
    ),
    "a file": _response(
        [
            _user(
                {
                    "type": "input_file",
                    "filename": "a.pdf",
                    "file_data": f"data:application/pdf;base64,{PDF}",
                },
                {"type": "input_text", "text": "Sum it up."},
            )
        ]
    ),
    "a schema": _response(
        text={
            "format": {
                "type": "json_schema",
                "name": "place",
                "schema": SCHEMA,
                "strict": True,
            }
        }
    ),
    "thinking": _response(reasoning={"effort": "low", "summary": "auto"}),
}

_DECLARED = {
    "name": "weather",
    "description": "Tells it.",
    "parameters": {
        "type": "OBJECT",
        "properties": {"city": {"type": "STRING", "nullable": True}},
        "required": ["city"],
    },
}
_DECLARATIONS = [
    {
        "functionDeclarations": [
            _DECLARED,
            {"name": "time", "parametersJsonSchema": SCHEMA},
        ]
    }
]


def _calling(mode: str, *names: str) -> dict[str, Any]:
    allowed = {"allowedFunctionNames": list(names)} if names else {}
    return {"functionCallingConfig": {"mode": mode, **allowed}}


GENERATE = {
    "text": _generate(systemInstruction={"parts": [{"text": "Be brief."}]}),
    "turns": _generate(SAYS, _model({"text": "Hello."}), SAYS),
    "sampling": _config(
        temperature=0.5, topP=0.9, stopSequences=["END"], maxOutputTokens=900
    ),
    "top k": _config(OPENAIS, topK=4),
    "penalties": _config(CLAUDE, seed=4, presencePenalty=0.5, frequencyPenalty=0.5),
    "logprobs": _config(CLAUDE, responseLogprobs=True, logprobs=2),
    "choices": _config(CLAUDE, candidateCount=2),
    "tools": _generate(tools=_DECLARATIONS),
    "valid tools": _generate(tools=_DECLARATIONS, toolConfig=_calling("VALIDATED")),
    "a tool": _generate(tools=_DECLARATIONS, toolConfig=_calling("ANY", "time")),
    "no tool": _generate(tools=_DECLARATIONS, toolConfig=_calling("NONE")),
    "results": _generate(
        SAYS,
        _model(
            {"text": "Hm.", "thought": True, "thoughtSignature": "c2ln"},
            {
                "functionCall": {"name": "weather", "args": {"city": "Oslo"}},
                "thoughtSignature": "c2ln",
            },
        ),
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"name": "weather", "response": {"sky": "grey"}}}
            ],
        },
        tools=_DECLARATIONS,
    ),
    "images": _generate(
        {
            "role": "user",
            "parts": [{"inlineData": {"mimeType": "image/png", "data": PNG}}],
        }
    ),
    "a file": _generate(
        {
            "role": "user",
            "parts": [
                {"inlineData": {"mimeType": "application/pdf", "data": PDF}},
                {"text": "Sum it up."},
            ],
        }
    ),
    "a schema": _config(
        responseMimeType="application/json",
        responseSchema={"type": "OBJECT", "properties": {"city": {"type": "STRING"}}},
    ),
    "thinking": _config(CLAUDE, thinkingConfig={"thinkingBudget": 2048}),
    "a level of thinking": _config(thinkingConfig={"thinkingLevel": "HIGH"}),
}
