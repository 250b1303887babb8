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


def test_what_is_printed_is_a_url_also_on_ipv6():
    assert read("BASE_URL", HOST="::1", PORT="9000") == "http://[::1]:9000"


def test_how_others_reach_it_may_be_said():
    assert (
        read("BASE_URL", BASE_URL="https://gate.example.com/")
        == "https://gate.example.com"
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"ENCRYPTION_KEYS": ""}, "gatehouse: ENCRYPTION_KEYS is not set"),
        ({"REDIS_URL": "redis://h:abc/0"}, "gatehouse: REDIS_URL is 'redis://h:abc/0'"),
    ],
)
def test_the_web_server_does_not_start_on_a_wrong_setting_and_says_which(
    given, sentence, tmp_path
):
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "gateway_project/gunicorn.conf.py"],
        env={**os.environ, "VAR_DIR": str(tmp_path), **given},
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode
    assert done.stderr.startswith(sentence)
    assert "Traceback" not in done.stderr


def test_the_migrations_are_checked_without_encryption_keys(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
        env={**os.environ, "VAR_DIR": str(tmp_path), "ENCRYPTION_KEYS": ""},
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert not done.returncode, done.stderr
