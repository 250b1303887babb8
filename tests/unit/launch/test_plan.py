"""What `up --check` makes of `.env`, in a process of its own that has read no settings."""

import os
import subprocess
import sys

import pytest

from gateway_project.environment import BASE_DIR, MADE
from tests.house import free_port

CHECK = """
import os, pathlib, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gateway_project.settings")
from gateway_project import environment
environment.BASE_DIR = pathlib.Path(sys.argv[1])
from gateway_project.launch import command
sys.exit(command.main(["--check"]))
"""


@pytest.fixture
def check(tmp_path):
    def check(dot_env):
        (tmp_path / ".env").write_text(dot_env)
        inherited = {k: v for k, v in os.environ.items() if k not in MADE}
        places = {"VAR_DIR": str(tmp_path / "var"), "PORT": str(free_port())}
        return subprocess.run(
            [sys.executable, "-c", CHECK, str(tmp_path)],
            env={**inherited, **places, "PYTHONPATH": str(BASE_DIR)},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return check


@pytest.mark.enable_socket
def test_a_blank_in_dot_env_means_an_engine_of_our_own(check):
    done = check("DATABASE_URL=\nREDIS_URL= \nSECRET_KEY=\n")

    assert not done.returncode, done.stderr
    assert done.stdout.count("our own in") == 2


@pytest.mark.enable_socket
def test_servers_of_ones_own_may_stand_in_dot_env(check):
    done = check("DATABASE_URL=postgres://h/db\nREDIS_URL=redis://h\n")

    assert not done.returncode, done.stderr
    assert "outside, postgres://h/db" in done.stdout
    assert "outside, redis://h" in done.stdout


@pytest.mark.enable_socket
def test_a_wrong_redis_url_is_named_before_anything_starts(check):
    done = check("REDIS_URL=redis://h:abc/0\n")

    assert done.returncode == 2
    assert done.stderr.startswith("gatehouse: REDIS_URL is 'redis://h:abc/0'")
