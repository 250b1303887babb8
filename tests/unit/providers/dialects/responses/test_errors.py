import orjson

from providers.dialects.responses.sides import ERRORS
from providers.types import Failure

FAILURE = Failure(429, "Too fast.", "rate_limit_error", "rate_limited", "model")


def test_a_body_is_openais():
    assert orjson.loads(ERRORS.body(FAILURE)) == {
        "error": {
            "message": "Too fast.",
            "type": "rate_limit_error",
            "param": "model",
            "code": "rate_limited",
        },
        "detail": "Too fast.",
    }


def test_an_event_is_numbered_named_and_holds_what_clients_raise():
    block = ERRORS.event(FAILURE, sequence=4)

    named, data = block.removesuffix(b"\n\n").split(b"\n")
    assert named == b"event: error"
    assert orjson.loads(data.removeprefix(b"data: ")) == {
        "type": "error",
        "sequence_number": 4,
        "code": "rate_limited",
        "message": "Too fast.",
        "param": "model",
        "error": {
            "message": "Too fast.",
            "type": "rate_limit_error",
            "param": "model",
            "code": "rate_limited",
        },
    }
