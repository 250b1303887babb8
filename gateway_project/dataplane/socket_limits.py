"""How many WebSockets may be open here, and how long."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

# As long as OpenAI keeps one open: its clients know to open another.
_LIFE_S = 3600.0


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """`per_key` are open in this worker by one key; one may be `idle_s` without a turn.

    `most_bytes` are what the turns of all may take together, at work or waiting.
    """

    per_key: int = 64
    idle_s: float = 600.0
    life_s: float = _LIFE_S
    most_bytes: int = 256 * 2**20


class OpenSockets:
    """The WebSockets open in this worker, by the key that opened them."""

    def __init__(self, limits: SocketLimits) -> None:
        self.limits = limits
        self._open: Counter[UUID] = Counter()
        self._held = 0

    def is_full(self, key_id: UUID) -> bool:
        return self._open[key_id] >= self.limits.per_key

    def has_room_for(self, size: int) -> bool:
        return self._held + size <= self.limits.most_bytes

    def hold(self, size: int) -> None:
        """Count what a turn takes; less than nothing when it lets go of it."""
        self._held += size

    @contextlib.contextmanager
    def counted(self, key_id: UUID) -> Iterator[None]:
        """Count one of this key's until it is left."""
        self._open[key_id] += 1
        try:
            yield
        finally:
            self._open[key_id] -= 1
            if not self._open[key_id]:
                del self._open[key_id]
