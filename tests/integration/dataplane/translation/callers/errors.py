"""How each dialect's clients read an error that came instead of an answer."""

from dataclasses import dataclass
from typing import Any

from providers.operations import Operation

_ANTHROPIC_TYPES = {
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    502: "api_error",
    503: "overloaded_error",
    504: "timeout_error",
}
_GOOGLE_STATUSES = {
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


@dataclass(frozen=True)
class Told:
    """`kind` is our word for what it is, where the dialect has room for it."""

    code: str
    message: str
    kind: str = ""
    retry_after: int | None = None


def told(operation: Operation, status: int, body: dict[str, Any]) -> Told:
    match operation:
        case Operation.MESSAGES:
            return _anthropics(status, body)
        case Operation.GENERATE:
            return _googles(status, body)
        case _:
            assert body["detail"] == body["error"]["message"]
            return _openais(body["error"])


def in_frame(frame: dict[str, Any], status: int) -> Told:
    """Return the same of a frame on a WebSocket, which has the status in it."""
    assert (frame["type"], frame["status"]) == ("error", status)
    return _openais(frame["error"])


def _openais(error: dict[str, Any]) -> Told:
    assert error["details"]["provider"] == "acme-ai"
    wait_s = error.get("retry_after_seconds")
    return Told(error["code"], error["message"], error["type"], wait_s)


def _anthropics(status: int, body: dict[str, Any]) -> Told:
    assert body["type"] == "error"
    error = body["error"]
    assert error["type"] == _ANTHROPIC_TYPES.get(status, "invalid_request_error")
    wait_s = error.get("retry_after_seconds")
    return Told(error["code"], error["message"], retry_after=wait_s)


def _googles(status: int, body: dict[str, Any]) -> Told:
    error = body["error"]
    assert error["code"] == status
    assert error["status"] == _GOOGLE_STATUSES.get(status, "INVALID_ARGUMENT")
    info, *retry = error["details"]
    assert info["metadata"]["provider"] == "acme-ai"
    wait_s = int(retry[0]["retryDelay"].removesuffix("s")) if retry else None
    return Told(info["reason"], error["message"], info["metadata"]["type"], wait_s)
