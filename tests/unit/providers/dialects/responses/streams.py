"""Streams of responses, taken apart."""

from typing import Any

import orjson

from providers import sse
from providers.dialects.conversation import Ask
from providers.dialects.events import Event
from providers.dialects.responses.sides import CALLER


def ask(**fields: object) -> Ask:
    return CALLER.parse({"model": "m", "input": "hi", **fields})


def rendered(*events: Event, **fields: object) -> bytes:
    renderer = CALLER.renderer(ask(**fields))
    return b"".join(renderer.feed(event) for event in events)


def told(block: bytes) -> list[dict[str, Any]]:
    return [orjson.loads(data) for data in sse.payloads(block)]


def untimed(response: dict[str, Any]) -> dict[str, Any]:
    """Leave out the one field that the clock decides."""
    return {name: value for name, value in response.items() if name != "completed_at"}
