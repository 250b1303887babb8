"""From an admitted request to the provider and back: send, pass on, settle, record.

The record is written before the last byte of an answer goes out, so that whoever holds a
complete answer is in the books, whatever becomes of this process.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator

from providers.errors import UpstreamError
from providers.operations import FREE, FREE_IN_FORM
from providers.types import Headers, Inbound, Usage
from providers.usage.meters import meter

from .answer import Answer
from .asks.asked import Asked
from .call import Call
from .errors import ProviderRefused, ProviderUnavailable, Refusal, ServerError
from .express import CLIENT_GONE
from .request import ExpressRequest
from .settling import settle
from .streams import Stream
from .upstream import refusal_of_failure, refusal_of_status

log = logging.getLogger("gatehouse.dataplane")

_MOST_ANSWER_BYTES = 256 * 2**20
_MOST_ERROR_BYTES = 2**20
_JSON = (b"content-type", b"application/json")


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
        _give_back(request, refusal.status)
        raise
    except asyncio.CancelledError:
        # The provider has read the prompt by now, and bills for it.
        request.call.usage = _read_by_then(request.data)
        raise
    except Exception:
        # What breaks on our side is not for the caller to pay.
        _give_back(request, 500)
        raise


def _read_by_then(asked: Asked) -> Usage:
    if asked.operation in FREE:
        return Usage()
    return meter(asked.operation, asked.body).usage()


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
    except BaseException:
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
    headers = _shown(request, inbound)
    if request.data.operation not in FREE_IN_FORM and _JSON not in headers:
        headers = [each for each in headers if each[0] != b"content-type"]
        headers.append(_JSON)
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

    def settle_once(status: int, error: str = "") -> bool:
        nonlocal settled
        if settled:
            return False
        settled = True
        request.call.usage = _usage_of(request, stream)
        settle(request, status, error)
        return True

    try:
        yield b""
        async for chunk in inbound.chunks():
            block = stream.feed(chunk)
            if stream.ended:
                settle_once(200, stream.error)
            if block:
                yield block
            if stream.error:
                # Whatever a provider says after its error is not passed on.
                break
        if not settled:
            block = stream.end()
            settle_once(200, stream.error)
            if block:
                yield block
    except Exception as error:
        refusal = _breaks(request, error)
        if settle_once(200, refusal.code):
            # Nothing after it: nobody may take this for the end of the answer.
            last = stream.fail(refusal.as_failure())
            if last is None:
                raise AnswerCut(refusal.message) from error
            yield last
    finally:
        inbound.close()
        settle_once(CLIENT_GONE, "client_disconnected")


def _usage_of(request: ExpressRequest, stream: Stream) -> Usage:
    """Return what the answer took; a mistake in our sums must not cost the record."""
    try:
        return stream.usage()
    except Exception:
        fields = {"request_id": request.call.request_id}
        log.exception("call.not_counted", extra={"fields": fields})
        return Usage(estimated=True)


def _breaks(request: ExpressRequest, error: Exception) -> Refusal:
    """Return what the caller is told of a stream that broke, by the provider's fault or ours."""
    if isinstance(error, UpstreamError):
        return refusal_of_failure(error, request.target.provider)
    fields = {"request_id": request.call.request_id}
    log.error("call.failed", extra={"fields": fields}, exc_info=error)
    return ServerError("Something broke on our side.")


def _give_back(request: ExpressRequest, status: int) -> None:
    """Return the month's charge of a call that was not answered.

    The minute's stays: it is what keeps callers from hammering a provider that fails. So
    does a request's that the provider calls wrong, which cost it work all the same.
    """
    call: Call = request.call
    if status < 500 and status != 429:
        return
    if call.grant is not None and call.admitted:
        call.admitted = False
        request.plane.limiter.release_month(request.caller.limits, now=request.now)
