"""What the containers are made of, checked where there is no container engine."""

import json
import shutil
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = sorted(name for name, each in SERVICES.items() if each["image"] == "gatehouse")
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
# Where things are inside; `.env` is written for a machine, where they are elsewhere.
PLACES = {
    "HOST",
    "PORT",
    "VAR_DIR",
    "SPOOL_DIR",
    "DATABASE_URL",
    "REDIS_URL",
}


def instructions(name: str) -> list[str]:
    return [
        line.removeprefix(name).strip()
        for line in DOCKERFILE
        if line.split(" ")[0] == name
    ]


def commands() -> list[tuple[str, list[str]]]:
    """Return every command that is run in our image, taken apart at `&&`."""
    given = [("Dockerfile", json.loads(instructions("CMD")[-1]))]
    for name in OURS:
        given.append((name, SERVICES[name].get("command", [])))
        given.append((name, SERVICES[name].get("healthcheck", {}).get("test", [])[1:]))
    apart = []
    for name, words in given:
        script = words[2].split("&&") if words[:2] == ["sh", "-c"] else []
        apart += [(name, line.split()) for line in script] or [(name, words)]
    return [(name, words) for name, words in apart if words]


def test_everything_that_a_house_needs_runs():
    assert {"web", "worker", "beat", "drain", "postgres", "redis"} <= SERVICES.keys()


@pytest.mark.parametrize("name", OURS)
def test_each_service_of_ours_reads_the_whole_of_dot_env(name):
    service = SERVICES[name]

    assert service["env_file"] == ".env"
    assert service["environment"].keys() >= PLACES


@pytest.mark.parametrize("name", OURS)
def test_compose_overrides_no_setting_of_dot_env_but_places(name):
    environment = SERVICES[name]["environment"]
    others = {key for key in environment if key not in PLACES}

    assert others == {"PGPASSWORD", "SECRET_KEY", "ENCRYPTION_KEYS"}
    # Compose itself refuses to start without them.
    assert all(":?set it in .env}" in environment[key] for key in others)


@pytest.mark.parametrize("name", OURS)
def test_a_password_stands_in_no_url_where_its_letters_would_count(name):
    assert "PASSWORD" not in SERVICES[name]["environment"]["DATABASE_URL"]


def test_the_web_server_listens_where_compose_publishes_it():
    web = SERVICES["web"]
    port = web["environment"]["PORT"]

    assert web["ports"] == [f"{port}:{port}"]
    assert web["environment"]["HOST"] == "0.0.0.0"


@pytest.mark.parametrize(("name", "words"), commands())
def test_every_command_exists(name, words):
    match words:
        case ["python", "manage.py", command, *_]:
            assert command in get_commands()
        case ["gunicorn", "-c", file, application]:
            assert (ROOT / file).is_file()
            assert find_spec(application.partition(":")[0])
        case ["celery", "-A", package, *_]:
            assert find_spec(f"{package}.celery")
        case _:
            pytest.fail(f"{name} runs {words}, which no test knows")
    if words[0] != "python":
        assert find_spec(words[0])
        assert shutil.which(words[0]) or (ROOT / ".venv/bin" / words[0]).exists()


def test_every_source_that_is_copied_is_there_and_not_ignored():
    ignored = (ROOT / ".dockerignore").read_text().split()
    copied = [line for line in instructions("COPY") if not line.startswith("--from")]
    sources = [source for line in copied for source in line.split()[:-1]]

    assert [each for each in sources if not (ROOT / each).exists()] == []
    assert [s for s in sources if any(fnmatch(s, each) for each in ignored)] == []


def test_every_package_of_ours_is_copied():
    ours = {path.parent.name for path in ROOT.glob("*/apps.py")}

    assert ours <= {line.split()[0] for line in instructions("COPY")}


def test_the_image_does_not_run_as_root():
    assert instructions("USER")[-1] not in ("root", "0")


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_the_health_of_each_service_is_checked_or_said_not_to_be(name):
    if SERVICES[name].get("restart") == "no":
        pytest.skip("it ends")
    assert "healthcheck" in SERVICES[name] or (
        name in OURS and instructions("HEALTHCHECK")
    )
    if name == "worker":
        assert "ping" in SERVICES[name]["healthcheck"]["test"]


def test_the_container_asks_for_its_own_readiness():
    [check] = instructions("HEALTHCHECK")

    assert "/readyz" in check
    assert "os.environ['PORT']" in check
