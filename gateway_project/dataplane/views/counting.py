"""Counting tokens without asking for an answer: by the provider, or else by our tokenizer."""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from gateway_project.dataplane import relay
from gateway_project.dataplane.answer import Answer
from gateway_project.dataplane.asks.asked import Asked
from gateway_project.dataplane.errors import not_understood
from gateway_project.dataplane.permissions import (
    CallsAreRecorded,
    CanBeAsked,
    MayUseModel,
)
from gateway_project.dataplane.plans import serves
from gateway_project.dataplane.request import ExpressRequest
from gateway_project.dataplane.settling import settle
from providers.dialects.conversation import Ask
from providers.dialects.errors import AskError
from providers.usage.estimates import estimate

from .inference import Inference


class Parse(Protocol):
    def __call__(self, body: Mapping[str, Any], /) -> Ask: ...


class Render(Protocol):
    def __call__(self, tokens: int, /) -> bytes: ...


class CanBeCounted(CanBeAsked):
    """The same for a count of tokens, which we do ourselves where the provider does not."""

    def has_permission(  # type: ignore[override]  # the express door's own request
        self, request: ExpressRequest, view: "Count"
    ) -> bool:
        if serves(request):
            return super().has_permission(request, view)
        try:
            type(view).parse(request.data.fields)
        except AskError as error:
            raise not_understood(error) from None
        return True


class Count(Inference):
    """`parse` checks the request as its dialect does, `render` gives the answer's body."""

    permission_classes = [CallsAreRecorded, MayUseModel, CanBeCounted]
    parse: ClassVar[Parse]
    render: ClassVar[Render]

    async def post(self, request: ExpressRequest) -> Answer:
        if serves(request):
            return await relay.perform(request)
        asked: Asked = request.data
        body = type(self).render(estimate(asked.body, "").prompt_tokens)
        settle(request, 200)
        return Answer(200, [(b"content-type", b"application/json")], body)
