"""Asks a provider whether it is there and knows us, without spending a token."""

import time
from dataclasses import dataclass

import requests


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back. `status` is None when nothing did; `problem` is empty when all is well."""

    status: int | None
    elapsed_ms: int
    problem: str = ""


def list_models(
    *, base_url: str, secret: str, connect_timeout_s: float, read_timeout_s: float
) -> Outcome:
    """Return how `GET {base_url}/models` with the credential was answered.

    Redirects are not followed: the credential is for this address and no other. Neither
    proxies nor netrc of the environment are used, as on the way of a call.
    """
    headers = {"Accept": "application/json", "User-Agent": "gatehouse"}
    if secret:
        headers["Authorization"] = f"Bearer {secret}"
    began = time.monotonic()
    try:
        status = _status(base_url, headers, (connect_timeout_s, read_timeout_s))
    except requests.RequestException as error:
        return Outcome(None, _ms_since(began), _why(error))
    return Outcome(status, _ms_since(began), _meaning(status))


def _status(
    base_url: str, headers: dict[str, str], timeout: tuple[float, float]
) -> int:
    with requests.Session() as session:
        session.trust_env = False
        # Streamed, so that the body, however long, stays where it is.
        with session.get(
            base_url.rstrip("/") + "/models",
            headers=headers,
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        ) as answer:
            return answer.status_code


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _why(error: requests.RequestException) -> str:
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


def _meaning(status: int) -> str:
    if status < 300:
        return ""
    if status < 400:
        return "it redirects elsewhere, which is not followed; give the final address"
    if status in (401, 403):
        return "it refuses the credential"
    if status == 404:
        return "it is there but has no /models; check the base URL"
    return "it answers with an error"
