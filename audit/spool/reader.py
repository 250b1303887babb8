import fcntl
import logging
from dataclasses import dataclass
from pathlib import Path

logger = logging.getLogger(__name__)

SLICE_BYTES = 2 * 2**20


@dataclass(frozen=True, slots=True)
class Slice:
    """What stands in a spool file from some offset on: whole lines, without their ends.

    `end` is the offset behind the last of them. `at_end` says that there was nothing
    more to read; then `tail` is what stands behind the last line end.
    """

    lines: list[bytes]
    end: int
    tail: bytes
    at_end: bool


def spool_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def is_finished(path: Path) -> bool:
    """True when nobody will ever add to the file: its writer closed it, or is dead.

    Ask before reading to the end, not after.
    """
    with path.open("rb") as file:
        try:
            # Shared, so that two who ask at once do not take each other for the writer.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def read(path: Path, offset: int, *, size: int = SLICE_BYTES) -> Slice:
    """Return about `size` bytes of lines from `offset`, at least one if there is one."""
    with path.open("rb") as file:
        file.seek(offset)
        data = part = file.read(size)
        while b"\n" not in part and len(part) == size:
            part = file.read(size)
            data += part
    cut = data.rfind(b"\n") + 1
    lines = data[:cut].split(b"\n")[:-1]
    at_end = len(part) < size
    return Slice(lines, offset + cut, data[cut:] if at_end else b"", at_end)


def quarantine(path: Path, *, offset: int, line: bytes, reason: str) -> None:
    """Set aside what stands at `offset` of a spool file and is no record.

    It goes into `quarantine/` beside the file. Once mended, the file there can be moved
    back among the spool files and will be drained like any other.
    """
    aside = path.parent / "quarantine"
    aside.mkdir(mode=0o700, exist_ok=True)
    with (aside / f"bad-{path.name}").open("ab") as file:
        file.write(line + b"\n")
    fields = {"file": path.name, "offset": offset, "bytes": len(line), "reason": reason}
    logger.error("spool.quarantined", extra={"fields": fields})
