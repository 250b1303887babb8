"""Messages."""

from typing import Any

from .asked import OPENAI, PDF, PNG, SCHEMA, USER, Asked, user


def _message(
    *messages: dict[str, Any], beyond: tuple[str, ...] = (), **more: Any
) -> Asked:
    said = {"max_tokens": 4000, "messages": list(messages) or [USER]}
    return Asked({**said, **more}, beyond)


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
_OUTCOMES = user(
    {"type": "tool_result", "tool_use_id": "toolu_1", "content": "Rain"},
    {
        "type": "tool_result",
        "tool_use_id": "toolu_2",
        "content": [{"type": "text", "text": "It failed."}],
        "is_error": True,
    },
)
ASKED = {
    "text": _message(system="Be brief.", metadata={"user_id": "u"}),
    "system": _message(
        system=[{"type": "text", "text": "Be.", "cache_control": {"type": "ephemeral"}}]
    ),
    "turns": _message(USER, {"role": "assistant", "content": "Hello."}, USER),
    "sampling": _message(temperature=0.5, top_p=0.9, stop_sequences=["END"]),
    "top k": _message(top_k=4, beyond=OPENAI),
    "streamed": _message(stream=True),
    "tools": _message(tools=_CLAUDE_TOOLS),
    "a tool": _message(
        tools=_CLAUDE_TOOLS, tool_choice={"type": "tool", "name": "time"}
    ),
    "any tool": _message(tools=_CLAUDE_TOOLS, tool_choice={"type": "any"}),
    "no tool": _message(tools=_CLAUDE_TOOLS, tool_choice={"type": "none"}),
    "results": _message(USER, _USES, _OUTCOMES, tools=_CLAUDE_TOOLS),
    "images": _message(user(_PICTURE, {"type": "text", "text": "What is it?"})),
    "a file": _message(
        user(
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
