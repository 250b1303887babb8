"""Counting the tokens of a request: asked like a message, answered with one number."""

from collections.abc import Mapping
from typing import Any

import orjson

from providers.dialects.conversation import Ask
from providers.dialects.fields import Fields

from .asking import parsed


def parse(body: Mapping[str, Any]) -> Ask:
    """Read a request to count. Raises a `BadField`."""
    return parsed(Fields(body))


def render(tokens: int) -> bytes:
    return orjson.dumps({"input_tokens": tokens})
