"""The models a key may use, in the shapes the dialects' clients expect."""

from collections.abc import Sequence
from datetime import UTC, datetime

import orjson

from gateway_project.dataplane.answer import Answer
from gateway_project.dataplane.authentication import ApiKeyAuthentication
from gateway_project.dataplane.express import ExpressView
from gateway_project.dataplane.permissions import unknown_model
from gateway_project.dataplane.renderers import (
    AnthropicRenderer,
    GeminiRenderer,
    OpenAIRenderer,
)
from gateway_project.dataplane.request import ExpressRequest
from gateway_project.dataplane.throttling import RequestLimitsShown
from providers.adapters.registry import ADAPTERS
from providers.dialects.dialect import ErrorsShown
from providers.operations import Operation
from providers.types import ModelEntry

_GENERATES = ("generateContent", "streamGenerateContent")
_EMBEDS = (Operation.GEMINI_EMBED, Operation.GEMINI_EMBED_BATCH)


class _Listing(ExpressView):
    authentication_classes = [ApiKeyAuthentication]
    permission_classes: Sequence[type] = []
    throttle_classes = [RequestLimitsShown]
    renderer_classes = [OpenAIRenderer]


class Models(_Listing):
    """`GET /v1/models`: exactly what the presented key may use.

    Three dialects have this path; a header tells whose client is asking.
    """

    async def get(self, request: ExpressRequest) -> Answer:
        usable = request.snapshot.models_for(request.caller)
        if _speaks_anthropic(request):
            return _json(_anthropic_page(usable))
        if _speaks_gemini(request):
            return _json(_gemini_page(usable))
        return _json({"object": "list", "data": [_openai(entry) for entry in usable]})

    def errors_of(self, request: ExpressRequest) -> ErrorsShown:
        if _speaks_anthropic(request):
            return AnthropicRenderer.errors
        if _speaks_gemini(request):
            return GeminiRenderer.errors
        return super().errors_of(request)


class Model(Models):
    """`GET /v1/models/{id}`; an id may hold `:` and `/`."""

    async def get(self, request: ExpressRequest) -> Answer:
        entry = _usable(request)
        if _speaks_anthropic(request):
            return _json(_anthropic(entry))
        return _json(_gemini(entry) if _speaks_gemini(request) else _openai(entry))


class GeminiModels(_Listing):
    """`GET /v1beta/models`."""

    renderer_classes = [GeminiRenderer]

    async def get(self, request: ExpressRequest) -> Answer:
        usable = request.snapshot.models_for(request.caller)
        return _json(_gemini_page(usable))


class GeminiModel(GeminiModels):
    """`GET /v1beta/models/{id}`."""

    async def get(self, request: ExpressRequest) -> Answer:
        return _json(_gemini(_usable(request)))


def _usable(request: ExpressRequest) -> ModelEntry:
    name = request.path_args["model"]
    for entry in request.snapshot.models_for(request.caller):
        if entry.name == name:
            return entry
    raise unknown_model(request, name)


def _speaks_anthropic(request: ExpressRequest) -> bool:
    return b"anthropic-version" in request.headers


def _speaks_gemini(request: ExpressRequest) -> bool:
    return b"x-goog-api-key" in request.headers


def _json(value: object) -> Answer:
    headers = [(b"content-type", b"application/json")]
    return Answer(200, headers, orjson.dumps(value))


def _openai(entry: ModelEntry) -> dict[str, object]:
    return {
        "id": entry.name,
        "object": "model",
        "created": entry.created,
        "owned_by": entry.owned_by,
    }


def _anthropic(entry: ModelEntry) -> dict[str, object]:
    created = datetime.fromtimestamp(entry.created, UTC)
    return {
        "type": "model",
        "id": entry.name,
        "display_name": entry.name,
        "created_at": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "lifecycle": "active",
    }


def _anthropic_page(usable: Sequence[ModelEntry]) -> dict[str, object]:
    """All on one page: Anthropic's clients stop at `has_more`."""
    data = [_anthropic(entry) for entry in usable]
    return {
        "data": data,
        "has_more": False,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
    }


def _gemini_page(usable: Sequence[ModelEntry]) -> dict[str, object]:
    return {"models": [_gemini(entry) for entry in usable]}


def _gemini(entry: ModelEntry) -> dict[str, object]:
    return {
        "name": f"models/{entry.name}",
        "displayName": entry.name,
        "supportedGenerationMethods": _methods(entry),
    }


def _methods(entry: ModelEntry) -> list[str]:
    """Return what can be asked of the model. Nobody says whether it embeds but its name."""
    target = entry.target
    if target is None or "embed" not in target.upstream_model.lower():
        return [*_GENERATES, Operation.GENERATE_COUNT]
    speaks = ADAPTERS[target.kind].speaks
    return [*(each for each in _EMBEDS if each in speaks), Operation.GENERATE_COUNT]
