"""Errors as OpenAI shows them, with `detail` beside them for clients of older systems."""

from typing import Any

import orjson

from providers import sse
from providers.types import Failure


def error_of(failure: Failure) -> dict[str, Any]:
    """Return what OpenAI's clients read under `error`."""
    error: dict[str, Any] = {
        "message": failure.message,
        "type": failure.type,
        "param": failure.param,
        "code": failure.code,
    }
    if failure.details is not None:
        error["details"] = failure.details
    if failure.retry_after_s is not None:
        error["retry_after_seconds"] = failure.retry_after_s
    if failure.advice is not None:
        error["suggested_action"] = failure.advice
    return error


class OpenAIErrors:
    def body(self, failure: Failure) -> bytes:
        return orjson.dumps({"error": error_of(failure), "detail": failure.message})

    def event(self, failure: Failure, *, sequence: int) -> bytes:
        """Leave out `[DONE]`: clients would take it for the end of a whole answer."""
        return sse.encode(self.body(failure))


ERRORS = OpenAIErrors()
