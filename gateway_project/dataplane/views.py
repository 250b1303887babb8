"""The endpoints of the data plane."""

from collections.abc import Mapping, Sequence

import orjson
from rest_framework.renderers import JSONRenderer

from providers.types import ModelEntry

from . import relay
from .answer import Answer
from .authentication import ApiKeyAuthentication
from .errors import NotFound
from .express import ExpressView
from .parsers import ChatParser
from .permissions import CallsAreRecorded, MayUseModel, unknown_model
from .request import ExpressRequest
from .throttling import RequestLimits, RequestLimitsShown


class ChatCompletions(ExpressView):
    """`POST /v1/chat/completions`, plain and streamed."""

    authentication_classes = [ApiKeyAuthentication]
    parser_classes = [ChatParser]
    permission_classes = [CallsAreRecorded, MayUseModel]
    throttle_classes = [RequestLimits]
    renderer_classes = [JSONRenderer]
    recorded = True

    async def post(self, request: ExpressRequest) -> Answer:
        return await relay.perform(request)


class Models(ExpressView):
    """`GET /v1/models`: exactly what the presented key may use."""

    authentication_classes = [ApiKeyAuthentication]
    permission_classes: Sequence[type] = []
    throttle_classes = [RequestLimitsShown]
    renderer_classes = [JSONRenderer]

    async def get(self, request: ExpressRequest) -> Answer:
        usable = request.snapshot.models_for(request.caller)
        return _json({"object": "list", "data": [_shown(entry) for entry in usable]})


class Model(Models):
    """`GET /v1/models/{id}`; an id may hold `:` and `/`."""

    async def get(self, request: ExpressRequest) -> Answer:
        name = request.path_args["model"]
        for entry in request.snapshot.models_for(request.caller):
            if entry.name == name:
                return _json(_shown(entry))
        raise unknown_model(request, name)


class Fact(ExpressView):
    """A small fixed answer that needs no key; `fact` is its JSON."""

    authentication_classes: Sequence[type] = []
    permission_classes: Sequence[type] = []
    throttle_classes: Sequence[type] = []
    fact: Mapping[str, object]

    async def get(self, request: ExpressRequest) -> Answer:
        return _json(self.fact)


class Health(Fact):
    """`GET /health`: this process answers. What it depends on: `/readyz`."""

    fact = {"status": "healthy", "service": "gatehouse"}


class Healthz(Fact):
    """`GET /healthz`."""

    fact = {"status": "ok"}


class Root(Fact):
    """`GET /`: what stands here."""

    fact = {
        "name": "Gatehouse",
        "status": "healthy",
        "console": "/admin/",
        "endpoints": ["POST /v1/chat/completions", "GET /v1/models", "GET /health"],
    }


class UnknownPath(ExpressView):
    """Every other path under the prefixes of the dialects."""

    authentication_classes: Sequence[type] = []
    permission_classes: Sequence[type] = []
    throttle_classes: Sequence[type] = []

    async def serve(self, request: ExpressRequest) -> Answer:
        refusal = NotFound(
            f"There is no {request.method} {request.path[:200]} here.",
            advice="GET /v1/models and POST /v1/chat/completions are served.",
        )
        return Answer(refusal.status, refusal.as_headers(), refusal.as_body())


def _json(value: object) -> Answer:
    headers = [(b"content-type", b"application/json")]
    return Answer(200, headers, orjson.dumps(value))


def _shown(entry: ModelEntry) -> dict[str, object]:
    return {
        "id": entry.name,
        "object": "model",
        "created": entry.created,
        "owned_by": entry.owned_by,
    }
