"""Node.js, running the scripts of `tests/functional/js` one task after another."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

JS = Path(__file__).resolve().parents[2] / "js"
_LEAST = 20


def missing() -> str:
    """Return what is missing here to run JavaScript clients, in a sentence; empty if nothing."""
    if _version() < _LEAST:
        return f"The JavaScript clients need Node.js {_LEAST}, which is not installed."
    if not (JS / "node_modules" / ".installed").exists():
        return "The JavaScript clients are not installed: make test does that where npm can."
    return ""


def _version() -> int:
    node = shutil.which("node")
    if node is None:
        return 0
    told = subprocess.run([node, "--version"], capture_output=True, text=True)
    return int(told.stdout.strip().removeprefix("v").partition(".")[0] or 0)


class Node:
    """One process for all tasks. `url` is the only address a script may ask anything of."""

    def __init__(self, url: str, key: str) -> None:
        self._about = {"url": url, "key": key}
        self._process = subprocess.Popen(
            ["node", "run.mjs"],
            cwd=JS,
            # Nothing of ours: clients read keys and addresses from the environment.
            env={"PATH": os.environ["PATH"]},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, script: str, **task: Any) -> dict[str, Any]:
        """Return what the script found; fails the test if it met an error."""
        found = self.tried(script, **task)
        assert "error" not in found, found["error"]
        return found

    def tried(self, script: str, **task: Any) -> dict[str, Any]:
        """Return what the script found, and under `error` what it met."""
        assert self._process.stdin
        assert self._process.stdout
        told = {**self._about, "script": script, **task}
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            _, complaint = self._process.communicate()
            raise AssertionError(f"node ended at {script}:\n{complaint}")
        found = json.loads(line)
        assert found.pop("origins") == [self._about["url"]]
        return found

    def close(self) -> None:
        self._process.communicate()
