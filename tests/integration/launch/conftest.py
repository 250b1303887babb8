import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from gateway_project.environment import BASE_DIR

PACKAGES = str(Path(psycopg.__file__).parents[1])


@pytest.fixture
def folder():
    """A folder everybody may pass through, which pytest's own is not."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-") as name:
        os.chmod(name, 0o711)
        yield Path(name)


class Holder:
    """A process that supervises engines, which a test may kill."""

    def __init__(self, python, folder, *outside, owner=None):
        self.process = subprocess.Popen(
            [python, "-m", "tests.integration.launch.holding", folder, *outside],
            cwd=BASE_DIR,
            env={
                "PATH": os.defpath,
                "HOME": str(folder),
                "PYTHONPATH": PACKAGES,
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            user=owner and owner.pw_uid,
            group=owner and owner.pw_gid,
            extra_groups=[] if owner else None,
        )
        line = self.process.stdout.readline()
        assert line, f"the engines do not start: {self.process.communicate()[1]}"
        self.facts = json.loads(line)

    def stop(self):
        """Let it stop its engines; return what it complained about."""
        _, errors = self.process.communicate(timeout=60)
        return errors

    def kill(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def hold():
    holders = []

    def hold(*words, python=sys.executable, owner=None):
        holders.append(Holder(python, *words, owner=owner))
        return holders[-1]

    yield hold
    for holder in holders:
        if holder.process.poll() is None:
            holder.stop()


@pytest.fixture
def stranger(folder):
    """An ordinary user, owner of `folder`: nobody when we are root."""
    if os.geteuid() != 0:
        return None
    user = pwd.getpwnam("nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return user


@pytest.fixture
def python_for(stranger):
    """An interpreter of our version that the ordinary user may run, with our packages."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (
        sys.executable,
        shutil.which(version, path="/usr/local/bin:/usr/bin"),
    ):
        if python and _runs(python, stranger):
            return python
    pytest.skip(
        f"there is no {version} with our packages that {stranger.pw_name} may run"
    )


def _runs(python, owner):
    try:
        return not subprocess.run(
            [python, "-c", "import psycopg, redis"],
            env={"PYTHONPATH": PACKAGES},
            cwd="/",
            capture_output=True,
            check=False,
            user=owner and owner.pw_uid,
            group=owner and owner.pw_gid,
            extra_groups=[] if owner else None,
        ).returncode
    except PermissionError:
        return False
