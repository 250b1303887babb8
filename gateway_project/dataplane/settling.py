"""How every call of a known caller ends, whatever became of it."""

from .request import ExpressRequest


def settle(request: ExpressRequest, status: int, error: str = "") -> None:
    """Write the call's record, and give its place among the calls at a time back."""
    call, caller = request.call, request.caller
    call.status, call.error = status, error
    request.plane.spool.append(call.record(caller))
    if call.lease_name:
        request.plane.limiter.end_lease(caller.limits, call.lease_name)
