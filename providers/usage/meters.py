"""Which meter reads which dialect's streams."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from providers.operations import Operation
from providers.types import Usage

from .anthropic import AnthropicMeter
from .gemini import GeminiMeter
from .media import ByteMeter, MediaMeter
from .openai import OpenAIMeter
from .reading import object_in
from .responses import ResponsesMeter


class Meter(Protocol):
    """Reads a stream along as it passes. Nothing a provider sends makes it raise."""

    @property
    def ended(self) -> bool:
        """True once the provider has announced the end in its stream."""

    @property
    def complete(self) -> bool:
        """True when a connection that ends here ended well."""

    @property
    def failed(self) -> bool:
        """True once the provider has told of an error in its stream."""

    @property
    def sequence(self) -> int:
        """The number the next event would have, in dialects that number them; else 0."""

    def feed(self, block: bytes) -> None:
        """Take note of a block of whole events."""

    def usage(self) -> Usage:
        """Return what is known by now; it may be asked at any time."""


_METERS: dict[Operation, Callable[[bytes], Meter]] = {
    Operation.CHAT: OpenAIMeter,
    Operation.COMPLETIONS: OpenAIMeter,
    Operation.RESPONSES: ResponsesMeter,
    Operation.MESSAGES: AnthropicMeter,
    Operation.GENERATE: GeminiMeter,
    Operation.IMAGES: partial(MediaMeter, heard=False),
    Operation.IMAGE_EDITS: partial(MediaMeter, heard=False),
    Operation.TRANSCRIPTIONS: partial(MediaMeter, heard=True),
    Operation.TRANSLATIONS: partial(MediaMeter, heard=True),
}


def meter(operation: Operation, request: bytes) -> Meter:
    """Return what will know the usage of a streamed answer to the request."""
    if operation in _METERS:
        return _METERS[operation](request)
    if operation is Operation.SPEECH and _asks_for_events(request):
        return MediaMeter(request, heard=False)
    return ByteMeter(request)


def _asks_for_events(speech: bytes) -> bool:
    return object_in(speech).get("stream_format") == "sse"
