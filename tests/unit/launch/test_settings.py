"""What the settings make of the environment, read in a process of their own."""

import json
import os
import subprocess
import sys

import pytest

from gateway_project.environment import BASE_DIR

READ = "import json; from gateway_project import settings; print(json.dumps(settings.{}, default=str))"


def read(name, **given):
    done = subprocess.run(
        [sys.executable, "-c", READ.format(name)],
        env={**os.environ, **given},
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("loopback", ["127.0.0.1", "localhost", "[::1]"])
def test_a_health_check_on_the_machine_itself_is_never_a_stranger(loopback):
    hosts = read("ALLOWED_HOSTS", ALLOWED_HOSTS="gate.example.com")

    assert loopback in hosts
    assert "gate.example.com" in hosts
    assert "*" not in hosts
