"""The product's call records, read as they come in."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg.rows import class_row

PATIENCE_S = 20


@dataclass(frozen=True)
class Record:
    endpoint: str
    model: str
    provider: str
    stream: bool
    status: int
    error: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    usage_estimated: bool


_SINCE = f"""
    SELECT {", ".join(Record.__dataclass_fields__)} FROM audit_callrecord
    WHERE started_at >= %s ORDER BY started_at
"""


class Books:
    """Asks the database itself: a process for each question would take too long."""

    def __init__(self, var: Path) -> None:
        settings = dict(
            line.split("=", 1)
            for line in (var / "servers.env").read_text().splitlines()
        )
        url = settings["DATABASE_URL"]
        self._connection = psycopg.connect(
            url, autocommit=True, row_factory=class_row(Record)
        )

    def since(self, began: datetime, *, calls: int) -> list[Record]:
        """Wait until so many calls that began since then are in the books."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            found = self._connection.execute(_SINCE, [began]).fetchall()
            if len(found) >= calls:
                return found
            time.sleep(0.05)
        raise AssertionError(f"only {len(found)} calls of {calls} are in the books")

    def close(self) -> None:
        self._connection.close()
