"""What a provider's failures look like to our callers.

A caller must be able to tell the provider's answer from ours: its 429 is not our limit,
and its 401 means that our credential is bad, not the caller's key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from providers.adapters.complaints import complaint_of, repeats
from providers.adapters.statuses import is_out_of_quota, meant, retry_after
from providers.errors import (
    UpstreamError,
    UpstreamTimedOut,
    UpstreamUnreachable,
)
from providers.types import Headers, Target

from .errors import ProviderRefused, ProviderUnavailable, Refusal

_DEFAULT_RETRY_S = 30
_UNREACHABLE_RETRY_S = 10
_ELSEWHERE = "Try again later or use a model of another provider."
_OF_QUOTA = "Ask your operator to look at the account with the provider."
_OF_CREDENTIALS = {
    401: "provider_unauthorized",
    402: "provider_payment",
    403: "provider_forbidden",
}
# Of Bedrock's, whose 424 tells that its model failed at a good request.
_MODEL_FAILED = 424


def refusal_of_failure(error: UpstreamError, provider: str) -> Refusal:
    """Return the refusal for a provider that gave no whole answer."""
    details = {"provider": provider, "upstream_status": None}
    match error:
        case UpstreamTimedOut():
            return ProviderUnavailable(
                f"The provider {provider} took too long: {error}.",
                status=504,
                code="provider_timeout",
                details=details,
                advice="Try again, or ask for a shorter answer.",
            )
        case UpstreamUnreachable():
            return ProviderUnavailable(
                f"The provider {provider} cannot be reached.",
                status=503,
                details=details,
                retry_after_s=_UNREACHABLE_RETRY_S,
                advice=_ELSEWHERE,
            )
        case _:
            return ProviderUnavailable(
                f"The provider {provider} broke off its answer.",
                status=502,
                code="provider_broke_off",
                details=details,
                advice="Try again.",
            )


def refusal_of_status(
    status: int, headers: Headers, body: bytes, target: Target, *, passes: bool
) -> Refusal:
    """Return the refusal for a provider's status other than 2xx.

    With `passes` the caller speaks the provider's dialect and is given its own words about
    what is wrong with the request. A redirect is none of our caller's business: followed,
    it could lead anywhere.
    """
    said = _Said(status, headers, body, target)
    match meant(status, headers, body):
        case 401 | 402 | 403 as why:
            return _credential_refused(said, why)
        case 408 | 504:
            return _too_slow(said)
        case 429:
            return _limited(said)
        case 503 | 529:
            return _overloaded(said)
        case _ if 400 <= status < 500 and status != _MODEL_FAILED:
            return _wrong(said, passes=passes)
        case _:
            return _failed(said)


@dataclass(frozen=True, slots=True)
class _Said:
    """A provider's answer that is an error."""

    status: int
    headers: Headers
    body: bytes
    target: Target

    @property
    def provider(self) -> str:
        return self.target.provider

    @property
    def details(self) -> Mapping[str, Any]:
        return {"provider": self.provider, "upstream_status": self.status}

    @property
    def wait_s(self) -> int:
        given = retry_after(self.headers, self.body)
        return _DEFAULT_RETRY_S if given is None else given


def _credential_refused(said: _Said, why: int) -> Refusal:
    return ProviderRefused(
        f"The provider {said.provider} answered {said.status}: it refuses our credential for this model.",
        status=502,
        type="provider_error",
        code=_OF_CREDENTIALS[why],
        details=said.details,
        advice="Your own key is fine, and the model is configured here. Ask your operator to check the provider's credential and what it is entitled to.",
    )


def _too_slow(said: _Said) -> Refusal:
    return ProviderUnavailable(
        f"The provider {said.provider} answered {said.status}: its model took too long.",
        status=504,
        code="provider_timeout",
        details=said.details,
        advice="Try again, or ask for a shorter answer.",
    )


def _limited(said: _Said) -> Refusal:
    poor = is_out_of_quota(said.body)
    why = "has no quota left for us" if poor else "limits our rate"
    return ProviderRefused(
        f"429: the provider {said.provider} {why}; this is not your own limit.",
        status=429,
        type="provider_rate_limit",
        code="provider_quota" if poor else "provider_rate_limit",
        details=said.details,
        retry_after_s=said.wait_s,
        advice=_OF_QUOTA if poor else None,
    )


def _overloaded(said: _Said) -> Refusal:
    return ProviderUnavailable(
        f"The provider {said.provider} answered {said.status}: it has too much to do.",
        status=503,
        code="provider_overloaded",
        details=said.details,
        retry_after_s=said.wait_s,
        advice=_ELSEWHERE,
    )


def _wrong(said: _Said, *, passes: bool) -> Refusal:
    secret = said.target.secret
    complaint = complaint_of(said.body, secret=secret)
    return ProviderRefused(
        f"The provider {said.provider} answered {said.status}{': ' + complaint if complaint else '.'}",
        status=said.status,
        type="provider_invalid_request",
        details=said.details,
        body=said.body if passes and _is_quotable(said.body, secret) else b"",
    )


def _failed(said: _Said) -> Refusal:
    return ProviderUnavailable(
        f"The provider {said.provider} answered {said.status}.",
        status=502,
        details=said.details,
        retry_after_s=said.wait_s,
        advice=_ELSEWHERE,
    )


def _is_quotable(body: bytes, secret: str) -> bool:
    """Return whether the body is an error object that does not repeat our credential."""
    if secret and repeats(body, secret):
        return False
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return isinstance(value, dict) and isinstance(value.get("error"), dict)
