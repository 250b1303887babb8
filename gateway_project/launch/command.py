"""`manage.py up`: start the house, keep it running, stop it."""

import argparse
import contextlib
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from gateway_project.launch import places, ports
from gateway_project.launch.errors import CannotStart
from gateway_project.launch.house import House
from gateway_project.launch.locks import Lock
from gateway_project.launch.plan import Plan, describe, make_plan
from gateway_project.launch.stopping import Bell, StopAsked
from gateway_project.launch.supervision import GaveUp

HELP = "Start everything: engines where none are given, migrations, web and workers."
CURL = """curl {url}/v1/chat/completions \\
    -H 'Authorization: Bearer {api_key}' \\
    -H 'Content-Type: application/json' \\
    -d '{{"model":"mock-gpt-4","messages":[{{"role":"user","content":"Hello"}}]}}'"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check",
        action="store_true",
        help="say what would be started, and start nothing",
    )
    parser.add_argument(
        "--verbose",
        action="store_true",
        help="show what the children write here instead of in VAR_DIR/log",
    )


def main(words: Sequence[str]) -> int:
    """Run until asked to stop; return the exit status.

    0: stopped as asked; 1: something vital kept ending; 2: it cannot start.
    """
    parser = argparse.ArgumentParser(prog="manage.py up", description=HELP)
    add_arguments(parser)
    options = parser.parse_args(words)
    return up(check=options.check, verbose=options.verbose)


def up(*, check: bool, verbose: bool) -> int:
    try:
        plan = make_plan()
        if check:
            ports.check_free(plan.host, plan.port)
            say("would start")
            _write("\n".join(describe(plan)))
            return 0
        return _run(plan, verbose=verbose)
    except (CannotStart, ImproperlyConfigured) as reason:
        say(str(reason), error=True)
    except PermissionError as error:
        say(f"{error.filename} belongs to another user.", error=True)
    return 2


def say(text: str, *, error: bool = False) -> None:
    _write(f"gatehouse: {text}", error=error)


def _write(text: str, *, error: bool = False) -> None:
    # A terminal that was closed must not end the house in the middle of stopping.
    with contextlib.suppress(OSError):
        out = sys.stderr if error else sys.stdout
        out.write(text + "\n")
        out.flush()


def _run(plan: Plan, *, verbose: bool) -> int:
    began = time.monotonic()
    # Logs, spools and schedules are nobody else's business.
    os.umask(0o077)
    places.make(plan.home)
    lock = Lock(plan.home.var / "up.lock")
    if not lock.try_to_take():
        raise CannotStart(
            f"it runs already, as process {lock.holder()}, with its data in {plan.home.var}."
        )
    # An earlier run that was killed left its name, and its server may still be ending.
    ports.check_free(plan.host, plan.port, patience=5 if lock.holder() else 0)
    lock.name_holder(os.getpid())
    bell = Bell()
    bell.install()
    house = House(plan, say=say, verbose=verbose)
    try:
        house.open()
        say(f"ready after {time.monotonic() - began:.1f} s")
        _announce(plan)
        house.watch()
    except StopAsked:
        say("stopping; once more to hurry")
        return 0
    except CannotStart as reason:
        say(str(reason), error=True)
        return 2
    except GaveUp as reason:
        say(str(reason), error=True)
        return 1
    finally:
        bell.stop_raising()
        house.close(hurried=bell.hurried)
        lock.name_holder(None)
        lock.release()
        say("stopped")


def _announce(plan: Plan) -> None:
    file = plan.home.var / "first-run.json"
    rows = {"Console": f"{plan.base_url}/admin/"}
    command = ""
    if plan.is_first_run and file.exists():
        made = _read(file)
        rows |= {
            "Operator": made["operator"],
            "Password": made["password"],
            "API key": made["api_key"],
        }
        command = CURL.format(url=plan.base_url, api_key=made["api_key"])
    if file.exists():
        rows["Kept in"] = str(file)
    _write("".join(f"\n  {title:<10}{text}" for title, text in rows.items()) + "\n")
    if command:
        _write(f"  Try it:\n\n  {command}\n")


def _read(file: Path) -> dict[str, str]:
    made: dict[str, str] = json.loads(file.read_text())
    return made
