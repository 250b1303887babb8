"""Asking the mock, as the gateway does."""

import orjson
from urllib3.filepost import encode_multipart_formdata

from providers import sse
from providers.adapters.mock import ADAPTER, MockTransport
from providers.operations import Operation
from providers.types import Endpoint, Sending, Target, Timeouts

NOON = 1_800_000_000.9
TARGET = Target(
    provider="mock",
    kind="MOCK",
    endpoint=Endpoint("mock", "mock", 0),
    base_path="",
    upstream_model="mock-1",
    timeouts=Timeouts(),
    secret="",
)


async def ask(operation, body, content_type=b"application/json"):
    sending = Sending(operation, body, stream=False, content_type=content_type)
    outbound = ADAPTER.outbound(TARGET, sending)
    return await MockTransport(clock=lambda: NOON).send(outbound)


async def ask_json(operation, **fields):
    """Return status and answer."""
    inbound = await ask(operation, orjson.dumps({"model": "as the caller", **fields}))
    return inbound.status, orjson.loads(await inbound.read(2**23))


async def ask_raw(operation, **fields):
    """Return content type and body of an answer that is no JSON."""
    inbound = await ask(operation, orjson.dumps({"model": "as the caller", **fields}))
    assert inbound.status == 200
    return dict(inbound.headers)[b"content-type"], await inbound.read(2**23)


async def events_of(operation, **fields):
    """Return the events of a stream, parsed; `[DONE]` is left out."""
    body = orjson.dumps({"model": "as the caller", "stream": True, **fields})
    return await _events(await ask(operation, body))


async def ask_form(operation, *parts):
    """Ask with (name, text) or (name, (filename, bytes)) parts; return the `Inbound`."""
    body, kind = encode_multipart_formdata([("model", "as the caller"), *parts])
    return await ask(operation, body, kind.encode())


async def form_events(operation, *parts):
    return await _events(await ask_form(operation, ("stream", "true"), *parts))


async def _events(inbound):
    assert dict(inbound.headers) == {b"content-type": b"text/event-stream"}
    blocks = [block async for block in inbound.chunks()]
    return [
        orjson.loads(data)
        for block in blocks
        for data in sse.payloads(block)
        if data != b"[DONE]"
    ]


async def refused_field(operation, **fields):
    """Return which parameter a 400 names."""
    status, answer = await ask_json(operation, **fields)
    assert (status, answer["error"]["type"]) == (400, "invalid_request_error")
    assert answer["error"]["message"]
    return answer["error"]["param"]


CHAT = Operation.CHAT
