"""Bedrock: the Converse API, signed requests and streams of frames."""

import hashlib
import hmac
import json
import re
import struct
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote
from zlib import crc32

from .answers import Plain, Received, Route, Stream, Wrong, check_fields
from .grammars import check_grammar
from .saying import Heard, Said, pieces, say, signature_of

_FIELDS = (
    "messages system inferenceConfig toolConfig guardrailConfig outputConfig"
    " additionalModelRequestFields additionalModelResponseFieldPaths promptVariables"
    " requestMetadata performanceConfig serviceTier"
)
_CONFIG = "maxTokens temperature topP stopSequences"
_BLOCKS = (
    "text image document video audio toolUse toolResult reasoningContent cachePoint"
)
_REASONS = {
    "end": "end_turn",
    "length": "max_tokens",
    "stop": "stop_sequence",
    "calls": "tool_use",
}
_ERRORS = {
    400: "ValidationException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    429: "ThrottlingException",
    500: "InternalServerException",
    503: "ServiceUnavailableException",
}
_SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<id>\w+)/(?P<day>\d{8})/(?P<region>[\w-]+)/bedrock"
    r"/aws4_request, ?SignedHeaders=(?P<names>[\w;-]+), ?Signature=(?P<seal>[0-9a-f]{64})"
)


def error(wrong: Wrong) -> Plain:
    kind = _ERRORS.get(wrong.status, "UnknownException")
    return Plain({"message": str(wrong)}, wrong.status, {"x-amzn-ErrorType": kind})


def secret_of(access_key: str) -> str:
    """Return the secret key this Bedrock gave out with an access key."""
    return f"secret/of+{access_key}"


def _converse(received: Received, found: re.Match[str]) -> Plain | Stream:
    _check_signature(received)
    body = received.json
    check_fields(body, _FIELDS)
    check_fields(body.get("inferenceConfig") or {}, _CONFIG, "inferenceConfig.")
    _check_order(body["messages"])
    _check_grammars(body)
    heard = _heard(body, unquote(found["model"]))
    told = _Telling(heard, say(heard))
    if found["how"] == "converse":
        return Plain(told.whole(), orders=heard.orders)
    headers = {":exception-type": "throttlingException", ":message-type": "exception"}
    failure = _frame(headers, {"message": "Too many tokens, please wait."})
    kind = "application/vnd.amazon.eventstream"
    return Stream(told.frames(), failure, heard.orders, kind)


def _check_signature(received: Received) -> None:
    """Refuse what Amazon's own reading of Signature Version 4 would refuse."""
    given = received.headers.get("authorization", "")
    if given.startswith("Bearer "):
        return
    signed = _SIGNED.fullmatch(given)
    if not signed:
        raise Wrong(403, "Missing Authentication Token")
    names = signed["names"].split(";")
    canonical = [
        received.method,
        # What is on the wire is quoted a second time.
        quote(received.path, safe="/-._~"),
        "",
        *(f"{name}:{received.headers[name].strip()}" for name in names),
        "",
        signed["names"],
        hashlib.sha256(received.body).hexdigest(),
    ]
    scope = f"{signed['day']}/{signed['region']}/bedrock/aws4_request"
    digest = hashlib.sha256("\n".join(canonical).encode()).hexdigest()
    at = received.headers["x-amz-date"]
    key = f"AWS4{secret_of(signed['id'])}".encode()
    for part in (*scope.split("/"), f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{digest}"):
        key = hmac.digest(key, part.encode(), "sha256")
    if key.hex() != signed["seal"]:
        raise Wrong(
            403, "The request signature we calculated does not match the signature"
        )


def _check_grammars(body: dict[str, Any]) -> None:
    if form := (body.get("outputConfig") or {}).get("textFormat"):
        schema = json.loads(form["structure"]["jsonSchema"]["schema"])
        check_grammar(schema, "output_config.format.schema")
    for index, tool in enumerate((body.get("toolConfig") or {}).get("tools") or []):
        spec = tool.get("toolSpec") or {}
        if spec.get("strict"):
            check_grammar(spec["inputSchema"]["json"], f"tools.{index}.custom")


def _check_order(messages: list[dict[str, Any]]) -> None:
    waiting: list[str] = []
    for index, message in enumerate(messages):
        at = f"messages.{index}"
        role = "assistant" if index % 2 else "user"
        if message["role"] != role or not message["content"]:
            raise Wrong(400, f"{at}: roles must alternate, and content not be empty")
        for block in message["content"]:
            check_fields(block, _BLOCKS, f"{at}.content.")
            _check_block(block, at)
        if _ids(message, "toolResult") != waiting:
            raise Wrong(400, f"{at}: toolResult blocks must match the toolUse before")
        waiting = _ids(message, "toolUse")
    if waiting:
        raise Wrong(400, "toolUse without toolResult")


def _check_block(block: dict[str, Any], at: str) -> None:
    if "reasoningContent" in block:
        told = block["reasoningContent"]["reasoningText"]
        if told["signature"] != signature_of(told["text"]):
            raise Wrong(400, f"{at}: Invalid signature in reasoningContent")
    elif "text" in block and not block["text"].strip():
        raise Wrong(400, f"{at}: text must not be blank")
    elif "toolUse" in block and not isinstance(block["toolUse"]["input"], dict):
        raise Wrong(400, f"{at}: toolUse.input must be an object")


def _ids(message: dict[str, Any], kind: str) -> list[str]:
    return [b[kind]["toolUseId"] for b in message["content"] if kind in b]


def _heard(body: dict[str, Any], model: str) -> Heard:
    messages = body["messages"]
    texts = [_text(message["content"]) for message in messages]
    config = body.get("inferenceConfig") or {}
    tools = body.get("toolConfig") or {}
    extra = body.get("additionalModelRequestFields") or {}
    form = (body.get("outputConfig") or {}).get("textFormat") or {}
    schema = form and json.loads(form["structure"]["jsonSchema"]["schema"])
    choice = tools.get("toolChoice") or {"auto": {}}
    own_choice = extra.get("tool_choice") or {}
    return Heard(
        model=model,
        texts=[_text(body.get("system") or []), *texts],
        last=texts[-1],
        tools={
            each["toolSpec"]["name"]: each["toolSpec"]["inputSchema"]["json"]
            for each in tools.get("tools") or []
            if "toolSpec" in each
        },
        choice=choice.get("tool", own_choice).get("name", next(iter(choice))),
        after_result=bool(_ids(messages[-1], "toolResult")),
        parallel=not own_choice.get("disable_parallel_tool_use"),
        wants_json=bool(form),
        schema=schema or None,
        thinks=(extra.get("thinking") or {}).get("type") in ("enabled", "adaptive"),
        most_words=config.get("maxTokens"),
        stops=config.get("stopSequences") or [],
    )


def _text(content: list[dict[str, Any]]) -> str:
    found = []
    for block in content:
        if "toolResult" in block:
            found.append(_text(block["toolResult"]["content"]))
        elif "json" in block:
            found.append(json.dumps(block["json"]))
        else:
            found.append(block.get("text", ""))
    return " ".join(found)


class _Telling:
    def __init__(self, heard: Heard, said: Said) -> None:
        self._heard = heard
        self._said = said

    def whole(self) -> dict[str, Any]:
        content = [block for block, _, _ in self._content()]
        return {
            "metrics": {"latencyMs": 12},
            "output": {"message": {"content": content, "role": "assistant"}},
            "stopReason": _REASONS[self._said.why],
            **self._usage(),
        }

    def frames(self) -> Iterator[bytes]:
        yield _event("messageStart", {"role": "assistant"})
        for index, (_, start, deltas) in enumerate(self._content()):
            at = {"contentBlockIndex": index}
            if start:
                yield _event("contentBlockStart", {**at, "start": start})
            for delta in deltas:
                yield _event("contentBlockDelta", {**at, "delta": delta})
            yield _event("contentBlockStop", at)
        yield _event("messageStop", {"stopReason": _REASONS[self._said.why]})
        yield _event("metadata", {"metrics": {"latencyMs": 12}, **self._usage()})

    def _content(self) -> Iterator[tuple[Any, Any, list[Any]]]:
        """Yield each block, what starts it, and the deltas it is made of."""
        said = self._said
        if said.thinking:
            sealed = {"signature": signature_of(said.thinking)}
            deltas: list[Any] = [{"text": piece} for piece in pieces(said.thinking)]
            block = {"reasoningText": {"text": said.thinking, **sealed}}
            told = [{"reasoningContent": delta} for delta in [*deltas, sealed]]
            yield {"reasoningContent": block}, None, told
        if said.text:
            deltas = [{"text": piece} for piece in pieces(said.text)]
            yield {"text": said.text}, None, deltas
        for call in said.calls:
            begun = {"toolUseId": f"tooluse_{call.id}", "name": call.name}
            parts = ["", *re.findall(r".{1,5}", call.arguments)]
            block = {"toolUse": {**begun, "input": json.loads(call.arguments)}}
            deltas = [{"toolUse": {"input": part}} for part in parts]
            yield block, {"toolUse": begun}, deltas

    def _usage(self) -> dict[str, Any]:
        if self._heard.orders.no_usage:
            return {}
        said = self._said
        usage = {
            "cacheReadInputTokens": said.cached,
            "cacheWriteInputTokens": 0,
            "inputTokens": said.prompt - said.cached,
            "outputTokens": said.completion,
            "totalTokens": said.prompt + said.completion,
        }
        return {"usage": usage}


def _event(kind: str, value: dict[str, Any]) -> bytes:
    headers = {":event-type": kind, ":message-type": "event"}
    # Amazon fills its events up so that their length tells nothing.
    return _frame(headers, {**value, "p": "abcdefg"})


def _frame(headers: dict[str, str], value: Any) -> bytes:
    payload = json.dumps(value, ensure_ascii=False).encode()
    head = b"".join(
        struct.pack("B", len(name))
        + name.encode()
        + struct.pack(">BH", 7, len(text))
        + text.encode()
        for name, text in {":content-type": "application/json", **headers}.items()
    )
    prelude = struct.pack(">II", 16 + len(head) + len(payload), len(head))
    message = prelude + struct.pack(">I", crc32(prelude)) + head + payload
    return message + struct.pack(">I", crc32(message))


ROUTES: list[Route] = [
    (
        re.compile(r"/model/(?P<model>[^/]+)/(?P<how>converse(?:-stream)?)"),
        _converse,
    )
]
