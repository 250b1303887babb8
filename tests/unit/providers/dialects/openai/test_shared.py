"""What OpenAI's dialects share with each other and with the rest."""

import orjson
import pytest

from providers.dialects import data_urls, signatures
from providers.dialects.conversation import Signature
from providers.dialects.openai_errors import ERRORS
from providers.types import Failure


def test_an_error_is_shown_in_openais_shape_with_detail_beside_it():
    failure = Failure(
        429,
        "Too many.",
        "rate_limit_error",
        "rate_limit_exceeded",
        param="model",
        details={"limit": 5},
        retry_after_s=3,
        advice="Wait.",
    )

    assert orjson.loads(ERRORS.body(failure)) == {
        "error": {
            "message": "Too many.",
            "type": "rate_limit_error",
            "param": "model",
            "code": "rate_limit_exceeded",
            "details": {"limit": 5},
            "retry_after_seconds": 3,
            "suggested_action": "Wait.",
        },
        "detail": "Too many.",
    }


def test_an_error_in_a_stream_is_one_event():
    failure = Failure(502, "Line\nline.", "provider_unavailable", "broken")

    block = ERRORS.event(failure, sequence=7)

    assert block == b"data: " + ERRORS.body(failure) + b"\n\n"


@pytest.mark.parametrize(
    ("url", "content"),
    [
        ("data:image/png;base64,iVBO", ("image/png", "iVBO")),
        ("DATA:Image/PNG;Base64,iVBO", ("image/png", "iVBO")),
        ("data:text/plain;charset=utf-8;base64,eA==", ("text/plain", "eA==")),
        ("data:;base64,eA==", ("", "eA==")),
        ("data:image/jpg;base64,/9j/", ("image/jpeg", "/9j/")),
        ("data:text/plain,x", None),
        ("data:image/png;base64", None),
        ("https://x.test/data:image/png;base64,x", None),
        ("", None),
    ],
)
def test_a_data_url_is_split(url, content):
    assert data_urls.split(url) == content


@pytest.mark.parametrize(
    ("own", "signature", "text"),
    [
        ("openai", Signature("openai", "gAAA"), "gAAA"),
        ("openai", Signature("anthropic", "Eq=="), "anthropic.Eq=="),
        ("gemini", Signature("openai", "detail.e30="), "openai.detail.e30="),
        ("openai", Signature("openai", "detail.e30="), "detail.e30="),
        ("anthropic", Signature("bedrock", "Eq=="), "bedrock.Eq=="),
    ],
)
def test_a_signature_is_the_same_after_its_time_as_text(own, signature, text):
    assert signatures.as_text(signature, own=own) == text
    assert signatures.from_text(text, own=own) == signature
