"""What the mock says, before it is asked for the bytes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from providers.dialects.errors import AskError, BadField

# Of all choices' texts together: a small question must not become a large answer.
MOST_ANSWER_BYTES = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Reply:
    content_type: bytes
    pieces: Iterator[bytes]
    status: int = 200


def whole(value: Mapping[str, Any]) -> Reply:
    return Reply(b"application/json", iter([orjson.dumps(value)]))


def plain(body: bytes, content_type: bytes) -> Reply:
    return Reply(content_type, iter([body]))


def streamed(events: Iterator[bytes]) -> Reply:
    return Reply(b"text/event-stream", events)


def event(value: Mapping[str, Any]) -> bytes:
    """Return an event that is named as its `type` is."""
    return b"event: %b\ndata: %b\n\n" % (value["type"].encode(), orjson.dumps(value))


def refused(error: AskError) -> Reply:
    return _error(400, str(error), error.field or None)


def unknown(path: bytes) -> Reply:
    return _error(404, f"The mock has no {path.decode(errors='replace')}.", None)


def check_size(size: int, field: str) -> None:
    """Raise `BadField` for answers that would be larger than the mock may say."""
    if size > MOST_ANSWER_BYTES:
        raise BadField(
            f"The answers would be longer than {MOST_ANSWER_BYTES} bytes together; ask for"
            " fewer of them, for a shorter one or set max_tokens.",
            field=field,
        )


def _error(status: int, message: str, param: str | None) -> Reply:
    error = {
        "message": message,
        "type": "invalid_request_error",
        "param": param,
        "code": None,
    }
    body = orjson.dumps({"error": error})
    return Reply(b"application/json", iter([body]), status)
