from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True)
class Told:
    """One answer: its body, and the pieces of the stream that says the same."""

    whole: bytes
    pieces: Sequence[bytes]
    kind: bytes = b"text/event-stream"


def told(whole: Any, *events: Any) -> Told:
    return Told(orjson.dumps(whole), [_block(event) for event in events])


def _block(event: Any) -> bytes:
    if event == "[DONE]":
        return b"data: [DONE]\n\n"
    named = b"event: %b\n" % event["type"].encode() if "type" in event else b""
    return b"%bdata: %b\n\n" % (named, orjson.dumps(event))
