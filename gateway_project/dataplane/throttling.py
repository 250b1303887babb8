"""How many requests the caller may make, and what every answer says about it."""

from collections.abc import Mapping, Sequence

from rest_framework.throttling import BaseThrottle

from providers.types import Headers

from .errors import RateLimited, Unavailable
from .limits.limiter import NO_LEASE, Grant, Lease, Reading, StaleSnapshot
from .limits.valkey import ValkeyUnavailable
from .request import ExpressRequest

# A call may take longer than its provider is given, in being passed on.
_LEASE_MARGIN_S = 60


class RequestLimits(BaseThrottle):
    """Charge the request to the key's and the tenant's windows, all or none."""

    cost = 1

    async def allow_request(  # type: ignore[override]  # awaited by the express view
        self, request: ExpressRequest, view: object
    ) -> bool:
        """Return True when admitted.

        Raises `RateLimited`, `Unavailable`, or `StaleSnapshot` when the request was
        judged by a configuration that is no longer current.
        """
        call = request.call
        try:
            call.grant = await request.plane.limiter.reserve(
                request.caller.limits,
                revision=request.snapshot.revision,
                now=request.now,
                cost=self.cost,
                lease=_lease(request) if self.cost else NO_LEASE,
            )
        except StaleSnapshot:
            call.lease_name = b""
            raise
        except ValkeyUnavailable as error:
            raise Unavailable(
                "The request limits cannot be checked at the moment.", retry_after_s=5
            ) from error
        if call.grant.refused_by is not None:
            call.lease_name = b""
            raise _refused(call.grant, call.grant.refused_by)
        call.admitted = self.cost > 0
        return True


def _lease(request: ExpressRequest) -> Lease:
    """Return a lease that outlives the call, for a worker that does not.

    Where calls at a time are not limited, there is none to be taken or given back.
    """
    if not any(limit.parallel for limit in request.caller.limits):
        return NO_LEASE
    request.call.lease_name = request.call.id.hex.encode()
    seconds = int(request.target.timeouts.total) + _LEASE_MARGIN_S
    return Lease(request.call.lease_name, seconds)


class RequestLimitsShown(RequestLimits):
    """Read the windows without charging them: for requests that cost nothing."""

    cost = 0


def _refused(grant: Grant, by: Reading) -> RateLimited:
    window = by.window
    many = (
        "calls at a time"
        if window.kind == "parallel"
        else f"requests per {window.kind}"
    )
    return RateLimited(
        f"429: more than {window.limit} {many} for this {window.level}.",
        details={
            "level": window.level,
            "window": window.kind,
            "limit": window.limit,
            "used": by.used,
            "resets_at": by.reset_at,
        },
        retry_after_s=max(1, by.reset_at - grant.charged_at),
        advice="Wait for retry_after_seconds, or ask your operator for a higher limit.",
    )


def rate_headers(grant: Grant) -> Headers:
    """Return X-RateLimit-*: the window nearest exhaustion, then each kind by itself.

    The month of an unlimited caller is left out rather than given a made-up number.
    """
    if not grant.readings:
        return []
    headers: Headers = []
    tightest = _tightest(grant.readings)
    # Calls at a time are no window that empties; they are told by themselves.
    windows = [each for each in grant.readings if each.window.kind != "parallel"]
    nearest = grant.refused_by or min(windows, key=_share_left, default=None)
    if nearest is not None:
        headers += [
            (b"x-ratelimit-limit", b"%d" % nearest.window.limit),
            (b"x-ratelimit-remaining", b"%d" % nearest.remaining),
            (b"x-ratelimit-reset", b"%d" % nearest.reset_at),
        ]
    if minute := tightest.get("minute"):
        headers += [
            (b"x-ratelimit-burst", b"%d" % minute.remaining),
            (b"x-ratelimit-limit-minute", b"%d" % minute.window.limit),
            (b"x-ratelimit-remaining-minute", b"%d" % minute.remaining),
        ]
    if month := tightest.get("month"):
        headers += [
            (b"x-ratelimit-limit-month", b"%d" % month.window.limit),
            (b"x-ratelimit-remaining-month", b"%d" % month.remaining),
        ]
    if parallel := tightest.get("parallel"):
        headers += [
            (b"x-ratelimit-limit-parallel", b"%d" % parallel.window.limit),
            (b"x-ratelimit-remaining-parallel", b"%d" % parallel.remaining),
        ]
    return headers


def _share_left(reading: Reading) -> float:
    return reading.remaining / max(1, reading.window.limit)


def _tightest(readings: Sequence[Reading]) -> Mapping[str, Reading]:
    """Return of each kind the window that has the least left."""
    found: dict[str, Reading] = {}
    for each in readings:
        kind = each.window.kind
        if kind not in found or each.remaining < found[kind].remaining:
            found[kind] = each
    return found
