"""A load for so many seconds, and what it cost whom."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from bench import answers, processes, programs
from bench.errors import CannotMeasure
from bench.requests import Call, Client, request
from bench.rows import Row
from bench.servers import Server
from bench.starting import Places
from bench.ways import Way

CALLS: tuple[Call, ...] = ("plain", "streamed")
WARM_S = 0.3


@dataclass(frozen=True)
class _Counters:
    """Seconds, all of them."""

    at: float
    workers: tuple[int, ...]
    used: processes.Times
    busy: float

    @classmethod
    def read(cls, server: Server, places: Places) -> Self:
        workers = tuple(server.workers())
        return cls(
            time.monotonic(),
            workers,
            processes.times_of(workers),
            processes.busy_s(places.serving),
        )


class Meter:
    """Measures one server, and remembers how many calls it has answered in all.

    A stream has so many `chunks` and takes `stream_us` from its first to its last.
    """

    def __init__(
        self,
        server: Server,
        *,
        places: Places,
        client: Client,
        chunks: int,
        stream_us: int,
    ) -> None:
        self.server = server
        self._places = places
        self._client = client
        self._chunks = chunks
        self._stream_us = stream_us
        self._answered = 0

    def measure(self, call: Call, way: Way, *, parallel: int, seconds: float) -> Row:
        """Raises `CannotMeasure` when a worker ends meanwhile."""
        self._load(call, way, parallel, WARM_S)
        self.server.count_recorded(self._answered)
        machine = programs.calibrate(min(self._places.serving))
        beside = self.server.beside()
        before = _Counters.read(self.server, self._places)
        found = self._load(call, way, parallel, seconds)
        after = _Counters.read(self.server, self._places)
        if before.workers != after.workers:
            raise CannotMeasure(f"a worker of {self.server.name} ended under load.")
        # What works beside them is done only when the books are.
        recorded = self.server.count_recorded(self._answered)
        per_answer = 1e6 / max(1, found["answers"])
        used = after.used.total - before.used.total
        return Row(
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            server=self.server.name,
            call=call,
            caller=way.caller,
            provider=way.provider,
            parallel=parallel,
            cpu_us=round(used * per_answer, 2),
            system_us=round((after.used.system - before.used.system) * per_answer, 1),
            beside_us=_differences(beside, self.server.beside(), per_answer),
            recorded=recorded,
            unrecorded=0 if recorded is None else self._answered - recorded,
            disturbed=_share(after.busy - before.busy - used, after.at - before.at),
            machine=machine,
            **found,
        )

    def _load(
        self, call: Call, way: Way, parallel: int, seconds: float
    ) -> dict[str, Any]:
        found = programs.load(
            port=self.server.port,
            parallel=parallel,
            seconds=seconds,
            request=self._write_request(call, way),
            spread_us=self._stream_us if call == "streamed" else 0,
            whole=answers.whole(way.caller, call, chunks=self._chunks),
        )
        if not found["answers"]:
            raise CannotMeasure(
                f"{self.server.name} answers nothing, {call}, {way}. {found['said']}"
            )
        self._answered += found["answers"]
        return found

    def _write_request(self, call: Call, way: Way) -> Path:
        server = self.server
        file = self._places.folder / f"{server.name}-{call}-{way}.http"
        file.write_bytes(
            request(
                way,
                call=call,
                client=self._client,
                port=server.port,
                api_key=server.api_key,
            )
        )
        return file


def _differences(
    before: Mapping[str, float], after: Mapping[str, float], scale: float
) -> dict[str, float]:
    return {name: round((after[name] - before[name]) * scale, 1) for name in before}


def _share(part: float, whole: float) -> float:
    return round(max(0.0, part) / whole, 3)
