"""Who may open a WebSocket, and the turns on one that ask no model."""

from rest_framework.permissions import BasePermission
from rest_framework.throttling import BaseThrottle

from gateway_project.dataplane import parsers
from gateway_project.dataplane.answer import Answer
from gateway_project.dataplane.asks.asked import Asked
from gateway_project.dataplane.authentication import ApiKeyAuthentication
from gateway_project.dataplane.errors import Forbidden, RateLimited
from gateway_project.dataplane.express import ExpressView
from gateway_project.dataplane.renderers import ResponsesRenderer
from gateway_project.dataplane.request import ExpressRequest
from gateway_project.dataplane.settling import settle
from gateway_project.dataplane.streams import EVENTS
from providers.dialects.responses import warmup

from .inference import Inference


class OriginAllowed(BasePermission):
    """Refuse pages of other sites: a browser opens sockets to anywhere and says from where."""

    def has_permission(  # type: ignore[override]  # the express door's own request
        self, request: ExpressRequest, view: object
    ) -> bool:
        origin = request.header(b"origin").lower()
        if not origin or origin in request.plane.socket_origins:
            return True
        if origin.partition("://")[2] == request.header(b"host").lower():
            return True
        raise Forbidden(
            "Pages of this origin may not open a WebSocket here.",
            code="origin_not_allowed",
            advice="Ask your operator to add it to WEBSOCKET_ORIGINS.",
        )


class SocketsOfKey(BaseThrottle):
    """Refuse a key that has as many WebSockets open here as it may have."""

    async def allow_request(  # type: ignore[override]  # awaited by the express view
        self, request: ExpressRequest, view: object
    ) -> bool:
        sockets = request.plane.sockets
        if not sockets.is_full(request.caller.key_id):
            return True
        raise RateLimited(
            f"429: this key has {sockets.limits.per_key} WebSockets open here.",
            code="too_many_sockets",
            advice="Use one for many turns, or ask your operator to raise WEBSOCKETS_PER_KEY.",
        )


class ResponsesOpening(ExpressView):
    """`GET /v1/responses` that asks for a WebSocket; what comes on it is judged again.

    One that is refused is recorded; one that is granted is no call yet.
    """

    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [OriginAllowed]
    throttle_classes = [SocketsOfKey]
    renderer_classes = [ResponsesRenderer]
    recorded = True

    async def get(self, request: ExpressRequest) -> Answer:
        return Answer(101, [], b"")


class ResponsesPreparing(Inference):
    """A turn with `generate: false`: a call like any, but that nothing is sent upstream."""

    parser_classes = [parsers.ResponseParser]
    renderer_classes = [ResponsesRenderer]

    async def post(self, request: ExpressRequest) -> Answer:
        asked: Asked = request.data
        body = warmup.block(asked.fields)
        settle(request, 200)
        return Answer(200, [(b"content-type", EVENTS)], body)
