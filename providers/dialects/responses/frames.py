"""The frames of a WebSocket: the same events as in a stream, one a frame, with their lane."""

from typing import Any

import orjson

from providers import sse
from providers.dialects import openai_errors
from providers.types import Failure

_ENDS = ("response.completed", "response.incomplete")
_END_NAMES = tuple(f'"{each}"'.encode() for each in _ENDS)


def of_block(block: bytes, stream_id: str | None) -> list[str]:
    """Return the text frames of a block of whole events; `[DONE]` and comments are none."""
    lane = _lane(stream_id)
    return [
        _with(lane, data).decode(errors="replace")
        for data in sse.payloads(block)
        if data.startswith(b"{")
    ]


def refused(failure: Failure, stream_id: str | None) -> str:
    """Return the frame that answers a request which was refused before it streamed."""
    error = openai_errors.error_of(failure)
    shown: dict[str, Any] = {"type": "error", "status": failure.status, "error": error}
    if failure.retry_after_s is not None:
        # A frame has no headers but these; clients look for them in either place.
        headers = {"retry-after": str(failure.retry_after_s)}
        shown["headers"] = error["headers"] = headers
    return _with(_lane(stream_id), orjson.dumps(shown)).decode()


def final_response(block: bytes) -> dict[str, Any] | None:
    """Return the response that ends in this block, completed or cut off, if one does."""
    if not any(name in block for name in _END_NAMES):
        return None
    for data in sse.payloads(block):
        try:
            event = orjson.loads(data)
        except orjson.JSONDecodeError:
            continue
        if isinstance(event, dict) and event.get("type") in _ENDS:
            response = event.get("response")
            return response if isinstance(response, dict) else None
    return None


def _lane(stream_id: str | None) -> bytes:
    return b"" if stream_id is None else b'"stream_id":%b' % orjson.dumps(stream_id)


def _with(lane: bytes, data: bytes) -> bytes:
    """Put the lane in front of the first member, so that the rest need not be read."""
    if not lane:
        return data
    rest = data[1:].lstrip()
    return b"{%b%b%b" % (lane, b"" if rest.startswith(b"}") else b",", rest)
