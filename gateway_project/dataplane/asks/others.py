"""Requests that are no conversation: embeddings, moderations, images, speech, ranking."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from gateway_project.dataplane.bodies import parse_object
from providers.dialects.fields import wrong
from providers.operations import Operation

from .asked import Asked
from .shapes import (
    MOST_VALUES_WITH_TOKENS,
    Shape,
    check_count,
    model_of,
    need,
    some,
)

# What OpenAI takes when a moderation names no model.
DEFAULT_MODERATION = "omni-moderation-latest"


def _check_input(fields: Mapping[str, Any]) -> None:
    value = need(fields, "input", "a text or a list of them")
    if not isinstance(value, str | list) or not value:
        raise wrong("input", "a text or a list of them", value)
    form = fields.get("encoding_format")
    if form not in (None, "float", "base64"):
        raise wrong("encoding_format", "float or base64", form)
    check_count("dimensions", fields.get("dimensions"))


def _check_moderation(fields: Mapping[str, Any]) -> None:
    value = need(fields, "input", "a text or a list")
    if not isinstance(value, str | list) or not value:
        raise wrong("input", "a text or a list", value)


def _check_prompt(fields: Mapping[str, Any]) -> None:
    _check_text(fields, "prompt")
    check_count("n", fields.get("n"))


def _check_speech(fields: Mapping[str, Any]) -> None:
    _check_text(fields, "input")


def _check_rerank(fields: Mapping[str, Any]) -> None:
    query = need(fields, "query", "a text")
    if not isinstance(query, str | dict) or not query:
        raise wrong("query", "a text", query)
    some(fields, "documents", "document")
    check_count("top_n", fields.get("top_n"))


def _check_text(fields: Mapping[str, Any], name: str) -> None:
    value = need(fields, name, "a text")
    if not isinstance(value, str) or not value:
        raise wrong(name, "a text", value)


EMBEDDINGS = Shape(
    Operation.EMBEDDINGS,
    _check_input,
    acted_on=frozenset({"model", "input", "dimensions"}),
    most_values=MOST_VALUES_WITH_TOKENS,
    may_stream=False,
)
IMAGES = Shape(
    Operation.IMAGES,
    _check_prompt,
    acted_on=frozenset({"model", "prompt", "stream", "n"}),
)
RERANK = Shape(
    Operation.RERANK,
    _check_rerank,
    acted_on=frozenset({"model", "query", "documents"}),
    may_stream=False,
)
MODERATIONS = Shape(
    Operation.MODERATIONS,
    _check_moderation,
    acted_on=frozenset({"model", "input"}),
    may_stream=False,
)
_SPEECH = Shape(
    Operation.SPEECH,
    _check_speech,
    acted_on=frozenset({"model", "input", "stream_format"}),
    ranges={"speed": (0.25, 4)},
    may_stream=False,
)


def speech(body: bytes) -> Asked:
    """Return what a speech request asks for; the sound may come as bytes or as events."""
    asked = _SPEECH.parse(body)
    return replace(asked, stream=asked.fields.get("stream_format") == "sse")


def moderation(body: bytes) -> Asked:
    """Return what a moderation asks for; a model that is left out is OpenAI's own default."""
    fields = parse_object(body, MODERATIONS.acted_on)
    if "model" in fields:
        return MODERATIONS.read(body, fields, model_of(fields))
    member = b'"model":' + orjson.dumps(DEFAULT_MODERATION)
    start = body.index(b"{") + 1
    body = b"".join((body[:start], member, b"," if fields else b"", body[start:]))
    return MODERATIONS.read(body, fields, DEFAULT_MODERATION)
