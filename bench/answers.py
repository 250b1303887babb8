"""What an answer must hold to be whole, whoever wrote it: upstream.c, or the gateway after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.requests import Call
from bench.ways import Dialect

PROMPT_TOKENS, COMPLETION_TOKENS = 212, 87
_TEXT = (
    "A gateway stands in front of many services: it knows who is calling, how much they may "
    "call, and what became of each call. Its price is one more hop, so whatever it does for "
    "every call has to be cheap."
)
_USAGE: Mapping[Dialect, Sequence[str]] = {
    "openai": (
        f'"prompt_tokens":{PROMPT_TOKENS},"completion_tokens":{COMPLETION_TOKENS},',
    ),
    "anthropic": (
        f'"input_tokens":{PROMPT_TOKENS},',
        f'"output_tokens":{COMPLETION_TOKENS}',
    ),
}
_ENDS: Mapping[Dialect, str] = {
    "openai": "data: [DONE]\n\n",
    "anthropic": 'event: message_stop\ndata: {"type":"message_stop"}\n\n',
}


@dataclass(frozen=True)
class Whole:
    """Every part, events with so many stamps in all, and at the very end `end`."""

    parts: Sequence[str]
    stamps: int
    end: str


def whole(caller: Dialect, call: Call, *, chunks: int) -> Whole:
    if call == "plain":
        return Whole((f'"{_TEXT}"', *_USAGE[caller]), stamps=0, end="}")
    return Whole(_USAGE[caller], stamps=chunks, end=_ENDS[caller])
