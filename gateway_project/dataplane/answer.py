from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from providers.types import Headers


@dataclass(slots=True)
class Answer:
    """What goes back to the caller. A body that is a generator is sent as it comes."""

    status: int
    headers: Headers
    body: bytes | AsyncGenerator[bytes, None] = field(repr=False)
