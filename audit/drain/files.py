from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, transaction

from audit import spool
from audit.drain import refusals
from audit.drain.calls import log_upstream_calls
from audit.drain.copying import copy_calls, moment, row
from audit.models import SpoolMark
from audit.types import CallRecord


class MarkMoved(Exception):
    """Somebody else is draining the same file."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Calls that have just been committed."""

    calls: Sequence[CallRecord]

    def last_used(self) -> dict[UUID, datetime]:
        """Return when each key that was used in the batch was used last."""
        latest: dict[UUID, int] = {}
        for call in self.calls:
            at = latest.get(call.key_id, call.started_at_us)
            latest[call.key_id] = max(at, call.started_at_us)
        return {key_id: moment(at) for key_id, at in latest.items()}


AfterBatch = Callable[[Batch], None]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Successive lines of one spool file, and where they begin."""

    path: Path
    start: int
    lines: Sequence[bytes]

    @property
    def end(self) -> int:
        return self.start + sum(len(line) + 1 for line in self.lines)

    def numbered(self) -> Iterator[tuple[int, bytes]]:
        """Yield each line with its offset."""
        offset = self.start
        for line in self.lines:
            yield offset, line
            offset += len(line) + 1

    def halves(self) -> tuple["_Stretch", "_Stretch"]:
        half = len(self.lines) // 2
        first = _Stretch(self.path, self.start, self.lines[:half])
        return first, _Stretch(self.path, first.end, self.lines[half:])


@dataclass(frozen=True, slots=True)
class _Read:
    """What the lines of a stretch say, and those that say nothing."""

    records: list[spool.Record] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    bad: list[tuple[int, bytes, str]] = field(default_factory=list)

    def take(self, offset: int, line: bytes) -> None:
        try:
            record = spool.decode(line)
            if isinstance(record, CallRecord):
                self.rows.append(row(record))
            else:
                refusals.check(record)
        except (spool.Undecodable, OverflowError) as error:
            self.bad.append((offset, line, str(error)))
        else:
            self.records.append(record)


def drain_folder(folder: Path, *, after_batch: AfterBatch) -> bool:
    """Copy a slice of what is new in each spool file; return whether there is more.

    A file is removed once all of it is in the database and its writer is gone. Raises
    the database's errors and, after the other files had their turn, `OSError`.
    """
    paths = spool.spool_files(folder)
    marks = _marks([path.name for path in paths])
    more = False
    failed: OSError | None = None
    for path in paths:
        try:
            more |= _drain_slice(path, marks[path.name], after_batch)
        except OSError as error:
            failed = error
    if failed:
        raise failed
    return more


def _marks(names: Sequence[str]) -> dict[str, int]:
    known = SpoolMark.objects.filter(pk__in=names)
    marks = dict(known.values_list("name", "offset"))
    fresh = [SpoolMark(name=name) for name in names if name not in marks]
    SpoolMark.objects.bulk_create(fresh, ignore_conflicts=True)
    return marks | {mark.name: 0 for mark in fresh}


def _drain_slice(path: Path, offset: int, after_batch: AfterBatch) -> bool:
    # Asked first: what is read after the writer is gone is all there will ever be.
    finished = spool.is_finished(path)
    part = spool.read(path, offset)
    if part.lines:
        _store(_Stretch(path, offset, part.lines), after_batch)
    if finished and part.at_end:
        _remove(path, part)
    return not part.at_end


def _remove(path: Path, part: spool.Slice) -> None:
    if part.tail:
        spool.quarantine(
            path, offset=part.end, line=part.tail, reason="cut off with its writer"
        )
    # The file before its mark: a file without a mark would be read again.
    path.unlink()
    SpoolMark.objects.filter(pk=path.name).delete()


def _store(stretch: _Stretch, after_batch: AfterBatch) -> None:
    try:
        calls = _commit(stretch)
    except (DataError, IntegrityError) as error:
        # One line the tables will not have must not keep back the others.
        if len(stretch.lines) == 1:
            _set_aside(stretch, str(error))
            return
        for half in stretch.halves():
            _store(half, after_batch)
        return
    log_upstream_calls(calls)
    after_batch(Batch(calls))


def _commit(stretch: _Stretch) -> list[CallRecord]:
    """Put the lines into the tables and move the mark, in one transaction."""
    read = _Read()
    for offset, line in stretch.numbered():
        read.take(offset, line)
    with transaction.atomic():
        _move_mark(stretch)
        copy_calls(read.rows)
        refusals.add(refusals.tallies_of(read.records))
        for offset, line, reason in read.bad:
            spool.quarantine(stretch.path, offset=offset, line=line, reason=reason)
    return [record for record in read.records if isinstance(record, CallRecord)]


def _set_aside(stretch: _Stretch, reason: str) -> None:
    (line,) = stretch.lines
    with transaction.atomic():
        _move_mark(stretch)
        spool.quarantine(stretch.path, offset=stretch.start, line=line, reason=reason)


def _move_mark(stretch: _Stretch) -> None:
    # Compare-and-swap: should a second drainer read the same lines, one of the two finds
    # the mark gone on and rolls back.
    mark = SpoolMark.objects.filter(pk=stretch.path.name, offset=stretch.start)
    if not mark.update(offset=stretch.end):
        raise MarkMoved(f"{stretch.path} was drained past {stretch.start} by another")
