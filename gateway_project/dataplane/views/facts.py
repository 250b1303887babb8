"""Small answers that need no key."""

from collections.abc import Mapping, Sequence

import orjson

from gateway_project.dataplane.answer import Answer
from gateway_project.dataplane.errors import NotFound
from gateway_project.dataplane.express import ExpressView
from gateway_project.dataplane.renderers import AnthropicRenderer, GeminiRenderer
from gateway_project.dataplane.request import ExpressRequest
from providers.dialects.dialect import ErrorsShown

_ERRORS_BY_PREFIX = (
    ("/v1beta", GeminiRenderer.errors),
    ("/v1/messages/", AnthropicRenderer.errors),
    ("/api/v1/messages/", AnthropicRenderer.errors),
)


class Fact(ExpressView):
    """A small fixed answer; `fact` is its JSON."""

    authentication_classes: Sequence[type] = []
    permission_classes: Sequence[type] = []
    throttle_classes: Sequence[type] = []
    fact: Mapping[str, object]

    async def get(self, request: ExpressRequest) -> Answer:
        headers = [(b"content-type", b"application/json")]
        return Answer(200, headers, orjson.dumps(self.fact))


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
        "endpoints": [
            "POST /v1/chat/completions",
            "POST /v1/responses",
            "GET /v1/responses (WebSocket)",
            "POST /v1/messages",
            "POST /v1/messages/count_tokens",
            "POST /v1beta/models/{model}:generateContent",
            "POST /v1beta/models/{model}:streamGenerateContent",
            "POST /v1beta/models/{model}:countTokens",
            "POST /v1beta/models/{model}:embedContent",
            "POST /v1beta/models/{model}:batchEmbedContents",
            "POST /v1/completions",
            "POST /v1/embeddings",
            "POST /v1/moderations",
            "POST /v1/images/generations",
            "POST /v1/images/edits",
            "POST /v1/audio/speech",
            "POST /v1/audio/transcriptions",
            "POST /v1/audio/translations",
            "POST /v1/rerank",
            "GET /v1/models",
            "GET /v1beta/models",
            "GET /health",
        ],
    }


class UnknownPath(ExpressView):
    """Every other path under the prefixes of the dialects."""

    authentication_classes: Sequence[type] = []
    permission_classes: Sequence[type] = []
    throttle_classes: Sequence[type] = []

    async def serve(self, request: ExpressRequest) -> Answer:
        refusal = NotFound(
            f"There is no {request.method} {request.path[:200]} here.",
            advice="GET / lists what is served.",
        )
        return self.show(request, refusal)

    def errors_of(self, request: ExpressRequest) -> ErrorsShown:
        for prefix, errors in _ERRORS_BY_PREFIX:
            if request.path.startswith(prefix):
                return errors
        return super().errors_of(request)
