"""What a provider's error status means, where it says too little or something else."""

import re
from math import ceil
from typing import Any

from providers.types import Headers
from providers.usage.reading import object_, object_in, objects, text

# Some tell of our credential or our account as of a wrong request.
_AMAZONS_OF_CREDENTIALS = frozenset(
    {
        b"UnrecognizedClientException",
        b"InvalidSignatureException",
        b"IncompleteSignatureException",
        b"MissingAuthenticationTokenException",
        b"ExpiredTokenException",
    }
)
_GOOGLES_OF_CREDENTIALS = "API_KEY_INVALID"
_ANTHROPICS_OF_MONEY = "Your credit balance is too low"
_OPENAIS_OF_MONEY = "insufficient_quota"

_GOOGLES_DELAY = re.compile(r"(\d{1,5}(?:\.\d{1,9})?)s")
_LONGEST_DELAY_DIGITS = 5


def meant(status: int, headers: Headers, body: bytes) -> int:
    """Return the status that says what is wrong."""
    if status != 400:
        return status
    if _amazons_name(headers) in _AMAZONS_OF_CREDENTIALS:
        return 401
    error = _error_in(body)
    reasons = {text(each, "reason") for each in objects(error, "details")}
    if _GOOGLES_OF_CREDENTIALS in reasons:
        return 401
    if text(error, "message").startswith(_ANTHROPICS_OF_MONEY):
        return 402
    return status


def is_out_of_quota(body: bytes) -> bool:
    """Return whether a 429 is for want of money, so that waiting does not help."""
    error = _error_in(body)
    return _OPENAIS_OF_MONEY in (text(error, "code"), text(error, "type"))


def retry_after(headers: Headers, body: bytes) -> int | None:
    """Return how many seconds the provider asks to wait; Google says so in the body."""
    given = dict(headers).get(b"retry-after", b"")
    if given.isdigit() and len(given) <= _LONGEST_DELAY_DIGITS:
        return int(given)
    for each in objects(_error_in(body), "details"):
        if found := _GOOGLES_DELAY.fullmatch(text(each, "retryDelay")):
            return ceil(float(found[1]))
    return None


def _amazons_name(headers: Headers) -> bytes:
    return dict(headers).get(b"x-amzn-errortype", b"").partition(b":")[0]


def _error_in(body: bytes) -> dict[str, Any]:
    return object_(object_in(body), "error")
