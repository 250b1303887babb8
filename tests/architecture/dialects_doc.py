"""docs/dialects.md, by its tables."""

import re
from pathlib import Path

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs/dialects.md").read_text()


def table(heading: str, number: int = 0) -> list[dict[str, str]]:
    """Return the rows of the n-th table below a heading, each by the names of its columns."""
    section = DOCUMENT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)[number]
    names, _, *rows = [
        [cell.strip() for cell in line.strip("|\n").split("|")]
        for line in found.splitlines()
    ]
    return [dict(zip(names, row, strict=True)) for row in rows]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)
