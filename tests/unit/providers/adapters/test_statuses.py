import orjson
import pytest

from providers.adapters.statuses import is_out_of_quota, meant, retry_after

GOOGLES_BAD_KEY = {
    "error": {
        "code": 400,
        "message": "API key not valid. Please pass a valid API key.",
        "status": "INVALID_ARGUMENT",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "API_KEY_INVALID",
                "domain": "googleapis.com",
            },
            {"@type": "type.googleapis.com/google.rpc.LocalizedMessage"},
        ],
    }
}
ANTHROPICS_EMPTY_ACCOUNT = {
    "type": "error",
    "error": {
        "type": "invalid_request_error",
        "message": "Your credit balance is too low to access the Anthropic API.",
    },
}
AMAZON = "{}:http://internal.amazon.com/coral/com.amazon.coral.service/"


def told(value: object) -> bytes:
    return value if isinstance(value, bytes) else orjson.dumps(value)


@pytest.mark.parametrize(
    ("body", "meaning"),
    [
        (GOOGLES_BAD_KEY, 401),
        (ANTHROPICS_EMPTY_ACCOUNT, 402),
        ({"error": {"message": "API_KEY_INVALID", "details": "API_KEY_INVALID"}}, 400),
        ({"error": {"message": "'Your credit balance is too low' is no tool"}}, 400),
        ({"error": "API_KEY_INVALID"}, 400),
        ([GOOGLES_BAD_KEY], 400),
        (b"", 400),
        (b"<html>", 400),
    ],
)
def test_a_400_about_our_account_is_told_from_one_about_the_request(body, meaning):
    assert meant(400, [], told(body)) == meaning


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("UnrecognizedClientException", 401),
        (AMAZON.format("ExpiredTokenException"), 401),
        ("InvalidSignatureException", 401),
        ("ValidationException", 400),
        ("", 400),
    ],
)
def test_amazon_names_what_a_400_is_about(name, meaning):
    assert meant(400, [(b"x-amzn-errortype", name.encode())], b"{}") == meaning


@pytest.mark.parametrize("status", [302, 401, 403, 404, 429, 500, 529])
def test_other_statuses_mean_what_they_say(status):
    assert meant(status, [], told(GOOGLES_BAD_KEY)) == status


@pytest.mark.parametrize(
    ("body", "is_out"),
    [
        ({"error": {"code": "insufficient_quota", "type": "insufficient_quota"}}, True),
        ({"error": {"type": "insufficient_quota"}}, True),
        ({"error": {"code": "rate_limit_exceeded", "type": "tokens"}}, False),
        ({"error": None}, False),
        (b"nonsense", False),
    ],
)
def test_want_of_money_is_told_from_haste(body, is_out):
    assert is_out_of_quota(told(body)) is is_out


@pytest.mark.parametrize(
    ("given", "delay", "seconds"),
    [
        (b"7", "39s", 7),
        (b"0", None, 0),
        (b"", "39s", 39),
        (b"", "37.82626638s", 38),
        (b"Wed, 21 Oct 2026 07:28:00 GMT", None, None),
        (b"9999999", None, None),
        (b"", "9999999s", None),
        (b"", "-1s", None),
        (b"", 39, None),
        (b"", None, None),
    ],
)
def test_how_long_to_wait_is_in_a_header_or_in_googles_details(given, delay, seconds):
    kind = "type.googleapis.com/google.rpc.RetryInfo"
    details = [{"@type": kind, "retryDelay": delay}]
    headers = [(b"retry-after", given)] if given else []

    found = retry_after(headers, told({"error": {"details": details}}))

    assert found == seconds
