"""The rows as two tables: of each kind the quietest repetition, beside the median of all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.rows import Row
from bench.ways import Way

Table = list[list[str]]


# Repetitions are as quiet as each other when their disturbance differs by no more than this.
QUIET = 0.05


@dataclass(frozen=True)
class Kind:
    """The repetitions of one measurement."""

    rows: Sequence[Row]

    @property
    def best(self) -> Row:
        """Return the quietest; among equally quiet ones the one that used the least CPU time.

        Not simply the latter: a server of streams that others keep from its processor finds
        several chunks at once when it gets there, and so needs less for each.
        """
        least = min(row.disturbed for row in self.rows)
        quiet = [row for row in self.rows if row.disturbed <= least + QUIET]
        return min(quiet, key=lambda row: row.cpu_us)

    @property
    def median_us(self) -> float:
        return median(row.cpu_us for row in self.rows)


def kinds(rows: Iterable[Row]) -> list[Kind]:
    """Return the rows by call, parallel calls, server and way, in the order they came."""
    found: dict[tuple[str, int, str, Way], list[Row]] = {}
    for row in rows:
        key = (row.call, row.parallel, row.server, row.way)
        found.setdefault(key, []).append(row)
    return [Kind(each) for each in found.values()]


def render(rows: Sequence[Row]) -> str:
    parts = []
    for call, title, table in (
        ("plain", "Plain calls", _plain),
        ("streamed", "Streamed calls", _streamed),
    ):
        chosen = [kind for kind in kinds(rows) if kind.best.call == call]
        if chosen:
            parts += [title, "", _aligned(table(chosen)), ""]
    return "\n".join([*parts, _machine(rows)])


def summary(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the same as JSON."""
    return [
        {
            **kind.best.as_json(),
            "cpu_us_median": round(kind.median_us, 2),
            "repetitions": len(kind.rows),
        }
        for kind in kinds(rows)
    ]


def _plain(chosen: Sequence[Kind]) -> Table:
    table = [
        [
            *("parallel", "server", "way", "CPU µs/call", "median", "of nginx"),
            *("calls/s", "p50 ms", "p99 ms", "max ms", "beside it, µs/call"),
        ]
    ]
    for kind, times in _against_nginx(chosen):
        row = kind.best
        table.append(
            [
                str(row.parallel),
                row.server,
                str(row.way),
                f"{row.cpu_us:.0f}",
                f"{kind.median_us:.0f}",
                times,
                f"{row.answers / row.seconds:.0f}",
                *(_ms(row.whole[name]) for name in ("p50", "p99", "max")),
                _beside(row.beside_us),
            ]
        )
    return table


def _streamed(chosen: Sequence[Kind]) -> Table:
    table = [
        [
            *("parallel", "server", "way", "CPU µs/chunk", "µs/stream", "median"),
            *(
                "of nginx",
                "chunks/s",
                "1st byte p50 ms",
                "p99 ms",
                "delay p50 ms",
                "p99 ms",
            ),
            "beside it, µs/stream",
        ]
    ]
    for kind, times in _against_nginx(chosen):
        row = kind.best
        table.append(
            [
                str(row.parallel),
                row.server,
                str(row.way),
                f"{row.cpu_us_per_event:.1f}",
                f"{row.cpu_us:.0f}",
                f"{kind.median_us:.0f}",
                times,
                f"{row.events / row.seconds:.0f}",
                *(_ms(row.first_byte[name]) for name in ("p50", "p99")),
                *(_ms(row.delay[name]) for name in ("p50", "p99")),
                _beside(row.beside_us),
            ]
        )
    return table


def _against_nginx(chosen: Sequence[Kind]) -> list[tuple[Kind, str]]:
    nginx = {
        kind.best.parallel: kind.best.cpu_us
        for kind in chosen
        if kind.best.server == "nginx"
    }
    return [
        (kind, f"{kind.best.cpu_us / base:.1f}x" if base else "")
        for kind in chosen
        for base in [nginx.get(kind.best.parallel, 0.0)]
    ]


def _machine(rows: Sequence[Row]) -> str:
    rounds = [row.machine["round_ns"] for row in rows]
    sockets = [row.machine["socket_ns"] for row in rows]
    return (
        f"The machine: {min(rounds):.1f} ns a round of arithmetic (median {median(rounds):.1f}), "
        f"{min(sockets):.0f} ns a byte through a socket pair (median {median(sockets):.0f}); "
        f"others took up to {max(row.disturbed for row in rows):.0%} of the serving processors."
    )


def _beside(beside: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {us:.0f}" for name, us in beside.items())


def _ms(us: float) -> str:
    return f"{us / 1000:.2f}"


def _aligned(table: Table) -> str:
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    words = {1, 2, len(widths) - 1}
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at in words else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in table
    )
