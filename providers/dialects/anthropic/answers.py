"""A whole message, read from a provider and written for a caller."""

import re
from typing import Any
from uuid import uuid4

import orjson

from providers.dialects.calls import arguments_object
from providers.dialects.conversation import (
    Answer,
    Ask,
    Choice,
    Declined,
    Signature,
    Stop,
    Text,
    Thinking,
    ToolCall,
)
from providers.dialects.lenient import object_, object_in, objects, text, written
from providers.errors import UpstreamBroken
from providers.usage.stated import by_anthropic

from .seals import OWN, call_block, redacted, thinking_block
from .usage import counted

_STOPS = {
    "end_turn": Stop.END,
    "max_tokens": Stop.LENGTH,
    "model_context_window_exceeded": Stop.CONTEXT_FULL,
    "stop_sequence": Stop.SEQUENCE,
    "tool_use": Stop.TOOL_CALLS,
    "refusal": Stop.DECLINED,
    "pause_turn": Stop.PAUSED,
}
REASONS = {stop: reason for reason, stop in _STOPS.items()} | {Stop.FILTERED: "refusal"}

_ODD = re.compile(r"[^a-zA-Z0-9_-]+")

Said = Text | Thinking | ToolCall | Declined


def parse(body: bytes) -> Answer:
    """Read a provider's answer. Raises `UpstreamBroken`."""
    message = object_in(body)
    if not isinstance(message.get("content"), list):
        raise UpstreamBroken("the answer is not a message")
    parts = [
        part
        for block in objects(message, "content")
        if (part := _part(block)) is not None
    ]
    if why := explanation(message):
        parts.append(Declined(why))
    stop = stop_of(text(message, "stop_reason"))
    choice = Choice(tuple(parts), stop, text(message, "stop_sequence"))
    return Answer(
        id=text(message, "id"),
        model=text(message, "model"),
        choices=(choice,),
        usage=by_anthropic(object_(message, "usage")),
    )


def stop_of(reason: str) -> Stop:
    """Return why the message ended. Raises `UpstreamBroken` when nothing says so."""
    if not reason:
        raise UpstreamBroken("the message does not say why it ended")
    return _STOPS.get(reason, Stop.FILTERED)


def explanation(stopped: dict[str, Any]) -> str:
    """Return what is said of a refusal, in a message or in the event that ends one."""
    return text(object_(stopped, "stop_details"), "explanation")


def render(answer: Answer, ask: Ask) -> bytes:
    choice = answer.choices[0]
    declined = any(isinstance(part, Declined) for part in choice.parts)
    return orjson.dumps(
        {
            **opening(answer.id, ask.model),
            "content": [
                block for part in choice.parts for block in _blocks(part) if block
            ],
            "stop_reason": reason(choice.stop, declined=declined),
            "stop_sequence": choice.stop_sequence or None,
            "usage": counted(answer.usage),
        }
    )


def reason(stop: Stop, *, declined: bool) -> str:
    """Return the reason a caller reads. Other providers end a refusal as any answer."""
    return REASONS[Stop.DECLINED if declined and stop is Stop.END else stop]


def opening(id: str, model: str) -> dict[str, Any]:
    """Return the head of a message, as it is before anything was said."""
    return {
        "id": message_id(id),
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }


def message_id(id: str) -> str:
    if not id:
        return f"msg_{uuid4().hex}"
    return id if id.startswith("msg_") else f"msg_{_ODD.sub('_', id)}"


def _input(arguments: str) -> dict[str, str] | orjson.Fragment:
    """Return a call's arguments as an object, which they must be here, valid or not."""
    # As Anthropic advises for arguments that are no JSON: a call that was cut off ends so.
    return arguments_object(arguments) or {"INVALID_JSON": arguments}


def _part(block: dict[str, Any]) -> Said | None:
    match text(block, "type"):
        case "text":
            return Text(text(block, "text"))
        case "thinking":
            signature = text(block, "signature")
            return Thinking(
                text(block, "thinking"),
                Signature(OWN, signature) if signature else None,
            )
        case "redacted_thinking":
            return Thinking("", redacted(text(block, "data")))
        case "tool_use":
            return ToolCall(
                id=text(block, "id"),
                name=text(block, "name"),
                arguments=written(object_(block, "input")),
            )
        case _:
            # Tools that run at the provider's: nobody who is translated asked for them.
            return None


def _blocks(part: Said) -> list[dict[str, Any] | None]:
    match part:
        case Text(said) | Declined(said):
            return [{"type": "text", "text": said} if said else None]
        case Thinking():
            return [thinking_block(part)]
        case ToolCall():
            return [
                call_block(part.signature) if part.signature else None,
                {
                    "type": "tool_use",
                    "id": part.id,
                    "name": part.name,
                    "input": _input(part.arguments),
                },
            ]
