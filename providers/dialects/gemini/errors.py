"""Errors as Google's APIs show them."""

from typing import Any

import orjson

from providers.types import Failure

_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    402: "FAILED_PRECONDITION",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    412: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
    529: "UNAVAILABLE",
}
_TYPE = "type.googleapis.com/google.rpc."
_LAST_4XX = 499


class Errors:
    def body(self, failure: Failure) -> bytes:
        return orjson.dumps({"error": _error(failure)})

    def event(self, failure: Failure, *, sequence: int) -> bytes:
        return b"data: %b\n\n" % self.body(failure)


def _error(failure: Failure) -> dict[str, Any]:
    otherwise = "INVALID_ARGUMENT" if failure.status <= _LAST_4XX else "INTERNAL"
    return {
        "code": failure.status,
        "message": failure.message,
        "status": _STATUSES.get(failure.status, otherwise),
        "details": _details(failure),
    }


def _details(failure: Failure) -> list[dict[str, Any]]:
    metadata = {"type": failure.type}
    if failure.param is not None:
        metadata["param"] = failure.param
    if failure.advice is not None:
        metadata["advice"] = failure.advice
    for name, value in (failure.details or {}).items():
        # A map of texts in the protocol, whatever is told in it.
        metadata[name] = (
            value if isinstance(value, str) else orjson.dumps(value).decode()
        )
    details: list[dict[str, Any]] = [
        {
            "@type": f"{_TYPE}ErrorInfo",
            "reason": failure.code,
            "domain": "gatehouse",
            "metadata": metadata,
        }
    ]
    if failure.retry_after_s is not None:
        delay = f"{failure.retry_after_s}s"
        details.append({"@type": f"{_TYPE}RetryInfo", "retryDelay": delay})
    return details
