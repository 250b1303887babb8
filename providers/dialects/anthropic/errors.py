"""Errors in the words of this dialect, in answers and in streams."""

from typing import Any

import orjson

from providers.types import Failure

_TYPES = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
    529: "overloaded_error",
}


def type_of(status: int) -> str:
    """Return the kind of error a client of this dialect tells from others."""
    other = "invalid_request_error" if status < 500 else "api_error"
    return _TYPES.get(status, other)


class Errors:
    def body(self, failure: Failure) -> bytes:
        """Return the error with what we know more than Anthropic says, beside its message."""
        error: dict[str, Any] = {
            "type": type_of(failure.status),
            "message": failure.message,
            "code": failure.code,
        }
        if failure.param is not None:
            error["param"] = failure.param
        if failure.details is not None:
            error["details"] = failure.details
        if failure.retry_after_s is not None:
            error["retry_after_seconds"] = failure.retry_after_s
        if failure.advice is not None:
            error["suggested_action"] = failure.advice
        return orjson.dumps({"type": "error", "error": error})

    def event(self, failure: Failure, *, sequence: int) -> bytes:
        return b"event: error\ndata: %b\n\n" % self.body(failure)


ERRORS = Errors()
