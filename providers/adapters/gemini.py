"""Google's Gemini. The model is in the path, and in some bodies a second time.

Nothing of a caller's query string travels: there it could present another credential, give
the answer a form we do not read, or have its usage left out (`fields`).
"""

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
_FOLDERS = ("models/", "tunedModels/")


def _outbound(target: Target, sending: Sending) -> Outbound:
    name = _full_name(target.upstream_model)
    body = sending.body
    if path := _MODELS_INSIDE.get(sending.operation):
        body = replace_named(body, path, name)
    return request.post(
        target,
        sending,
        f"/{quote(name)}:{_method(sending)}",
        body=body,
        headers=request.credential(target, b"x-goog-api-key"),
        query=b"alt=sse" if sending.stream else b"",
    )


def _method(sending: Sending) -> str:
    return "streamGenerateContent" if sending.stream else _METHODS[sending.operation]


def _full_name(model: str) -> str:
    return model if model.startswith(_FOLDERS) else f"models/{model}"


ADAPTER = Adapter(
    speaks=frozenset(_METHODS),
    converses=Operation.GENERATE,
    outbound=_outbound,
    shown=frozenset({b"content-type", b"content-language"}),
)
