"""What a provider's failures look like to our callers.

A caller must be able to tell the provider's answer from ours: its 429 is not our limit,
and its 401 means that our credential is bad, not the caller's key.
"""

import orjson

from providers.adapters.complaints import complaint_of
from providers.errors import (
    UpstreamError,
    UpstreamTimedOut,
    UpstreamUnreachable,
)
from providers.types import Headers, Target

from .errors import ProviderRefused, ProviderUnavailable, Refusal

_DEFAULT_RETRY_S = 30
_UNREACHABLE_RETRY_S = 10


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
                advice="Try again later or use a model of another provider.",
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
    provider = target.provider
    details = {"provider": provider, "upstream_status": status}
    if status in (401, 402, 403):
        return ProviderRefused(
            f"The provider {provider} answered {status}: it refuses our credential for this model.",
            status=502,
            type="provider_error",
            code={401: "provider_unauthorized", 402: "provider_payment"}.get(
                status, "provider_forbidden"
            ),
            details=details,
            advice="Your own key is fine, and the model is configured here. Ask your operator to check the provider's credential and what it is entitled to.",
        )
    if status == 429:
        return ProviderRefused(
            f"429: the provider {provider} limits our rate; this is not your own limit.",
            status=429,
            type="provider_rate_limit",
            code="provider_rate_limit",
            details=details,
            retry_after_s=_retry_after(headers),
        )
    if 400 <= status < 500:
        said = complaint_of(body, secret=target.secret)
        return ProviderRefused(
            f"The provider {provider} answered {status}{': ' + said if said else '.'}",
            status=status,
            type="provider_invalid_request",
            details=details,
            body=body if passes and _is_error_object(body) else b"",
        )
    return ProviderUnavailable(
        f"The provider {provider} answered {status}.",
        status=502,
        details=details,
        retry_after_s=_retry_after(headers),
        advice="Try again later or use a model of another provider.",
    )


def _is_error_object(body: bytes) -> bool:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return isinstance(value, dict) and isinstance(value.get("error"), dict)


def _retry_after(headers: Headers) -> int:
    given = dict(headers).get(b"retry-after", b"")
    return int(given) if given.isdigit() and len(given) < 6 else _DEFAULT_RETRY_S
