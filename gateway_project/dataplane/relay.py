"""From an admitted request to the provider and back: send, pass on, settle, record.

The record is written before the last byte of an answer goes out, so that whoever holds a
complete answer is in the books, whatever becomes of this process.
"""

from collections.abc import AsyncGenerator

from providers import sse
from providers.adapters import openai
from providers.errors import UpstreamBroken, UpstreamError
from providers.types import Headers, Inbound
from providers.usage import UsageMeter, usage_of_answer

from .answer import Answer
from .call import Call
from .chat import Chat
from .errors import ProviderRefused, ProviderUnavailable, Refusal
from .express import CLIENT_GONE
from .request import ExpressRequest
from .upstream import refusal_of_failure, refusal_of_status

_MOST_ANSWER_BYTES = 256 * 2**20
_MOST_ERROR_BYTES = 2**20
_STREAM_HEADERS: Headers = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]


async def perform(request: ExpressRequest) -> Answer:
    """Put the call through and return its answer.

    Raises a `Refusal` when the provider gives none; the month's quota is given back then.
    """
    try:
        inbound = await _send(request)
        try:
            if _is_stream(inbound, request.data):
                return Answer(200, list(_STREAM_HEADERS), _events(request, inbound))
            return await _whole(request, inbound)
        except UpstreamError as error:
            raise refusal_of_failure(error, request.target.provider) from error
    except (ProviderRefused, ProviderUnavailable) as refusal:
        _give_back(request, refusal)
        raise


async def _send(request: ExpressRequest) -> Inbound:
    """Return the provider's good answer. Raises a `Refusal`."""
    call, target = request.call, request.target
    outbound = openai.outbound(
        target, request.data.body, headers=request.headers, query=request.query
    )
    transport = request.plane.transports[target.kind]
    try:
        call.sent = True
        inbound = await transport.send(outbound)
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
    raise refusal_of_status(inbound.status, inbound.headers, body, target.provider)


def _is_stream(inbound: Inbound, chat: Chat) -> bool:
    kind = dict(inbound.headers).get(b"content-type", b"")
    return chat.stream and kind.lower().startswith(b"text/event-stream")


async def _whole(request: ExpressRequest, inbound: Inbound) -> Answer:
    try:
        body = await inbound.read(_MOST_ANSWER_BYTES)
    finally:
        inbound.close()
    call = request.call
    call.usage = usage_of_answer(body, request.data.body)
    headers = openai.passed_on(inbound.headers)
    _settle(request, inbound.status)
    return Answer(inbound.status, headers, body)


async def _events(
    request: ExpressRequest, inbound: Inbound
) -> AsyncGenerator[bytes, None]:
    """Yield whole events as they come, and settle before the closing one goes out."""
    framer, meter = sse.Framer(), UsageMeter(request.data.body)
    settled = False
    try:
        async for chunk in inbound.chunks():
            block = framer.feed(chunk)
            if not block:
                continue
            meter.feed(block)
            if not settled and sse.has_done(block):
                request.call.usage = meter.usage()
                _settle(request, 200)
                settled = True
            yield block
        if not settled:
            _check_ended_well(meter, framer)
            request.call.usage = meter.usage()
            _settle(request, 200)
            settled = True
            yield sse.DONE
    except UpstreamError as error:
        refusal = refusal_of_failure(error, request.target.provider)
        if not settled:
            request.call.usage = meter.usage()
            _settle(request, 200, refusal.code)
            settled = True
            # No [DONE] after it: nobody may take this for the end of the answer.
            yield sse.encode(refusal.as_body())
    finally:
        inbound.close()
        if not settled:
            request.call.usage = meter.usage()
            _settle(request, CLIENT_GONE, "client_disconnected")


def _check_ended_well(meter: UsageMeter, framer: sse.Framer) -> None:
    """Some compatible servers send no [DONE]; a finish reason ends an answer as well."""
    if framer.rest or not meter.finished:
        raise UpstreamBroken("the stream ended before its end was announced")


def _settle(request: ExpressRequest, status: int, error: str = "") -> None:
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
