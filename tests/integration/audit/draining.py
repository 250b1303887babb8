from pathlib import Path

from audit import drain
from audit.drain import Batch
from audit.ids import uuid7
from audit.models import CallRecord
from tests.unit.audit.records import NOON


def forget(batch: Batch) -> None:
    """Take no notice of what was drained."""


def drain_all(folder: Path) -> None:
    drain.drain_all(folder, now=NOON, after_batch=forget)


def spooled(folder: Path, *lines: bytes) -> Path:
    """Make the file of a writer that is gone."""
    folder.mkdir(exist_ok=True)
    path = folder / f"1-{uuid7()}.jsonl"
    path.write_bytes(b"".join(lines))
    return path


def stored_ids() -> set[object]:
    return set(CallRecord.objects.values_list("id", flat=True))
