"""How a caller of responses is shown an error."""

from typing import Any

import orjson

from providers.dialects import openai_errors
from providers.types import Failure


class ResponsesErrors:
    def body(self, failure: Failure) -> bytes:
        return openai_errors.ERRORS.body(failure)

    def event(self, failure: Failure, *, sequence: int) -> bytes:
        return event_block(told(failure) | {"sequence_number": sequence})


ERRORS = ResponsesErrors()


def told(failure: Failure) -> dict[str, Any]:
    """Return the `error` event, which says the same twice.

    OpenAI documents the flat fields; what its service sends, and what its clients raise an
    error for, is the object under `error`.
    """
    return {
        "type": "error",
        "code": failure.code,
        "message": failure.message,
        "param": failure.param,
        "error": openai_errors.error_of(failure),
    }


def event_block(event: dict[str, Any]) -> bytes:
    """Return the block of one event, under its own name."""
    return b"event: %b\ndata: %b\n\n" % (event["type"].encode(), orjson.dumps(event))
