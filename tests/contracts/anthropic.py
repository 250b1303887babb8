"""Anthropic's messages, by the types of its Python client, read strictly and closed."""

import json
from collections.abc import Iterable
from typing import Annotated, Any

from anthropic.pagination import SyncPage
from anthropic.types import (
    ErrorResponse,
    Message,
    MessageTokensCount,
    ModelInfo,
    RawMessageStreamEvent,
)
from anthropic.types.message_create_params import MessageCreateParams
from pydantic import Field, TypeAdapter

# What the gateway says of an error beyond Anthropic's dialect.
OURS = ("code", "details", "param", "retry_after_seconds", "suggested_action")
# Anthropic documents this error, and its client has no type for it.
_UNTYPED = "request_too_large"

MESSAGE = TypeAdapter(Message)
EVENT = TypeAdapter(Annotated[RawMessageStreamEvent, Field(discriminator="type")])
COUNT = TypeAdapter(MessageTokensCount)
MODEL = TypeAdapter(ModelInfo)
MODELS = TypeAdapter(SyncPage[ModelInfo])
_REQUEST = TypeAdapter(MessageCreateParams)
# Version 2023-06-01 of the API has them, by which the gateway asks; the client's types are
# of 2026-10-21, which took them away.
_SAMPLING = {"temperature": float, "top_p": float, "top_k": int}
_ERROR = TypeAdapter(ErrorResponse)


def check(kind: TypeAdapter, value: Any) -> None:
    """Raise a `ValidationError` unless the value is what its type says, and no more."""
    read = kind.validate_json(json.dumps(value), strict=True, extra="forbid")
    _exhaust(read)


def check_event(event: Any) -> None:
    if event["type"] == "error":
        check_error(event)
    elif event["type"] != "ping":
        check(EVENT, event)


def check_error(value: Any) -> None:
    error = {k: v for k, v in value["error"].items() if k not in OURS}
    if error["type"] == _UNTYPED:
        error["type"] = "invalid_request_error"
    check(_ERROR, {**value, "error": error})


def check_request(value: Any) -> None:
    for name, kind in _SAMPLING.items():
        TypeAdapter(kind).validate_python(value.get(name, 1), strict=True)
    rest = {k: v for k, v in value.items() if k not in _SAMPLING}
    check(_REQUEST, rest)


def _exhaust(value: Any) -> None:
    """Read to the end what is an iterable in the client's types: nothing of it is yet."""
    if isinstance(value, dict):
        value = value.values()
    if isinstance(value, Iterable) and not isinstance(value, str):
        for each in value:
            _exhaust(each)
