import orjson
import pytest

from providers.dialects.gemini.sides import ERRORS
from providers.types import Failure

STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    402: "FAILED_PRECONDITION",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
    507: "INTERNAL",
}
FULL = Failure(
    429,
    "Too many.",
    "rate_limit_error",
    "rate_limit_exceeded",
    param="generationConfig.topK",
    details={"limit": 3, "level": "key"},
    retry_after_s=30,
    advice="Wait.",
)


def test_an_error_is_shown_whole():
    assert orjson.loads(ERRORS.body(FULL)) == {
        "error": {
            "code": 429,
            "message": "Too many.",
            "status": "RESOURCE_EXHAUSTED",
            "details": [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "rate_limit_exceeded",
                    "domain": "gatehouse",
                    "metadata": {
                        "type": "rate_limit_error",
                        "param": "generationConfig.topK",
                        "advice": "Wait.",
                        "limit": "3",
                        "level": "key",
                    },
                },
                {
                    "@type": "type.googleapis.com/google.rpc.RetryInfo",
                    "retryDelay": "30s",
                },
            ],
        }
    }


@pytest.mark.parametrize(("status", "word"), STATUSES.items())
def test_a_status_has_googles_word(status, word):
    failure = Failure(status, "m", "t", "c")

    error = orjson.loads(ERRORS.body(failure))["error"]

    assert (error["code"], error["status"]) == (status, word)


def test_an_error_in_a_stream_is_the_same_in_an_event():
    event = ERRORS.event(FULL, sequence=4)

    assert event == b"data: " + ERRORS.body(FULL) + b"\n\n"
