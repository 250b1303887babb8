"""The three small C programs: the provider, the load, and how fast the machine is just now."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from bench.answers import Whole
from bench.errors import CannotMeasure

HERE = Path(__file__).resolve().parent
BUILD = HERE / ".build"
FLAGS = ("-std=gnu11", "-O2", "-Wall", "-Wextra")
# The load waits up to 10 seconds for the last answers.
LOAD_GRACE_S = 30


def program(name: str, *, folder: Path = BUILD) -> Path:
    """Return the compiled program, compiling it when its source is newer.

    Raises `CannotMeasure` when there is no compiler.
    """
    source, built = HERE / f"{name}.c", folder / name
    if built.exists() and built.stat().st_mtime > source.stat().st_mtime:
        return built
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise CannotMeasure(
            "the bench needs a C compiler for its load generator; install gcc "
            "(Debian, Ubuntu: apt-get install gcc libc6-dev)."
        )
    folder.mkdir(exist_ok=True)
    # Built aside and moved, so that two runs at once do not meet half a program.
    fresh = folder / f"{name}.{os.getpid()}"
    done = subprocess.run(
        [compiler, *FLAGS, "-o", fresh, source, "-lm"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotMeasure(f"{source.name} does not compile:\n{done.stderr}")
    fresh.replace(built)
    return built


def load(
    *,
    port: int,
    parallel: int,
    seconds: float,
    request: Path,
    spread_us: int,
    whole: Whole,
) -> dict[str, Any]:
    """Keep `parallel` calls going for so long, and return what became of them."""
    words = [port, parallel, seconds, request, spread_us]
    words += [whole.stamps, whole.end, *whole.parts]
    return _run("load", *words, patience=seconds + LOAD_GRACE_S)


def calibrate(cpu: int) -> dict[str, float]:
    """Return how fast that processor is just now."""
    found = _run("calibrate", cpu, patience=60)
    return {name: found[name] for name in ("round_ns", "socket_ns")}


def _run(name: str, *words: object, patience: float) -> dict[str, Any]:
    try:
        done = subprocess.run(
            [program(name), *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            timeout=patience,
        )
    except subprocess.TimeoutExpired:
        raise CannotMeasure(f"{name} was not done after {patience:g} s.") from None
    if done.returncode:
        raise CannotMeasure(f"{name} gave up: {done.stderr.strip()}")
    return {**json.loads(done.stdout), "said": done.stderr.strip()}
