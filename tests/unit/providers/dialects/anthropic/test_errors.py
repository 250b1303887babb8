import orjson
import pytest

from providers.dialects.anthropic.sides import ERRORS
from providers.types import Failure


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (402, "billing_error"),
        (403, "permission_error"),
        (404, "not_found_error"),
        (405, "invalid_request_error"),
        (408, "timeout_error"),
        (413, "request_too_large"),
        (415, "invalid_request_error"),
        (422, "invalid_request_error"),
        (429, "rate_limit_error"),
        (500, "api_error"),
        (502, "api_error"),
        (503, "overloaded_error"),
        (504, "timeout_error"),
        (529, "overloaded_error"),
    ],
)
def test_a_failure_is_of_the_kind_its_status_says(status, kind):
    failure = Failure(status, "No.", "server_error", "nope")

    assert orjson.loads(ERRORS.body(failure)) == {
        "type": "error",
        "error": {"type": kind, "message": "No.", "code": "nope"},
    }


def test_what_more_is_known_stands_beside_the_message():
    failure = Failure(
        429,
        "Slow down.",
        "rate_limit_error",
        "rate_limit_exceeded",
        param="model",
        details={"limit": 3},
        retry_after_s=7,
        advice="Wait.",
    )

    assert orjson.loads(ERRORS.body(failure))["error"] == {
        "type": "rate_limit_error",
        "message": "Slow down.",
        "code": "rate_limit_exceeded",
        "param": "model",
        "details": {"limit": 3},
        "retry_after_seconds": 7,
        "suggested_action": "Wait.",
    }


def test_a_stream_ends_with_the_same_error_as_an_event():
    failure = Failure(502, "It broke.\nTwice.", "server_error", "upstream_broken")

    event = ERRORS.event(failure, sequence=9)

    assert event == b"event: error\ndata: " + ERRORS.body(failure) + b"\n\n"
    assert event.count(b"\n") == 3
