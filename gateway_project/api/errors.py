"""Errors of Django's side of the house, in the same shape as the data plane's."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render as render_page
from rest_framework.response import Response
from rest_framework.views import exception_handler

_PAGES = ("/admin", "/static")
_CODES = {
    400: "invalid_request",
    401: "invalid_api_key",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    429: "rate_limit_exceeded",
}


def is_api_path(path: str) -> bool:
    """True for everything but the console's pages: there, an error is JSON."""
    return not path.startswith(_PAGES)


def refusal(
    status: int, code: str, message: str, *, retry_after_s: int | None = None
) -> JsonResponse:
    error: dict[str, Any] = {
        "message": message,
        "type": "invalid_request_error" if status < 500 else code,
        "param": None,
        "code": code,
    }
    headers = {}
    if retry_after_s is not None:
        error["retry_after_seconds"] = retry_after_s
        headers["Retry-After"] = str(retry_after_s)
    return JsonResponse(
        {"error": error, "detail": message}, status=status, headers=headers
    )


def render(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Give DRF's own refusals our shape; what it does not know is left to Django."""
    response = exception_handler(exc, context)
    if response is None:
        return None
    message = str(getattr(exc, "detail", exc))
    code = _CODES.get(response.status_code, "error")
    response.data = {
        "error": {
            "message": message,
            "type": "invalid_request_error",
            "param": None,
            "code": code,
        },
        "detail": message,
    }
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, f"There is no {request.path[:200]} here.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, "The request cannot be read.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, "You may not do this.")


def broken(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500, "Something broke on our side.")


def _answer(request: HttpRequest, status: int, message: str) -> HttpResponse:
    if is_api_path(request.path):
        return refusal(status, _CODES.get(status, "internal_error"), message)
    return render_page(request, "error.html", {"message": message}, status=status)
