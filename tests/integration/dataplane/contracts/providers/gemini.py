"""Answers of `generateContent`."""

from typing import Any

from .told import Told, told

_HEAD = {"modelVersion": "real-model", "responseId": "r1"}
_USAGE = {
    "promptTokenCount": 20,
    "candidatesTokenCount": 5,
    "thoughtsTokenCount": 4,
    "cachedContentTokenCount": 8,
    "totalTokenCount": 29,
    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 20}],
}


def _answer(*parts: dict[str, Any], stop: str = "STOP", **more: Any) -> Told:
    return _answers(parts, stop=stop, **more)


def _answers(*candidates: tuple[Any, ...], stop: str = "STOP", **more: Any) -> Told:
    whole = [
        {**_content(parts), "finishReason": stop, "index": index, **more}
        for index, parts in enumerate(candidates)
    ]
    chunks = [
        {"candidates": [{**_content([part]), "index": index, **more}], **_HEAD}
        for index, parts in enumerate(candidates)
        for part in parts
    ]
    ends = [{"finishReason": stop, "index": index} for index in range(len(candidates))]
    return told(
        {"candidates": whole, "usageMetadata": _USAGE, **_HEAD},
        *chunks,
        {"candidates": ends, "usageMetadata": _USAGE, **_HEAD},
    )


def _content(parts: Any) -> dict[str, Any]:
    return {"content": {"role": "model", "parts": list(parts)}} if parts else {}


def _call(name: str, signature: str = "", **more: Any) -> dict[str, Any]:
    part: dict[str, Any] = {"functionCall": {"name": name, **more}}
    return {**part, "thoughtSignature": signature} if signature else part


_BLOCKED = {"promptFeedback": {"blockReason": "SAFETY"}, **_HEAD}
_LOGPROBS = {
    "chosenCandidates": [
        {"token": "H", "tokenId": 4, "logProbability": -0.25},
        {"token": "é", "tokenId": 5},
    ],
    "topCandidates": [
        {"candidates": [{"token": "J", "tokenId": 6, "logProbability": -2.5}]},
        {},
    ],
}
_CHUNK = {"candidates": [{"content": {"parts": [{"text": "Hi"}]}}]}

SAID = {
    "text": _answer({"text": "Grüße "}, {"text": "🚀"}),
    "calls": _answer(
        {"text": "Let me look."},
        _call("weather", args={"city": "Oslo"}),
        _call("time", id="own"),
    ),
    "signed call": _answer(_call("weather", "c2ln", args={"city": "Oslo"})),
    "reasoning": _answer(
        {"text": "Hm, naïve.", "thought": True},
        {"text": "Yes."},
        {"text": "", "thoughtSignature": "c2ln"},
    ),
    "declined": _answer(stop="SAFETY"),
    "blocked": told(_BLOCKED, {**_BLOCKED, "usageMetadata": {"promptTokenCount": 4}}),
    "filtered": _answer({"text": "Half of"}, stop="RECITATION"),
    "length": _answer({"text": "It was a dark and"}, stop="MAX_TOKENS"),
    "nothing": _answer(),
    "several": _answers(({"text": "One"},), ({"text": "Two"},)),
    "logprobs": _answer({"text": "Hé"}, logprobsResult=_LOGPROBS, avgLogprobs=-0.5),
    "bare": told(
        {"candidates": [{**_CHUNK["candidates"][0], "finishReason": "STOP"}]},
        _CHUNK,
        {"candidates": [{"finishReason": "STOP"}]},
    ),
}
