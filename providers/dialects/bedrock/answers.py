"""An answer of the Converse API. It names neither itself nor its model."""

from typing import Any

from providers.dialects import lenient
from providers.dialects.conversation import (
    Answer,
    Choice,
    Stop,
    Text,
    Thinking,
    ToolCall,
)
from providers.errors import UpstreamBroken
from providers.types import Usage

from .reasoning import redacted, signed

Part = Text | Thinking | ToolCall

_STOPS = {
    "end_turn": Stop.END,
    "tool_use": Stop.TOOL_CALLS,
    "max_tokens": Stop.LENGTH,
    "model_context_window_exceeded": Stop.CONTEXT_FULL,
    "stop_sequence": Stop.SEQUENCE,
    "guardrail_intervened": Stop.FILTERED,
    "content_filtered": Stop.FILTERED,
    "refusal": Stop.DECLINED,
}


def parse(body: bytes) -> Answer:
    answer = lenient.object_in(body)
    message = lenient.object_(lenient.object_(answer, "output"), "message")
    parts = tuple(
        part
        for block in lenient.objects(message, "content")
        if (part := _part(block)) is not None
    )
    calls = any(isinstance(part, ToolCall) for part in parts)
    stop, sequence = stop_of(answer, calls=calls)
    return Answer(
        id="",
        model="",
        choices=(Choice(parts, stop, sequence),),
        usage=usage_of(answer),
    )


def stop_of(said: dict[str, Any], *, calls: bool) -> tuple[Stop, str]:
    """Return why the answer ended, and the stop sequence if the provider named it.

    Raises `UpstreamBroken` when the provider could not read what its model wrote.
    """
    reason = lenient.text(said, "stopReason")
    if not reason or reason.startswith("malformed_"):
        raise UpstreamBroken(f"the answer has no good end: {reason[:40]!r}")
    stop = _STOPS.get(reason, Stop.FILTERED)
    if stop is Stop.END and calls:
        # Some models end their turn with calls and do not say so.
        stop = Stop.TOOL_CALLS
    fields = lenient.object_(said, "additionalModelResponseFields")
    return stop, lenient.text(fields, "stop_sequence")


def usage_of(said: dict[str, Any]) -> Usage | None:
    """Return the usage; Bedrock counts what it read from the cache or wrote there apart."""
    usage = lenient.object_(said, "usage")
    if "inputTokens" not in usage or "outputTokens" not in usage:
        return None
    read = lenient.count(usage, "cacheReadInputTokens")
    written = lenient.count(usage, "cacheWriteInputTokens")
    return Usage(
        prompt_tokens=lenient.count(usage, "inputTokens") + read + written,
        completion_tokens=lenient.count(usage, "outputTokens"),
        cached_tokens=read,
        cache_write_tokens=written,
    )


def _part(block: dict[str, Any]) -> Part | None:
    if isinstance(text := block.get("text"), str):
        return Text(text) if text else None
    match block:
        case {"toolUse": dict(call)} if not is_of_server(call):
            arguments = call.get("input")
            return ToolCall(
                id=lenient.text(call, "toolUseId"),
                name=lenient.text(call, "name"),
                arguments=lenient.written({} if arguments is None else arguments),
            )
        case {"reasoningContent": dict(reasoning)}:
            return _thinking(reasoning)
        case {"citationsContent": dict(cited)}:
            texts = lenient.objects(cited, "content")
            text = "".join(lenient.text(each, "text") for each in texts)
            return Text(text) if text else None
        case _:
            return None


def is_of_server(call: dict[str, Any]) -> bool:
    """True for a tool that Bedrock runs itself: its call is not the caller's to answer."""
    return call.get("type") == "server_tool_use"


def _thinking(reasoning: dict[str, Any]) -> Thinking | None:
    if content := lenient.text(reasoning, "redactedContent"):
        return Thinking("", redacted(content))
    told = lenient.object_(reasoning, "reasoningText")
    text, signature = (
        lenient.text(told, "text"),
        signed(lenient.text(told, "signature")),
    )
    return Thinking(text, signature) if text or signature else None
