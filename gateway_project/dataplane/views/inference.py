"""The one way every call goes, whatever its endpoint, its dialect and its transport."""

from gateway_project.dataplane import relay
from gateway_project.dataplane.answer import Answer
from gateway_project.dataplane.authentication import ApiKeyAuthentication
from gateway_project.dataplane.express import ExpressView
from gateway_project.dataplane.permissions import (
    CallsAreRecorded,
    CanBeAsked,
    MayUseModel,
)
from gateway_project.dataplane.renderers import OpenAIRenderer
from gateway_project.dataplane.request import ExpressRequest
from gateway_project.dataplane.throttling import RequestLimits


class Inference(ExpressView):
    """A request to a model. An endpoint says how its body is read and how errors are shown.

    The stages are the same for all: a test goes through every endpoint and every stage.
    """

    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [CallsAreRecorded, MayUseModel, CanBeAsked]
    throttle_classes = [RequestLimits]
    renderer_classes = [OpenAIRenderer]
    recorded = True

    async def post(self, request: ExpressRequest) -> Answer:
        return await relay.perform(request)
