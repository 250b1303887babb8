from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from providers.operations import Operation


@dataclass(slots=True)
class Asked:
    """A request as its caller asked for it.

    `fields` is the body as parsed; for a form, its text fields. `max_tokens` is the largest
    answer it allows, if any, under the caller's name for it.
    """

    operation: Operation
    body: bytes = field(repr=False)
    fields: Mapping[str, Any] = field(repr=False)
    model: str
    stream: bool = False
    max_tokens: int | None = None
    max_tokens_name: str = "max_tokens"
    content_type: bytes = b"application/json"
