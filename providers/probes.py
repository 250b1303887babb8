"""Asks a provider whether it is there and knows us, without spending a token."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import requests

from .kinds import Kind, region_in
from .signing import Credentials, Scope, signature_headers

_FRAME = {"Accept": "application/json", "User-Agent": "gatehouse"}
_JSON = {"Content-Type": "application/json"}
# What AWS calls it when it looked at the request itself: the credential was good.
_AWS_LOOKED = ("ValidationException", "ResourceNotFoundException")
# What AWS calls it when it does not believe a signature, in a header of its answer.
_AWS_REFUSALS = {
    "UnrecognizedClientException": "it does not know the access key or the session token",
    "InvalidSignatureException": "the signature is wrong: check the secret access key and the region",
    "ExpiredTokenException": "the session token has expired",
    "IncompleteSignatureException": "it cannot read the credential",
    "MissingAuthenticationTokenException": "it wants a credential",
    "AccessDeniedException": "it knows the credential, but does not let it call any model; where single ones are allowed, those work all the same",
}


@dataclass(frozen=True, slots=True)
class Probed:
    """Whom to ask, by a credential that may be empty."""

    kind: str
    base_url: str
    secret: str = field(repr=False)
    region: str = ""
    api_version: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back. `status` is None when nothing did; `problem` is empty when all is well.

    `learnt` says how much that means.
    """

    status: int | None
    elapsed_ms: int
    problem: str = ""
    learnt: str = ""


@dataclass(frozen=True, slots=True)
class _Question:
    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = b""


def ask(
    probed: Probed, *, connect_timeout_s: float, read_timeout_s: float, now: float
) -> Outcome:
    """Return how a harmless request with the credential was answered.

    For most that is the list of models. Redirects are not followed: the credential is for
    this address and no other. Neither proxies nor netrc of the environment are used, as on
    the way of a call.
    """
    began = time.monotonic()
    try:
        question = _question_for(probed, now)
        answer = _put(probed.base_url, question, (connect_timeout_s, read_timeout_s))
    except (requests.RequestException, ValueError) as error:
        return Outcome(None, _ms_since(began), _why(error))
    if probed.kind == Kind.BEDROCK:
        problem, learnt = _meaning_at_aws(answer)
    else:
        problem, learnt = _meaning(answer.status_code, probed.kind), ""
    return Outcome(answer.status_code, _ms_since(began), problem, learnt)


def _question_for(probed: Probed, now: float) -> _Question:
    secret = probed.secret
    match probed.kind:
        case Kind.ANTHROPIC:
            version = {"anthropic-version": "2023-06-01"}
            return _Question("GET", "/models", _known_by("x-api-key", secret) | version)
        case Kind.GEMINI:
            return _Question("GET", "/models", _known_by("x-goog-api-key", secret))
        case Kind.AZURE:
            return _Question("GET", _azure_path(probed), _known_by("api-key", secret))
        case Kind.BEDROCK:
            return _empty_converse(probed, now)
        case _:
            return _Question("GET", "/models", _bearer(secret))


def _known_by(header: str, secret: str) -> dict[str, str]:
    return {header: secret} if secret else {}


def _bearer(secret: str) -> dict[str, str]:
    return _known_by("Authorization", f"Bearer {secret}" if secret else "")


def _azure_path(probed: Probed) -> str:
    if not probed.api_version:
        return "/models"
    query = urlencode({"api-version": probed.api_version})
    is_newer = probed.base_url.rstrip("/").endswith("/openai/v1")
    return f"/models?{query}" if is_newer else f"/openai/models?{query}"


def _empty_converse(probed: Probed, now: float) -> _Question:
    """Ask as a call would, for nothing, of a model that is not there.

    AWS lists models at another host. Here it looks at the signature before the request.
    """
    path, body = "/model/gatehouse-connection-test/converse", b"{}"
    access_key, colon, rest = probed.secret.partition(":")
    if not colon:
        return _Question("POST", path, _bearer(probed.secret) | _JSON, body)
    secret_key, _, session_token = rest.partition(":")
    parts = urlsplit(probed.base_url)
    host = [(b"host", parts.netloc.lower().encode())]
    signed = signature_headers(
        Credentials(access_key, secret_key, session_token),
        Scope(probed.region or region_in(probed.base_url), "bedrock"),
        method=b"POST",
        path=(parts.path.rstrip("/") + path).encode(),
        headers=host,
        body=body,
        now=now,
    )
    headers = {name.decode(): value.decode() for name, value in [*host, *signed]}
    return _Question("POST", path, headers | _JSON, body)


def _put(
    base_url: str, question: _Question, timeout: tuple[float, float]
) -> requests.Response:
    """Return the answer's head; its body, however long, stays where it is."""
    with requests.Session() as session:
        session.trust_env = False
        with session.request(
            question.method,
            base_url.rstrip("/") + question.path,
            headers={**_FRAME, **question.headers},
            data=question.body or None,
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        ) as answer:
            return answer


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _why(error: Exception) -> str:
    # Never the exception's own text: it may hold what was sent.
    match error:
        case requests.exceptions.SSLError():
            return "the TLS certificate or handshake was refused"
        case requests.exceptions.ConnectTimeout():
            return "no connection in time"
        case requests.exceptions.ReadTimeout():
            return "connected, but no answer in time"
        case requests.exceptions.ConnectionError():
            return "no connection: refused, unknown host or cut off"
        case _:
            return f"the request could not be made ({type(error).__name__})"


def _meaning(status: int, kind: str) -> str:
    if status < 300:
        return ""
    if status < 400:
        return "it redirects elsewhere, which is not followed; give the final address"
    if status in (401, 403):
        return "it refuses the credential"
    if status == 400 and kind == Kind.GEMINI:
        return "it refuses the request, as it does when the key is not valid"
    if status == 404:
        return "it is there but has no /models; check the base URL"
    return "it answers with an error"


def _meaning_at_aws(answer: requests.Response) -> tuple[str, str]:
    # Only names we know: a header of the answer is not repeated.
    name = answer.headers.get("x-amzn-errortype", "").partition(":")[0]
    if name in _AWS_LOOKED:
        return "", "It knows the credential; which models that may call was not asked."
    if name in _AWS_REFUSALS:
        return _AWS_REFUSALS[name], ""
    if answer.status_code < 300 or answer.status_code in (400, 404):
        return "it does not answer as Bedrock does; check the base URL", ""
    return _meaning(answer.status_code, Kind.BEDROCK), ""
