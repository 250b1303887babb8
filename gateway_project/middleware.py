"""What every answer of Django's side has in common with those of the express door."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from audit.ids import uuid7
from gateway_project.api.errors import is_api_path, refusal
from gateway_project.dataplane.request import REQUEST_ID

log = logging.getLogger("gatehouse.console")

GetResponse = Callable[[HttpRequest], HttpResponse]

_AWAY = "The database cannot be reached at the moment."


class RequestId:
    """Give every answer an X-Request-ID: the caller's own if it is one."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        given = request.headers.get("X-Request-ID", "")
        echoed = given if REQUEST_ID.fullmatch(given) else str(uuid7())
        response.headers.setdefault("X-Request-ID", echoed)
        return response


class DatabaseAway:
    """Answer 503 while PostgreSQL is away, instead of 500; calls go on without it."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        log.error("database.away", extra={"fields": {"path": request.path}})
        if is_api_path(request.path):
            return refusal(503, "service_unavailable", _AWAY, retry_after_s=5)
        return HttpResponse(
            f"{_AWAY} Calls go on; try this page again in a moment.",
            status=503,
            content_type="text/plain; charset=utf-8",
            headers={"Retry-After": "5"},
        )
