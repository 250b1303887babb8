"""`python -m bench`: start everything, measure in turns, print a table, stop everything."""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from bench import nginx, processes, report
from bench.errors import CannotMeasure
from bench.gatehouse import Gatehouse
from bench.measuring import CALLS, Meter
from bench.programs import HERE, program
from bench.rows import Row
from bench.starting import Listener, Places, free_port
from bench.ways import WAYS, Way
from gateway_project.launch.errors import CannotStart

RESULTS = HERE / "results"
QUICK = {"repeat": 1, "duration": 0.3, "concurrency": [4], "chunks": 10}


def main(words: Sequence[str]) -> int:
    """Return the exit status: 0, 1 when a call went wrong or went missing, 2 when it cannot run."""
    options = _options(words)
    # However it is ended, a run stops its engines and removes its folder.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit("bench: stopped"))
    try:
        with ExitStack() as stack:
            rows = _write(options.out, _measure(options, _meters(options, stack)))
    except (CannotMeasure, CannotStart) as reason:
        print(f"bench: {reason}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(report.summary(rows)))
    else:
        print(f"\n{report.render(rows)}\nEvery repetition: {options.out}")
    return _complain([row for row in rows if not row.is_good])


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="a few seconds: does everything work?")
    add("--repeat", type=int, default=5, help="repetitions, in turns (%(default)s)")
    add("--duration", type=float, default=2.0, help="seconds each (%(default)s)")
    add("--concurrency", type=_numbers, default=[1, 16, 64], help="1,16,64")
    add("--workers", type=int, default=1, help="of each server (%(default)s)")
    add("--only", choices=CALLS, help="plain or streamed calls, not both")
    add("--ways", type=_ways, default=WAYS, help=",".join(map(str, WAYS)))
    clients = ("official", "curl")
    add("--client", choices=clients, default="official", help="whose headers")
    add("--chunks", type=int, default=50, help="events of a stream (%(default)s)")
    add("--interval-ms", type=float, default=5.0, help="between two (%(default)s)")
    add("--delay-ms", type=float, default=0.0, help="before an answer (%(default)s)")
    add("--json", action="store_true", help="print JSON instead of the tables")
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S")
    add("--out", type=Path, default=RESULTS / f"{stamp}.jsonl", help="for every row")
    parser.set_defaults(**(QUICK if "--quick" in words else {}))
    return parser.parse_args(words)


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


def _ways(text: str) -> list[Way]:
    known = {str(way): way for way in WAYS}
    words = text.split(",")
    if not known.keys() >= set(words):
        raise argparse.ArgumentTypeError(f"choose from {', '.join(known)}")
    return [known[word] for word in words]


def _meters(options: argparse.Namespace, stack: ExitStack) -> list[Meter]:
    places = _places(stack, options.workers)
    stream_ms = options.delay_ms + options.chunks * options.interval_ms
    provider = _start_provider(options, places, stack)
    servers: list[Gatehouse | nginx.Nginx] = [
        Gatehouse(places, provider=provider, workers=options.workers, ways=options.ways)
    ]
    if command := nginx.find():
        servers.append(
            nginx.Nginx(command, places, provider=provider, workers=options.workers)
        )
    else:
        _say("nginx is not installed, so its rows are left out (apt-get install nginx)")
    for server in servers:
        _say(f"starting {server.name}")
        stack.callback(server.stop)
        server.start()
    return [
        Meter(
            server,
            places=places,
            client=options.client,
            chunks=options.chunks,
            stream_us=int(stream_ms * 1000),
        )
        for server in servers
    ]


def _places(stack: ExitStack, workers: int) -> Places:
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        raise CannotMeasure(
            "the bench needs two processors: one for the server, one for the load."
        )
    serving = set(cpus[: min(workers, len(cpus) - 1)])
    others = set(cpus) - serving
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-bench-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o711)  # as root the engines are another user
    # What we start from here on runs where we run, unless it is told otherwise.
    processes.pin([os.getpid()], others)
    return Places(folder, serving=serving, others=others)


def _start_provider(
    options: argparse.Namespace, places: Places, stack: ExitStack
) -> int:
    port = free_port()
    interval_us, delay_us = options.interval_ms * 1000, options.delay_ms * 1000
    provider = Listener(
        *(program("upstream"), port, options.chunks, int(interval_us), int(delay_us)),
        port=port,
        log=places.folder / "upstream.log",
    )
    stack.callback(provider.stop)
    provider.start(cpus=places.others)
    return port


def _measure(options: argparse.Namespace, meters: Sequence[Meter]) -> Iterator[Row]:
    calls = [options.only] if options.only else CALLS
    for repetition in range(options.repeat):
        _say(f"repetition {repetition + 1} of {options.repeat}")
        for call, parallel in product(calls, options.concurrency):
            for meter in meters:
                for way in meter.server.ways:
                    yield meter.measure(
                        call, way, parallel=parallel, seconds=options.duration
                    )


def _write(path: Path, rows: Iterator[Row]) -> list[Row]:
    """Append each row as it comes: a run that is interrupted keeps what it had."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = []
    with path.open("a") as file:
        for row in rows:
            file.write(json.dumps(row.as_json()) + "\n")
            file.flush()
            kept.append(row)
    return kept


def _complain(bad: Sequence[Row]) -> int:
    for row in bad:
        _say(
            f"{row.server}, {row.call}, {row.way}, {row.parallel} parallel: {row.errors} broken answers, "
            f"{row.refused} refused, {row.unrecorded} without a record. {row.said}"
        )
    return 1 if bad else 0


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
