"""Writing a whole chat completion for a caller."""

from typing import Any

import orjson

from providers.dialects import openai_sampling, openai_usage
from providers.dialects.conversation import (
    Answer,
    Ask,
    Choice,
    Declined,
    Stop,
    Text,
    Thinking,
    ToolCall,
)
from providers.dialects.openai_chunks import answer_id

from . import reasoning

PREFIX = "chatcmpl-"


def render(answer: Answer, ask: Ask) -> bytes:
    """Write the answer for a caller of ours."""
    body: dict[str, Any] = {
        "id": answer_id(answer.id, PREFIX),
        "object": "chat.completion",
        "created": answer.created,
        "model": ask.model,
        "choices": [
            _rendered(index, choice, ask) for index, choice in enumerate(answer.choices)
        ],
    }
    if answer.usage is not None:
        body["usage"] = openai_usage.render(answer.usage)
    return orjson.dumps(body)


def finish_reason(stop: Stop, *, declined: bool, legacy: bool) -> str:
    if stop is Stop.DECLINED and declined:
        return "stop"
    if stop is Stop.TOOL_CALLS and legacy:
        return "function_call"
    return openai_sampling.FINISH_REASONS[stop]


def is_legacy(ask: Ask) -> bool:
    """True when the caller speaks of `functions`, and so must the answer."""
    return ask.name_of("tools") == "functions"


def hides_reasoning(ask: Ask) -> bool:
    return ask.reasoning is not None and ask.reasoning.shown is False


def _rendered(index: int, choice: Choice, ask: Ask) -> dict[str, Any]:
    declined = _joined(choice, Declined)
    legacy = is_legacy(ask)
    return {
        "index": index,
        "message": {
            "role": "assistant",
            "content": _joined(choice, Text),
            "refusal": declined,
            **_shown(choice, ask),
            **_calls(choice, legacy=legacy),
        },
        "logprobs": shown_logprobs(choice.logprobs),
        "finish_reason": finish_reason(
            choice.stop, declined=declined is not None, legacy=legacy
        ),
    }


def shown_logprobs(logprobs: Any) -> dict[str, Any] | None:
    return None if logprobs is None else {"content": logprobs, "refusal": None}


def _joined(choice: Choice, kind: type[Text | Declined]) -> str | None:
    texts = [part.text for part in choice.parts if isinstance(part, kind)]
    return "".join(texts) if texts else None


def _shown(choice: Choice, ask: Ask) -> dict[str, Any]:
    thoughts = [part for part in choice.parts if isinstance(part, Thinking)]
    if not thoughts or hides_reasoning(ask):
        return {}
    details = [
        reasoning.detail(each.text, each.signature, index)
        for index, each in enumerate(thoughts)
    ]
    text = "".join(each.text for each in thoughts)
    shown: dict[str, Any] = {"reasoning_content": text} if text else {}
    return shown | {"reasoning_details": details}


def _calls(choice: Choice, *, legacy: bool) -> dict[str, Any]:
    calls = [part for part in choice.parts if isinstance(part, ToolCall)]
    if not calls:
        return {}
    if legacy:
        return {"function_call": _function(calls[0])}
    return {"tool_calls": [_rendered_call(call) for call in calls]}


def _rendered_call(call: ToolCall) -> dict[str, Any]:
    told = {"id": call.id, "type": "function", "function": _function(call)}
    if call.signature:
        told["extra_content"] = reasoning.extra_content(call.signature)
    return told


def _function(call: ToolCall) -> dict[str, Any]:
    return {"name": call.name, "arguments": call.arguments or "{}"}
