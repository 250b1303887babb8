"""A caller of Gemini's content, who gets a stream as events or as one growing array."""

import base64
import json
from dataclasses import replace
from typing import Any

from providers.dialects.conversation import Stop
from providers.operations import Operation
from providers.types import Usage
from tests.integration.dataplane.translation.said import Called, Heard

from .reading import Event

OPERATION = Operation.GENERATE


def path(*, stream: bool) -> str:
    method = "streamGenerateContent" if stream else "generateContent"
    return f"/v1beta/models/fast:{method}"


def body(*, stream: bool) -> dict[str, Any]:
    declared = [{"name": name} for name in ("weather", "time")]
    return {
        "contents": [{"role": "user", "parts": [{"text": "hi"}]}],
        "tools": [{"functionDeclarations": declared}],
        "generationConfig": {"maxOutputTokens": 99},
    }


def next_body(asked: dict[str, Any], heard: Heard) -> dict[str, Any]:
    said: list[dict[str, Any]] = [
        {
            "functionResponse": {
                "id": call.id,
                "name": call.name,
                "response": {"result": f"{call.name}: fine"},
            }
        }
        for call in heard.calls
    ] or [{"text": "and?"}]
    turn = {"role": "model", "parts": heard.turn}
    results = {"role": "user", "parts": said}
    return {**asked, "contents": [*asked["contents"], turn, results]}


def can_hear(usage: Usage) -> Usage:
    return replace(usage, cache_write_tokens=0)


def whole(answer: dict[str, Any]) -> Heard:
    return _put_together([answer])


def stream(events: list[Event]) -> Heard:
    assert all(name == "" for name, _ in events)
    return array([data for _, data in events])


def array(answers: list[dict[str, Any]]) -> Heard:
    if "error" in answers[-1]:
        for each in answers[:-1]:
            _check(each)
        error = answers[-1]["error"]
        assert isinstance(error["code"], int)
        assert error["message"]
        assert error["status"]
        details = error.get("details") or [{"reason": error["message"]}]
        return Heard(broke=details[0]["reason"])
    return _put_together(answers)


def _put_together(answers: list[dict[str, Any]]) -> Heard:
    parts: list[dict[str, Any]] = []
    usage, reason = None, ""
    for answer in answers:
        assert not reason
        candidate = _check(answer)
        parts += candidate["content"]["parts"]
        reason = candidate.get("finishReason", "")
        usage = answer.get("usageMetadata", usage)
    assert len({answer["responseId"] for answer in answers}) == 1
    heard = Heard(turn=parts, usage=_usage_in(usage))
    for part in parts:
        _hear(part, heard)
    if reason == "MAX_TOKENS":
        heard.stop = Stop.LENGTH
    else:
        assert reason == "STOP"
        heard.stop = Stop.TOOL_CALLS if heard.calls else Stop.END
    return heard


def _check(answer: dict[str, Any]) -> dict[str, Any]:
    [candidate] = answer["candidates"]
    assert candidate["content"]["role"] == "model"
    assert candidate["content"]["parts"]
    return candidate


def _hear(part: dict[str, Any], heard: Heard) -> None:
    if seal := part.get("thoughtSignature"):
        # Clients keep it as bytes.
        base64.b64decode(seal, validate=True)
        heard.seals += (seal,)
    if call := part.get("functionCall"):
        arguments = json.dumps(call["args"], ensure_ascii=False, separators=(",", ":"))
        heard.calls += (Called(call["id"], call["name"], arguments),)
    elif part.get("thought"):
        heard.thought += part["text"]
    else:
        heard.text += part.get("text", "")


def _usage_in(usage: dict[str, Any] | None) -> Usage | None:
    if usage is None:
        return None
    thought = usage.get("thoughtsTokenCount", 0)
    completion = usage.get("candidatesTokenCount", 0) + thought
    assert usage["totalTokenCount"] == usage["promptTokenCount"] + completion
    return Usage(
        usage["promptTokenCount"],
        completion,
        cached_tokens=usage.get("cachedContentTokenCount", 0),
        reasoning_tokens=thought,
    )
