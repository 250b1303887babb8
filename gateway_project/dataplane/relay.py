"""From an admitted request to the provider and back: send, pass on, settle, record.

The record is written before the last byte of an answer goes out, so that whoever holds a
complete answer is in the books, whatever becomes of this process.
"""

from collections.abc import AsyncGenerator

from providers.errors import UpstreamError
from providers.types import Headers, Inbound

from .answer import Answer
from .call import Call
from .errors import ProviderRefused, ProviderUnavailable, Refusal
from .express import CLIENT_GONE
from .request import ExpressRequest
from .streams import Stream
from .upstream import refusal_of_failure, refusal_of_status

_MOST_ANSWER_BYTES = 256 * 2**20
_MOST_ERROR_BYTES = 2**20
_JSON: Headers = [(b"content-type", b"application/json")]


class AnswerCut(Exception):
    """An answer broke off in a form that cannot say so; its connection has to."""


async def perform(request: ExpressRequest) -> Answer:
    """Put the call through and return its answer.

    Raises a `Refusal` when the provider gives none; the month's quota is given back then.
    """
    try:
        inbound = await _send(request)
        try:
            return await _answer(request, inbound)
        except UpstreamError as error:
            raise refusal_of_failure(error, request.target.provider) from error
    except (ProviderRefused, ProviderUnavailable) as refusal:
        _give_back(request, refusal)
        raise


async def _send(request: ExpressRequest) -> Inbound:
    """Return the provider's good answer. Raises a `Refusal`."""
    call, target, plan = request.call, request.target, request.plan
    transport = request.plane.transports[target.kind]
    try:
        call.sent = True
        inbound = await transport.send(plan.outbound)
        call.answered()
        call.upstream_status = inbound.status
        if 200 <= inbound.status < 300:
            return inbound
        try:
            body = await inbound.read(_MOST_ERROR_BYTES)
        finally:
            inbound.close()
    except UpstreamError as error:
        raise refusal_of_failure(error, target.provider) from error
    raise refusal_of_status(
        inbound.status, inbound.headers, body, target, passes=plan.passage.passes
    )


async def _answer(request: ExpressRequest, inbound: Inbound) -> Answer:
    plan = request.plan
    kind = dict(inbound.headers).get(b"content-type", b"").lower()
    try:
        stream = plan.passage.stream(kind)
    except UpstreamError:
        inbound.close()
        raise
    if stream is not None:
        headers = _stream_headers(stream) or _shown(request, inbound)
        flow = _flow(request, inbound, stream)
        # Begun, so that to close it is to close the connection and to write the record.
        await anext(flow)
        return Answer(200, headers, flow)
    try:
        body = await inbound.read(_MOST_ANSWER_BYTES)
    finally:
        inbound.close()
    body, request.call.usage = plan.passage.whole(body)
    headers = _shown(request, inbound) if plan.passage.passes else list(_JSON)
    settle(request, inbound.status)
    return Answer(inbound.status, headers, body)


def _shown(request: ExpressRequest, inbound: Inbound) -> Headers:
    shown = request.plan.shown
    return [header for header in inbound.headers if header[0] in shown]


def _stream_headers(stream: Stream) -> Headers:
    """Return none for a stream that keeps the provider's content type."""
    if not stream.content_type:
        return []
    return [
        (b"content-type", stream.content_type),
        (b"cache-control", b"no-cache"),
        (b"x-accel-buffering", b"no"),
    ]


async def _flow(
    request: ExpressRequest, inbound: Inbound, stream: Stream
) -> AsyncGenerator[bytes, None]:
    """Yield nothing, then what goes to the caller as it comes.

    The call is settled before the last of it goes out.
    """
    settled = False
    try:
        yield b""
        async for chunk in inbound.chunks():
            block = stream.feed(chunk)
            if stream.ended and not settled:
                settled = True
                _settle_stream(request, stream, 200, stream.error)
            if block:
                yield block
            if stream.error:
                # Whatever a provider says after its error is not passed on.
                break
        if not settled:
            block = stream.end()
            settled = True
            _settle_stream(request, stream, 200, stream.error)
            if block:
                yield block
    except UpstreamError as error:
        refusal = refusal_of_failure(error, request.target.provider)
        if not settled:
            settled = True
            _settle_stream(request, stream, 200, refusal.code)
            # Nothing after it: nobody may take this for the end of the answer.
            last = stream.fail(refusal.as_failure())
            if last is None:
                raise AnswerCut(refusal.message) from error
            yield last
    finally:
        inbound.close()
        if not settled:
            _settle_stream(request, stream, CLIENT_GONE, "client_disconnected")


def _settle_stream(
    request: ExpressRequest, stream: Stream, status: int, error: str = ""
) -> None:
    request.call.usage = stream.usage()
    settle(request, status, error)


def settle(request: ExpressRequest, status: int, error: str = "") -> None:
    call = request.call
    call.status, call.error = status, error
    request.plane.spool.append(call.record(request.caller))


def _give_back(request: ExpressRequest, refusal: Refusal) -> None:
    """Return the month's charge of a call that was not answered.

    The minute's stays: it is what keeps callers from hammering a provider that fails. So
    does a request's that the provider calls wrong, which cost it work all the same.
    """
    call: Call = request.call
    if refusal.status < 500 and refusal.status != 429:
        return
    if call.grant is not None and call.admitted:
        call.admitted = False
        request.plane.limiter.release_month(request.caller.limits, now=request.now)
