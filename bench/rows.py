"""What one measurement found."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bench.requests import Call
from bench.ways import Dialect, Way


@dataclass(frozen=True, kw_only=True)
class Row:
    """Times are microseconds; `cpu_us` is the workers' CPU time per answer.

    `beside_us` is that of what works beside them. `disturbed` is the share of the serving
    processors that somebody else took meanwhile. `recorded` counts all calls in the books
    since the start, `unrecorded` those that were answered and are not there.
    """

    at: str
    server: str
    call: Call
    caller: Dialect
    provider: Dialect
    parallel: int
    seconds: float
    answers: int
    refused: int
    errors: int
    events: int
    cpu_us: float
    system_us: float
    beside_us: Mapping[str, float]
    whole: Mapping[str, float]
    first_byte: Mapping[str, float]
    delay: Mapping[str, float]
    recorded: int | None
    unrecorded: int
    disturbed: float
    machine: Mapping[str, float]
    said: str

    @property
    def way(self) -> Way:
        return Way(self.caller, self.provider)

    @property
    def cpu_us_per_event(self) -> float:
        return self.cpu_us * self.answers / max(1, self.events)

    @property
    def is_good(self) -> bool:
        return not (self.refused or self.errors or self.unrecorded)

    def as_json(self) -> dict[str, Any]:
        per_event = round(self.cpu_us_per_event, 2) if self.events else None
        return asdict(self) | {"cpu_us_per_event": per_event}
