"""Responses."""

from typing import Any

from .asked import CLAUDE, FUNCTION, PDF, PNG, SCHEMA, Asked, user


def _response(
    input: Any = "hi", /, *, beyond: tuple[str, ...] = (), **more: Any
) -> Asked:
    return Asked({"input": input, **more}, beyond)


_RESPONSE_TOOLS = [
    {"type": "function", **FUNCTION, "strict": True},
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

ASKED = {
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
            user(
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
            user(
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
