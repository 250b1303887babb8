"""What an error must look like to the callers of each dialect, whole and inside a stream."""

import json
from typing import Any

from .endpoints import Shape

_ANTHROPIC_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    429: "rate_limit_error",
    502: "api_error",
    503: "overloaded_error",
    504: "timeout_error",
}
_GOOGLE_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    429: "RESOURCE_EXHAUSTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


def code_of(shape: Shape, status: int, error: Any) -> str:
    """Return our code for what went wrong, having checked that the dialect's clients can read it."""
    match shape:
        case Shape.OPENAI | Shape.RESPONSES:
            assert error["detail"] == error["error"]["message"]
            return _openai_code(error["error"])
        case Shape.ANTHROPIC:
            assert error["type"] == "error"
            assert error["error"]["type"] == _ANTHROPIC_TYPES[status]
            assert error["error"]["message"]
            return error["error"]["code"]
        case Shape.GEMINI:
            told = error["error"]
            assert (told["code"], told["status"]) == (status, _GOOGLE_STATUSES[status])
            assert told["message"]
            info = told["details"][0]
            assert info["@type"] == "type.googleapis.com/google.rpc.ErrorInfo"
            return info["reason"]


def code_in_frame(frame: dict[str, Any]) -> str:
    """Return the same for a frame of a WebSocket, which has a status of its own."""
    assert frame["type"] == "error"
    return _openai_code(frame["error"])


def code_at_end(shape: Shape, events: list[bytes]) -> str:
    """Return the same for the events with which a stream ends badly."""
    *_, (name, data) = map(_event, events)
    if shape is Shape.RESPONSES:
        if data["type"] == "response.failed":
            assert name in ("", data["type"])
            assert data["response"]["status"] == "failed"
            assert data["response"]["error"]["message"]
            number = data["sequence_number"]
            name, data = _event(events[-2])
            assert data["sequence_number"] == number - 1
        assert name in ("", "error")
        assert data["type"] == "error"
        assert (data["code"], data["message"]) == (
            data["error"]["code"],
            data["error"]["message"],
        )
        return _openai_code(data["error"])
    assert name == ("error" if shape is Shape.ANTHROPIC else "")
    return code_of(shape, 502, data)


def _openai_code(error: dict[str, Any]) -> str:
    assert error["message"]
    assert error["type"]
    assert "param" in error
    return error["code"]


def _event(event: bytes) -> tuple[str, Any]:
    """Return the name and the data; a bare object is that of a frame or of an array."""
    if event.startswith(b"{"):
        return "", json.loads(event)
    *named, data = event.decode().split("\n")
    assert data.startswith("data: ")
    name = named[0].removeprefix("event: ") if named else ""
    return name, json.loads(data.removeprefix("data: "))
