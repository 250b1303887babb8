"""The test of a connection, against a provider on the loopback."""

import socket

import pytest

from providers import probes
from providers.signing import Credentials, Scope, signature_headers

from .upstream import provider

pytestmark = pytest.mark.enable_socket
NOON = 1_772_366_400.0
KEYS = "AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG"
SECRET = "sk-probe-0123456789abcdef"


def probe(base_url, kind="OPENAI", secret=SECRET, patience_s=2, **fields):
    return probes.ask(
        probes.Probed(kind, base_url, secret, **fields),
        connect_timeout_s=patience_s,
        read_timeout_s=patience_s,
        now=NOON,
    )


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    # Were they heeded, no test would reach the loopback.
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")


@pytest.mark.parametrize("slash", ["", "/"])
def test_it_asks_for_the_models_with_the_credential(slash):
    with provider() as upstream:
        outcome = probe(upstream.base_url + slash)

    assert (outcome.status, outcome.problem) == (200, "")
    ((path, headers),) = upstream.asked
    assert path == "/v1/models"
    assert headers["authorization"] == f"Bearer {SECRET}"


def test_where_no_secret_is_stored_none_is_sent():
    with provider() as upstream:
        probe(upstream.base_url, secret="")

    assert "authorization" not in upstream.asked[0][1]


def test_the_netrc_of_the_house_is_not_used(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))

    with provider() as upstream:
        probe(upstream.base_url)

    assert upstream.asked[0][1]["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status):
    with (
        provider() as elsewhere,
        provider(status, {"location": elsewhere.base_url}) as upstream,
    ):
        outcome = probe(upstream.base_url)

    assert outcome.status == status
    assert "not followed" in outcome.problem
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (200, ""),
        (204, ""),
        (401, "refuses the credential"),
        (403, "refuses the credential"),
        (404, "no /models"),
        (429, "answers with an error"),
        (500, "answers with an error"),
    ],
)
def test_the_answer_is_put_into_words(status, problem):
    with provider(status) as upstream:
        outcome = probe(upstream.base_url)

    assert outcome.status == status
    assert problem in outcome.problem
    assert bool(problem) is bool(outcome.problem)


def test_a_silent_provider_is_given_up_on():
    with provider(silent=True) as upstream:
        outcome = probe(upstream.base_url, patience_s=0.2)

    assert outcome.status is None
    assert outcome.problem == "connected, but no answer in time"
    assert 200 <= outcome.elapsed_ms < 2000


def test_nobody_listening_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    outcome = probe(f"http://127.0.0.1:{port}/v1")

    assert outcome.status is None
    assert "no connection" in outcome.problem


@pytest.mark.parametrize(
    ("kind", "path", "sent"),
    [
        ("OPENAI", "/v1/models", {"authorization": f"Bearer {SECRET}"}),
        ("OPENAI_COMPATIBLE", "/v1/models", {"authorization": f"Bearer {SECRET}"}),
        ("OLLAMA", "/v1/models", {"authorization": f"Bearer {SECRET}"}),
        ("AZURE", "/v1/models", {"api-key": SECRET}),
        ("GEMINI", "/v1/models", {"x-goog-api-key": SECRET}),
        (
            "ANTHROPIC",
            "/v1/models",
            {"x-api-key": SECRET, "anthropic-version": "2023-06-01"},
        ),
    ],
)
@pytest.mark.parametrize("secret", [SECRET, ""])
def test_each_kind_is_asked_its_own_way(kind, path, sent, secret):
    with provider() as upstream:
        outcome = probe(upstream.base_url, kind, secret)

    assert (outcome.status, outcome.problem, outcome.learnt) == (200, "", "")
    ((asked, headers),) = upstream.asked
    assert asked == path
    expected = {
        name: each for name, each in sent.items() if secret or SECRET not in each
    }
    frame = {"host", "accept-encoding", "connection", "accept", "user-agent"}
    assert {
        name: each for name, each in headers.items() if name not in frame
    } == expected


@pytest.mark.parametrize(
    ("below", "version", "path"),
    [
        ("", "2024-10-21", "/openai/models?api-version=2024-10-21"),
        ("/ai", "2024-10-21", "/ai/openai/models?api-version=2024-10-21"),
        ("/openai/v1", "preview", "/openai/v1/models?api-version=preview"),
        ("/openai/v1/", "", "/openai/v1/models"),
    ],
)
def test_azure_is_asked_by_the_way_a_call_takes(below, version, path):
    with provider() as upstream:
        base_url = upstream.base_url.removesuffix("/v1") + below
        probe(base_url, "AZURE", api_version=version)

    assert upstream.asked[0][0] == path


def test_gemini_says_400_to_a_wrong_key():
    with provider(400) as upstream:
        outcome = probe(upstream.base_url, "GEMINI")

    assert "when the key is not valid" in outcome.problem


def test_bedrock_is_asked_for_nothing_with_a_signature():
    with provider(400) as upstream:
        base_url = upstream.base_url.removesuffix("/v1")
        probe(base_url, "BEDROCK", KEYS, region="eu-west-1")

    ((path, headers),) = upstream.asked
    assert path == "/model/gatehouse-connection-test/converse"
    assert upstream.bodies == [b"{}"]
    assert headers["content-type"] == "application/json"
    assert headers["x-amz-date"] == "20260301T120000Z"
    scope = "AKIAIOSFODNN7EXAMPLE/20260301/eu-west-1/bedrock/aws4_request"
    assert headers["authorization"].startswith(f"AWS4-HMAC-SHA256 Credential={scope}, ")
    expected = signature_headers(
        Credentials(*KEYS.split(":")),
        Scope("eu-west-1", "bedrock"),
        method=b"POST",
        path=path.encode(),
        headers=[(b"host", headers["host"].encode())],
        body=b"{}",
        now=NOON,
    )
    assert headers["authorization"].encode() == dict(expected)[b"authorization"]


def test_a_session_token_goes_with_the_signature():
    with provider(400) as upstream:
        probe(upstream.base_url, "BEDROCK", f"{KEYS}:token", region="eu-west-1")

    assert upstream.asked[0][1]["x-amz-security-token"] == "token"


@pytest.mark.parametrize(
    ("secret", "sent"), [("ABSK-key", "Bearer ABSK-key"), ("", None)]
)
def test_a_bedrock_api_key_is_a_bearer(secret, sent):
    with provider(400) as upstream:
        probe(upstream.base_url, "BEDROCK", secret, region="eu-west-1")

    assert upstream.asked[0][1].get("authorization") == sent


@pytest.mark.parametrize(
    ("status", "name", "problem"),
    [
        (400, "ValidationException:http://internal.amazon.com/coral/", ""),
        (404, "ResourceNotFoundException", ""),
        (403, "UnrecognizedClientException", "does not know the access key"),
        (403, "InvalidSignatureException:x", "check the secret access key and the region"),
        (403, "ExpiredTokenException", "has expired"),
        (403, "AccessDeniedException", "does not let it call any model"),
        (403, "", "refuses the credential"),
        (403, "SomethingNewException", "refuses the credential"),
        (200, "", "not answer as Bedrock does"),
        (400, "", "not answer as Bedrock does"),
        (404, "", "not answer as Bedrock does"),
        (307, "", "not followed"),
        (503, "ServiceUnavailableException", "answers with an error"),
    ],
)  # fmt: skip
def test_what_aws_answers_is_put_into_words(status, name, problem):
    with provider(status, {"x-amzn-ErrorType": name} if name else {}) as upstream:
        outcome = probe(upstream.base_url, "BEDROCK", KEYS, region="eu-west-1")

    assert outcome.status == status
    assert problem in outcome.problem
    assert bool(problem) is bool(outcome.problem)
    assert ("was not asked" in outcome.learnt) is not bool(problem)


KINDS = ["OPENAI", "AZURE", "BEDROCK"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("base_url", ["http://[", "ftp://127.0.0.1/", "nothing"])
def test_an_address_that_is_none_is_no_server_error(base_url, kind):
    outcome = probe(base_url, kind, KEYS)

    assert outcome.status is None
    assert "could not be made" in outcome.problem


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("secret", [SECRET, KEYS, "schl\u00fcssel\u20ac", "a\r\nb"])
def test_what_went_wrong_never_names_the_secret(kind, secret):
    for base_url in ("http://[", "nothing", "http://127.0.0.1:1/v1"):
        assert secret not in str(probe(base_url, kind, secret))


def test_whom_to_ask_shows_no_secret():
    assert SECRET not in repr(probes.Probed("OPENAI", "http://a.test", SECRET))
