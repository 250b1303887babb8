"""The fields chat and text completions of OpenAI share, and what their answers share."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

from .conversation import Stop
from .errors import BadField
from .fields import Fields, wrong

Unsaid = dict[str, Any]
"""What a caller said and an `Ask` has no word for, by its path, gathered while reading."""

MOST_CHOICES = 128
MOST_STOPS = 4

FINISH_REASONS: Mapping[Stop, str] = {
    Stop.END: "stop",
    Stop.SEQUENCE: "stop",
    Stop.PAUSED: "stop",
    Stop.TOOL_CALLS: "tool_calls",
    Stop.LENGTH: "length",
    Stop.CONTEXT_FULL: "length",
    Stop.FILTERED: "content_filter",
    # An answer declined without words of its own must not pass for a whole one.
    Stop.DECLINED: "content_filter",
}

# They change where an answer is kept, billed or cached, and nothing about the answer.
DROPPED = (
    "client_metadata",
    "metadata",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "safety_identifier",
    "service_tier",
    "store",
    "user",
)


class Sampling(TypedDict):
    temperature: NotRequired[float | None]
    top_p: NotRequired[float | None]
    top_k: NotRequired[int | None]
    presence_penalty: NotRequired[float | None]
    frequency_penalty: NotRequired[float | None]
    seed: NotRequired[int | None]
    stop: NotRequired[tuple[str, ...]]
    choices: NotRequired[int | None]
    stream: NotRequired[bool]
    stream_usage: NotRequired[bool]


def sampling(fields: Fields) -> Sampling:
    """Read the shared fields, and read past those that are dropped."""
    fields.skip(DROPPED)
    stream = fields.flag("stream") or False
    return {
        "temperature": fields.number("temperature", 0, 2),
        "top_p": fields.number("top_p", 0, 1),
        "top_k": fields.count("top_k"),
        "presence_penalty": fields.number("presence_penalty", -2, 2) or None,
        "frequency_penalty": fields.number("frequency_penalty", -2, 2) or None,
        "seed": fields.whole("seed"),
        "stop": _stop(fields),
        "choices": _choices(fields),
        "stream": stream,
        "stream_usage": _stream_usage(fields) and stream,
    }


def _stop(fields: Fields) -> tuple[str, ...]:
    given = fields.any("stop")
    stops = (given,) if isinstance(given, str) else fields.texts("stop")
    if len(stops) > MOST_STOPS:
        raise BadField(f"stop may hold {MOST_STOPS} texts at most.", field="stop")
    if "" in stops:
        raise BadField("stop may hold no empty text.", field="stop")
    return stops


def _choices(fields: Fields) -> int | None:
    choices = fields.count("n")
    if choices is not None and choices > MOST_CHOICES:
        raise wrong("n", f"a whole number from 1 to {MOST_CHOICES}", choices)
    return None if choices == 1 else choices


def _stream_usage(fields: Fields) -> bool:
    options = fields.object("stream_options")
    return bool(options and options.flag("include_usage"))


def leave(fields: Fields, unsaid: Unsaid) -> None:
    """Gather what nobody read and asks for something."""
    for path, value in fields.rest().items():
        if value is not False and value not in ("", [], {}):
            unsaid[path] = value
