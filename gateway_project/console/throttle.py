"""How often somebody may try to sign in: per address, and per name from an address."""

from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.http import HttpRequest
from django_ratelimit.core import get_usage

PER_ADDRESS = "10/m"
PER_NAME = "5/m"


@dataclass(frozen=True, slots=True)
class Throttled:
    """An attempt too many. `is_first` for the first of its window.

    Only that one is worth a ledger entry: one for each would let anybody fill the ledger.
    """

    retry_after_s: int
    is_first: bool


def count_attempt(request: HttpRequest) -> Throttled | None:
    """Count an attempt on every level and return the refusal, if it is one too many."""
    usages = [
        get_usage(request, group="sign-in", key=key, rate=rate, increment=True)
        for key, rate in ((_address, PER_ADDRESS), (_name, PER_NAME))
    ]
    over = [usage for usage in usages if usage["should_limit"]]
    if not over:
        return None
    return Throttled(
        retry_after_s=max(1, *(usage["time_left"] for usage in over)),
        is_first=any(usage["count"] == usage["limit"] + 1 for usage in over),
    )


def username_of(request: HttpRequest) -> str:
    return request.POST.get("username", "")[:150]


def _address(group: str, request: HttpRequest) -> str:
    text = request.META.get("REMOTE_ADDR") or ""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        # Whoever has one address of a /64 has them all.
        return str(IPv6Network((address, 64), strict=False))
    return text


def _name(group: str, request: HttpRequest) -> str:
    return f"{username_of(request).casefold()} from {_address(group, request)}"
