"""Gemini: generating, streaming, counting and embedding."""

import json
import re
from collections.abc import Iterator
from typing import Any

from .answers import Plain, Received, Route, Stream, Wrong, check_fields, data
from .openai import vector_of
from .saying import Heard, Said, id_of, pieces, say, signature_of, words_in

_FIELDS = (
    "model contents cachedContent generationConfig labels safetySettings serviceTier store"
    " systemInstruction toolConfig tools"
)
_CONFIG = (
    "audioTimestamp candidateCount enableAffectiveDialog enableEnhancedCivicAnswers"
    " frequencyPenalty imageConfig logprobs maxOutputTokens mediaResolution presencePenalty"
    " responseFormat responseJsonSchema responseLogprobs responseMimeType responseModalities"
    " responseSchema routingConfig seed speechConfig stopSequences temperature"
    " thinkingConfig topK topP"
)
_PARTS = (
    "text inlineData fileData functionCall functionResponse executableCode"
    " codeExecutionResult thought thoughtSignature videoMetadata mediaResolution"
)
_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
# What Google's documents give to those who have lost a signature.
_UNCHECKED = (
    "skip_thought_signature_validator",
    "context_engineering_is_the_way_to_go",
)


# Below these, the keys are the caller's own.
_OPAQUE = [
    "args",
    "labels",
    "parameters",
    "parametersJsonSchema",
    "response",
    "responseJsonSchema",
    "responseSchema",
]


def error(wrong: Wrong) -> Plain:
    return Plain(_error(wrong), wrong.status)


def _generate(received: Received, found: re.Match[str]) -> Plain | Stream:
    body = _checked(received)
    heard = _heard(body, found["model"])
    told = _Telling(heard, say(heard))
    if found["how"] == "generateContent":
        return Plain(told.whole(), orders=heard.orders)
    failure = data(_error(Wrong(503, "The model is overloaded.")), "\r\n\r\n")
    if received.query.get("alt") == "sse":
        events = (data(chunk, "\r\n\r\n") for chunk in told.chunks())
        return Stream(events, failure, heard.orders)
    return Stream(_array(told.chunks()), failure, heard.orders, "application/json")


def _array(chunks: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    before = "["
    for chunk in chunks:
        yield (before + json.dumps(chunk)).encode()
        before = ",\r\n"
    yield b"]"


def _count(received: Received, found: re.Match[str]) -> Plain:
    _check_key(received)
    body = _read(received)
    check_fields(body, "contents generateContentRequest")
    asked = body.get("generateContentRequest") or body
    heard = _heard(asked, found["model"])
    tokens = sum(map(words_in, heard.texts))
    details = [{"modality": "TEXT", "tokenCount": tokens}]
    counted = {"totalTokens": tokens, "promptTokensDetails": details}
    return Plain(counted, orders=heard.orders)


def _embed(received: Received, found: re.Match[str]) -> Plain:
    _check_key(received)
    body = _read(received)
    asked = body["requests"] if found["how"] == "batchEmbedContents" else [body]
    for each in asked:
        check_fields(each, "model content outputDimensionality taskType title")
    vectors = [
        {"values": vector_of(_text(e["content"]), e.get("outputDimensionality") or 8)}
        for e in asked
    ]
    orders = Heard(found["model"], [], "").orders
    if found["how"] == "embedContent":
        return Plain({"embedding": vectors[0]}, orders=orders)
    return Plain({"embeddings": vectors}, orders=orders)


def _read(received: Received) -> dict[str, Any]:
    """Return the body in camel case; Google's servers take either spelling."""
    return _camel(received.json)


def _camel(value: Any) -> Any:
    if isinstance(value, list):
        return [_camel(each) for each in value]
    if not isinstance(value, dict):
        return value
    named = {
        re.sub(r"_([a-z])", lambda m: m[1].upper(), k): v for k, v in value.items()
    }
    return {k: v if k in _OPAQUE else _camel(v) for k, v in named.items()}


def _check_key(received: Received) -> None:
    if not received.headers.get("x-goog-api-key") and not received.query.get("key"):
        raise Wrong(403, "Method doesn't allow unregistered callers.")


def _checked(received: Received) -> dict[str, Any]:
    _check_key(received)
    body = _read(received)
    check_fields(body, _FIELDS)
    check_fields(body.get("generationConfig") or {}, _CONFIG, "generation_config.")
    waiting: list[str] = []
    for index, content in enumerate(body["contents"]):
        if content.get("role", "user") not in ("user", "model", "function"):
            raise Wrong(400, "Please use a valid role: user, model.")
        if not content.get("parts"):
            raise Wrong(400, f"contents[{index}].parts must not be empty.")
        for part in content["parts"]:
            check_fields(part, _PARTS, f"contents[{index}].parts.")
            _check_signature(part)
        results = _names(content, "functionResponse")
        if waiting != results:
            raise Wrong(400, "Function responses must match the function calls before.")
        waiting = _names(content, "functionCall")
    if waiting:
        raise Wrong(400, "Function responses must match the function calls before.")
    return body


def _names(content: dict[str, Any], kind: str) -> list[str]:
    return [part[kind]["name"] for part in content["parts"] if kind in part]


def _check_signature(part: dict[str, Any]) -> None:
    given = part.get("thoughtSignature")
    if given is None or given in _UNCHECKED:
        return
    sealed = part.get("functionCall", {}).get("name") or part.get("text", "")
    # Google's own client gives them back in the other alphabet of base64.
    if given.replace("-", "+").replace("_", "/") != signature_of(sealed):
        raise Wrong(400, "Corrupted thought signature.")


def _heard(body: dict[str, Any], model: str) -> Heard:
    contents = body.get("contents") or []
    config = body.get("generationConfig") or {}
    texts = [_text(content) for content in contents]
    users = [
        t for t, c in zip(texts, contents, strict=True) if c.get("role") != "model"
    ]
    functions = [
        function
        for tool in body.get("tools") or []
        for function in tool.get("functionDeclarations") or []
    ]
    calling = (body.get("toolConfig") or {}).get("functionCallingConfig") or {}
    allowed = calling.get("allowedFunctionNames")
    thinking = config.get("thinkingConfig") or {}
    return Heard(
        model=model,
        texts=[_text(body.get("systemInstruction") or {}), *texts],
        last=users[-1] if users else "",
        tools={
            each["name"]: each.get("parametersJsonSchema") or each.get("parameters")
            for each in functions
            if not allowed or each["name"] in allowed
        },
        choice={"NONE": "none", "ANY": "any"}.get(calling.get("mode", ""), "auto"),
        after_result=bool(contents and _names(contents[-1], "functionResponse")),
        wants_json=config.get("responseMimeType") == "application/json",
        schema=config.get("responseJsonSchema") or config.get("responseSchema"),
        thinks=bool(thinking.get("includeThoughts")),
        most_words=config.get("maxOutputTokens"),
        stops=config.get("stopSequences") or [],
    )


def _text(content: dict[str, Any]) -> str:
    found = []
    for part in content.get("parts") or []:
        if "functionResponse" in part:
            found.append(json.dumps(part["functionResponse"]["response"]))
        elif not part.get("thought"):
            found.append(part.get("text", ""))
    return " ".join(found)


class _Telling:
    def __init__(self, heard: Heard, said: Said) -> None:
        self._heard = heard
        self._said = said

    def whole(self) -> dict[str, Any]:
        said = self._said
        parts: list[dict[str, Any]] = []
        if said.thinking:
            parts.append({"text": said.thinking, "thought": True})
        if said.text:
            parts.append({"text": said.text})
        return self._chunk([*parts, *self._calls()], last=True)

    def chunks(self) -> Iterator[dict[str, Any]]:
        said = self._said
        for piece in pieces(said.thinking):
            yield self._chunk([{"text": piece, "thought": True}])
        for piece in pieces(said.text):
            yield self._chunk([{"text": piece}])
        if calls := self._calls():
            yield self._chunk(calls)
        yield self._chunk([{"text": ""}], last=True)

    def _calls(self) -> list[dict[str, Any]]:
        parts: list[dict[str, Any]] = [
            {"functionCall": {"name": call.name, "args": json.loads(call.arguments)}}
            for call in self._said.calls
        ]
        if parts:
            # Of parallel calls, the first alone is signed.
            name = self._said.calls[0].name
            parts[0]["thoughtSignature"] = signature_of(name)
        return parts

    def _chunk(self, parts: list[Any], *, last: bool = False) -> dict[str, Any]:
        reason = "MAX_TOKENS" if self._said.why == "length" else "STOP"
        candidate = {
            "content": {"parts": parts, "role": "model"},
            **({"finishReason": reason} if last else {}),
            "index": 0,
        }
        silent = self._heard.orders.no_usage
        usage = {} if silent else {"usageMetadata": self._usage(last)}
        return {
            "candidates": [candidate],
            **usage,
            "modelVersion": self._heard.model,
            "responseId": id_of("", self._heard),
        }

    def _usage(self, last: bool) -> dict[str, Any]:
        said = self._said
        answer = said.completion - said.reasoning if last else 1
        thoughts = {"thoughtsTokenCount": said.reasoning} if said.thinking else {}
        cached = {"cachedContentTokenCount": said.cached} if said.cached else {}
        return {
            "promptTokenCount": said.prompt,
            "candidatesTokenCount": answer,
            "totalTokenCount": said.prompt + answer + said.reasoning,
            **cached,
            **thoughts,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": said.prompt}],
        }


def _error(wrong: Wrong) -> dict[str, Any]:
    status = _STATUSES.get(wrong.status, "UNKNOWN")
    return {"error": {"code": wrong.status, "message": str(wrong), "status": status}}


ROUTES: list[Route] = [
    (
        re.compile(
            r"/v1(?:beta)?/models/(?P<model>[^:/]+)"
            r":(?P<how>generateContent|streamGenerateContent)"
        ),
        _generate,
    ),
    (
        re.compile(r"/v1(?:beta)?/models/(?P<model>[^:/]+):(?P<how>countTokens)"),
        _count,
    ),
    (
        re.compile(
            r"/v1(?:beta)?/models/(?P<model>[^:/]+)"
            r":(?P<how>embedContent|batchEmbedContents)"
        ),
        _embed,
    ),
]
