"""Google's Gemini. The model is in the path, and in some bodies a second time."""

from collections.abc import Mapping, Sequence, Set
from urllib.parse import quote

from providers.operations import Operation
from providers.splice import replace_named
from providers.types import Adapter, Outbound, Sending, Target

from . import request

_METHODS: Mapping[Operation, str] = {
    Operation.GENERATE: "generateContent",
    Operation.GENERATE_COUNT: "countTokens",
    Operation.GEMINI_EMBED: "embedContent",
    Operation.GEMINI_EMBED_BATCH: "batchEmbedContents",
}
# Google reads both spellings of a name.
_MODELS_INSIDE: Mapping[Operation, Sequence[Set[str]]] = {
    Operation.GENERATE_COUNT: (
        {"generateContentRequest", "generate_content_request"},
        {"model"},
    ),
    Operation.GEMINI_EMBED: ({"model"},),
    Operation.GEMINI_EMBED_BATCH: ({"requests"}, {"model"}),
}
# A caller's own credentials, and what would give the answer a form we do not read.
_OURS = frozenset({"key", "access_token", "oauth_token", "alt", "callback"})
_NOT_PASSED_UP = _OURS | {f"${name}" for name in _OURS}
_FOLDERS = ("models/", "tunedModels/")


def _outbound(target: Target, sending: Sending) -> Outbound:
    name = _full_name(target.upstream_model)
    method, query = _asked_how(sending)
    body = sending.body
    if path := _MODELS_INSIDE.get(sending.operation):
        body = replace_named(body, path, name)
    return request.post(
        target,
        sending,
        f"/{quote(name)}:{method}",
        body=body,
        headers=request.credential(target, b"x-goog-api-key"),
        query=query,
    )


def _asked_how(sending: Sending) -> tuple[str, bytes]:
    query = request.query_without(sending.query, _NOT_PASSED_UP)
    if not sending.stream:
        return _METHODS[sending.operation], query
    return "streamGenerateContent", b"alt=sse&" + query if query else b"alt=sse"


def _full_name(model: str) -> str:
    return model if model.startswith(_FOLDERS) else f"models/{model}"


ADAPTER = Adapter(
    speaks=frozenset(_METHODS),
    converses=Operation.GENERATE,
    outbound=_outbound,
    shown=frozenset({b"content-type", b"content-language"}),
)
