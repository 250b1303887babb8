import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    shutil.which("gcc") is None, reason="the bench needs gcc"
)


WAYS = [
    "openai-openai",
    "anthropic-anthropic",
    "openai-anthropic",
    "anthropic-openai",
]


def test_a_quick_bench_measures_and_cleans_up(tmp_path):
    rows = tmp_path / "rows.jsonl"

    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--out", rows],
        env={"TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "Plain calls" in done.stdout
    assert "Streamed calls" in done.stdout
    measured = [json.loads(line) for line in rows.read_text().splitlines()]
    ours = [row for row in measured if row["server"] == "gatehouse"]
    assert [(row["call"], f"{row['caller']}-{row['provider']}") for row in ours] == [
        *(("plain", way) for way in WAYS),
        *(("streamed", way) for way in WAYS),
    ]
    assert not any(row["errors"] or row["refused"] for row in ours)
    assert all(row["answers"] and row["cpu_us"] > 0 for row in ours)
    assert ours[-1]["recorded"] >= sum(row["answers"] for row in ours)
    assert not list(tmp_path.glob("gatehouse-bench-*"))
