"""Chat completions."""

from typing import Any

from .asked import CLAUDE, FUNCTION, PDF, PNG, SCHEMA, USER, WAV, Asked, user


def _chat(
    *messages: dict[str, Any], beyond: tuple[str, ...] = (), **more: Any
) -> Asked:
    return Asked({"messages": list(messages) or [USER], **more}, beyond)


_CHAT_TOOLS = [
    {"type": "function", "function": {**FUNCTION, "strict": True}},
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

ASKED = {
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
    "one tool at a time": _chat(tools=_CHAT_TOOLS, parallel_tool_calls=False),
    "results": _chat(USER, _CALLS, *_RESULTS, tools=_CHAT_TOOLS),
    "images": _chat(
        user(
            {"type": "text", "text": "What is it?"},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
        )
    ),
    "an image elsewhere": _chat(
        user({"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}),
    ),
    "a file": _chat(
        user(
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
        user({"type": "input_audio", "input_audio": {"data": WAV, "format": "wav"}}),
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
