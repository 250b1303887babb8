"""The answer to a turn that asks nothing of a model: OpenAI's `generate: false`."""

from collections.abc import Mapping
from typing import Any

from providers.dialects.conversation import Ask, Stop
from providers.dialects.events import Begun, Ended, Event, Spent, Stopped
from providers.types import Usage

from . import echo
from .streams import ResponseRenderer


def block(body: Mapping[str, Any]) -> bytes:
    """Return the whole stream of a response without output, whose id can be continued."""
    model = body["model"]
    renderer = ResponseRenderer(Ask(model=model, turns=(), echo=echo.of(body)))
    told: list[Event] = [Begun("", model), Stopped(Stop.END), Spent(Usage()), Ended()]
    return b"".join(renderer.feed(event) for event in told)
