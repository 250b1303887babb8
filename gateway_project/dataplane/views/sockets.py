"""Who may open a WebSocket."""

from collections.abc import Sequence

from rest_framework.permissions import BasePermission

from gateway_project.dataplane.answer import Answer
from gateway_project.dataplane.authentication import ApiKeyAuthentication
from gateway_project.dataplane.errors import Forbidden
from gateway_project.dataplane.express import ExpressView
from gateway_project.dataplane.renderers import ResponsesRenderer
from gateway_project.dataplane.request import ExpressRequest


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


class ResponsesOpening(ExpressView):
    """`GET /v1/responses` that asks for a WebSocket; what comes on it is judged again.

    One that is refused is recorded; one that is granted is no call yet.
    """

    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [OriginAllowed]
    throttle_classes: Sequence[type] = []
    renderer_classes = [ResponsesRenderer]
    recorded = True

    async def get(self, request: ExpressRequest) -> Answer:
        return Answer(101, [], b"")
