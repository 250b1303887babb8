"""A whole answer of `generateContent`, both ways."""

from dataclasses import replace
from typing import Any

import orjson

from providers.dialects import lenient
from providers.dialects.calls import arguments_object
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
from providers.dialects.neighbours import joined
from providers.errors import UpstreamBroken

from . import candidates, ids, logprobs, reasons, signatures, tokens
from .candidates import Said

_Part = Text | Thinking | ToolCall | Declined

# How Gemini tells of arguments that are no object, which it cannot show.
MALFORMED = "MALFORMED_FUNCTION_CALL"


def parse(data: bytes) -> Answer:
    """Return the answer. Raises `UpstreamBroken`."""
    answer = lenient.object_in(data)
    candidates.check(answer)
    id = lenient.text(answer, "responseId")
    found = sorted(lenient.objects(answer, "candidates"), key=candidates.index_of)
    choices = tuple(_choice(each, id, number) for number, each in enumerate(found))
    if not choices:
        if not candidates.is_blocked(answer):
            raise UpstreamBroken("the answer has no candidates")
        choices = (Choice((), Stop.FILTERED),)
    model = lenient.text(answer, "modelVersion")
    return Answer(id, model, choices, tokens.usage_of(answer))


def _choice(candidate: dict[str, Any], answer: str, number: int) -> Choice:
    parts: list[Said] = []
    calls = 0
    for said in candidates.said(candidate):
        if isinstance(said, ToolCall):
            id = ids.call_id(said.id, answer, number, calls)
            parts.append(replace(said, id=id))
            calls += 1
        else:
            parts.append(said)
    reason = lenient.text(candidate, "finishReason")
    stop = reasons.stop_of(reason, called=calls > 0)
    if stop is None:
        raise UpstreamBroken("a candidate has not finished")
    return Choice(tuple(joined(parts)), stop, logprobs=logprobs.entries(candidate))


def render(answer: Answer, ask: Ask) -> bytes:
    """Return the body of the answer, the model named as the caller did."""
    body: dict[str, Any] = {
        "candidates": [
            _candidate(choice, index) for index, choice in enumerate(answer.choices)
        ],
        "modelVersion": ask.model,
        "responseId": ids.answer_id(answer.id),
    }
    if answer.usage:
        body["usageMetadata"] = tokens.metadata(answer.usage)
    return orjson.dumps(body)


def _candidate(choice: Choice, index: int) -> dict[str, Any]:
    parts = [part(each) for each in choice.parts]
    whole = [each for each in parts if each is not None]
    reason = reasons.reason_of(choice.stop)
    if len(whole) < len(parts) and choice.stop is not Stop.LENGTH:
        reason = MALFORMED
    candidate: dict[str, Any] = {
        # Clients take an answer without parts for a broken one.
        "content": {"parts": whole or [{"text": ""}], "role": "model"},
        "finishReason": reason,
        "index": index,
    }
    if choice.logprobs is not None:
        candidate["logprobsResult"] = logprobs.result(choice.logprobs)
    return candidate


def part(said: _Part) -> dict[str, Any] | None:
    """Return the part for a caller, None for a call whose arguments are no JSON object."""
    match said:
        case Text(text=text) | Declined(text=text):
            return {"text": text}
        case Thinking(text=text):
            shown: dict[str, Any] = {"text": text, "thought": True}
        case ToolCall():
            arguments = arguments_object(said.arguments)
            if arguments is None:
                return None
            call = {"id": said.id, "name": said.name, "args": arguments}
            shown = {"functionCall": call}
    if said.signature:
        shown["thoughtSignature"] = signatures.to_caller(said.signature)
    return shown
