"""Which way a request goes: as it is to a provider of its dialect, or translated."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from providers.adapters.registry import ADAPTERS
from providers.dialects.dialect import ErrorsShown
from providers.dialects.errors import AskError
from providers.dialects.gemini import embeddings
from providers.dialects.registry import (
    CALLERS,
    provider_side,
    without_strange_reasoning,
)
from providers.operations import CONVERSATIONS, Operation
from providers.splice import TooManyMembers
from providers.types import Adapter, Headers, Outbound, Sending

from . import continuing
from .asks.asked import Asked
from .bodies import too_many_members
from .errors import BadRequest, not_understood
from .passages import Array, EmbeddingsThroughGemini, Passage, Passing, Translating
from .request import ExpressRequest


@dataclass(slots=True)
class Plan:
    """What to send, and how its answer comes back. `shown` are the headers that come with it."""

    outbound: Outbound
    passage: Passage
    shown: frozenset[bytes]


def plan(request: ExpressRequest, errors: ErrorsShown) -> Plan:
    """Return the way to the request's target.

    Raises `BadRequest` for what its provider does not do, or cannot be told.
    """
    adapter = ADAPTERS[request.target.kind]
    try:
        sending, passage = _way(request, adapter, errors)
        outbound = adapter.outbound(request.target, sending)
    except AskError as error:
        raise not_understood(error) from None
    except TooManyMembers:
        raise too_many_members() from None
    return Plan(outbound, passage, adapter.shown)


def serves(request: ExpressRequest) -> bool:
    """Return whether the target's provider does itself what is asked."""
    asked: Asked = request.data
    return asked.operation in ADAPTERS[request.target.kind].speaks


def _way(
    request: ExpressRequest, adapter: Adapter, errors: ErrorsShown
) -> tuple[Sending, Passage]:
    asked: Asked = request.data
    if serves(request):
        way = _straight(request, asked, errors)
    elif asked.operation in CONVERSATIONS:
        way = _translated(request, asked, adapter)
    elif _embeds_through_gemini(asked, adapter):
        way = _embedding(request, asked)
    else:
        raise BadRequest(
            f"The model {asked.model} is served by {request.target.provider}, which does no {asked.operation}.",
            code="operation_not_supported",
            param="model",
            advice="Use a model of a provider that does.",
        )
    is_generate = asked.operation is Operation.GENERATE
    if is_generate and asked.stream and not _asks_for_events(request):
        sending, passage = way
        return sending, Array(passage)
    return way


def _straight(
    request: ExpressRequest, asked: Asked, errors: ErrorsShown
) -> tuple[Sending, Passage]:
    body = without_strange_reasoning(asked.operation, asked.body)
    if body is not asked.body:
        asked = replace(asked, body=body)
    sending = Sending(
        operation=asked.operation,
        body=asked.body,
        stream=asked.stream,
        content_type=asked.content_type,
        headers=_joined(request),
        query=request.query,
        now=request.now,
    )
    if asked.operation is Operation.RESPONSES:
        body, ownership = continuing.owned(request, asked)
        return replace(sending, body=body), Passing(
            asked, errors, request.target, ownership
        )
    return sending, Passing(asked, errors, request.target)


def _translated(
    request: ExpressRequest, asked: Asked, adapter: Adapter
) -> tuple[Sending, Passage]:
    caller, provider = CALLERS[asked.operation], provider_side(adapter)
    ask = caller.parse(asked.fields)
    sending = Sending(
        operation=adapter.converses,
        body=provider.render(ask, request.target.upstream_model),
        stream=asked.stream,
        now=request.now,
    )
    return sending, Translating(asked, ask, caller, provider, int(request.now))


def _embeds_through_gemini(asked: Asked, adapter: Adapter) -> bool:
    embeds = Operation.GEMINI_EMBED_BATCH in adapter.speaks
    return asked.operation is Operation.EMBEDDINGS and embeds


def _embedding(request: ExpressRequest, asked: Asked) -> tuple[Sending, Passage]:
    ask = embeddings.ask_of(asked.fields)
    sending = Sending(
        operation=Operation.GEMINI_EMBED_BATCH,
        body=embeddings.render(ask, request.target.upstream_model),
        stream=False,
        now=request.now,
    )
    return sending, EmbeddingsThroughGemini(asked, ask)


def _joined(request: ExpressRequest) -> Mapping[bytes, bytes]:
    """Return the caller's headers; one that is repeated is a list."""
    given: Headers = request.scope["headers"]
    if len(given) == len(request.headers):
        return request.headers
    joined: dict[bytes, bytes] = {}
    for name, value in given:
        joined[name] = joined[name] + b", " + value if name in joined else value
    return joined


def _asks_for_events(request: ExpressRequest) -> bool:
    return b"alt=sse" in request.query.split(b"&")
