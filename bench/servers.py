from collections.abc import Mapping, Sequence
from typing import Protocol

from bench.ways import Way


class Server(Protocol):
    """What is measured: it forwards calls to the provider.

    `api_key` is what callers present, `ways` those that are measured.
    """

    name: str
    port: int
    api_key: str
    ways: Sequence[Way]

    def workers(self) -> list[int]:
        """Return the processes that serve calls, and no others."""

    def beside(self) -> Mapping[str, float]:
        """Return the CPU seconds so far of what works beside them, by name."""

    def count_recorded(self, answered: int) -> int | None:
        """Return how many good calls are in the books, having waited for `answered`.

        None when it keeps no books.
        """
