"""The test of a connection, against a provider on the loopback."""

import socket

import pytest

from providers import probes

from .upstream import provider

pytestmark = pytest.mark.enable_socket
SECRET = "sk-probe-0123456789abcdef"


def probe(base_url, secret=SECRET, patience_s=2):
    return probes.list_models(
        base_url=base_url,
        secret=secret,
        connect_timeout_s=patience_s,
        read_timeout_s=patience_s,
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


@pytest.mark.parametrize("base_url", ["http://[", "ftp://127.0.0.1/", "nothing"])
def test_an_address_that_is_none_is_no_server_error(base_url):
    outcome = probe(base_url)

    assert outcome.status is None
    assert "could not be made" in outcome.problem


def test_what_went_wrong_never_names_the_secret():
    for base_url in ("http://[", "nothing", "http://127.0.0.1:1/v1"):
        assert SECRET not in str(probe(base_url))
