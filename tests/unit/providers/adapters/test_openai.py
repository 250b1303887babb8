import pytest

from providers.adapters import openai
from providers.types import Endpoint, Target, Timeouts

SECRET = "sk-upstream-secret"
TARGET = Target(
    provider="acme",
    kind="OPENAI",
    endpoint=Endpoint("https", "api.acme.test", 443),
    base_path="/v1",
    upstream_model="gpt-4o",
    timeouts=Timeouts(),
    secret=SECRET,
)


def outbound(body=b'{"model":"gpt-4o"}', *, target=TARGET, headers=None, query=b""):
    return openai.outbound(target, body, headers=headers or {}, query=query)


def test_a_chat_completion_goes_below_the_base_path_with_our_credential():
    sent = outbound()

    assert (sent.method, sent.path) == (b"POST", b"/v1/chat/completions")
    assert dict(sent.headers) == {
        b"authorization": b"Bearer sk-upstream-secret",
        b"content-type": b"application/json",
        b"accept": b"*/*",
        b"user-agent": b"gatehouse",
    }
    assert (sent.endpoint, sent.timeouts) == (TARGET.endpoint, TARGET.timeouts)


def test_the_query_goes_on_as_it_came():
    assert outbound(query=b"beta=true&x=%20").path == (
        b"/v1/chat/completions?beta=true&x=%20"
    )


def test_a_server_without_keys_gets_no_authorization():
    keyless = Target(
        "p", "OPENAI", TARGET.endpoint, "", "gpt-4o", Timeouts(), secret=""
    )

    assert b"authorization" not in dict(outbound(target=keyless).headers)


def test_a_body_that_names_the_upstream_model_goes_on_untouched():
    body = b'{ "model" : "gpt-4o", "unknown": [1.0, 1e2] }'

    assert outbound(body).body is body


def test_an_alias_is_replaced_and_all_else_stays():
    sent = outbound(b'{ "model" : "fast", "unknown": [1.0, 1e2] }')

    assert sent.body == b'{ "model" : "gpt-4o", "unknown": [1.0, 1e2] }'


@pytest.mark.parametrize(
    "name",
    [
        "authorization", "cookie", "host", "content-length", "transfer-encoding",
        "connection", "x-api-key", "x-forwarded-for", "x-stainless-lang", "user-agent",
        "openai-organization", "openai-project", "idempotency-key", "accept-encoding",
    ],
)  # fmt: skip
def test_a_callers_header_stays_here(name):
    given = {name.encode(): b"the caller's", b"openai-beta": b"assistants=v2"}

    sent = outbound(headers=given).headers

    assert (b"openai-beta", b"assistants=v2") in sent
    assert b"the caller's" not in dict(sent).values()


def test_a_callers_answer_keeps_only_harmless_headers():
    headers = [
        (b"content-type", b"application/json"),
        (b"openai-processing-ms", b"12"),
        (b"openai-version", b"2020-10-01"),
        (b"openai-organization", b"org-operator"),
        (b"set-cookie", b"a=b"),
        (b"x-request-id", b"req_1"),
        (b"x-ratelimit-remaining-requests", b"9"),
        (b"server", b"cloudflare"),
        (b"connection", b"keep-alive"),
        (b"transfer-encoding", b"chunked"),
        (b"content-length", b"2"),
    ]

    assert openai.passed_on(headers) == headers[:3]


def test_no_secret_shows_in_a_repr():
    assert SECRET not in repr(outbound())
    assert SECRET not in repr(TARGET)
