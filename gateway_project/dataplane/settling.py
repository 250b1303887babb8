"""How every call of a known caller ends, whatever became of it."""

from .request import ExpressRequest


def settle(request: ExpressRequest, status: int, error: str = "") -> None:
    """Write the call's record, and give its place among the calls at a time back."""
    call = request.call
    call.status, call.error = status, error
    try:
        request.plane.spool.append(call.record(request.caller))
    finally:
        give_place_back(request)


def give_place_back(request: ExpressRequest) -> None:
    call = request.call
    if call.lease_name:
        request.plane.limiter.end_lease(request.caller.limits, call.lease_name)
        call.lease_name = b""
