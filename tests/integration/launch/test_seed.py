import json
import stat

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command

pytestmark = pytest.mark.django_db


@pytest.fixture
def var(tmp_path, settings):
    settings.VAR_DIR = tmp_path / "var"
    return settings.VAR_DIR


def test_the_operator_can_sign_in_with_what_is_written(var):
    call_command("seed")

    file = var / "first-run.json"
    facts = json.loads(file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert authenticate(username=facts["operator"], password=facts["password"])


def test_a_password_that_cannot_be_written_is_not_given_to_anybody(var):
    var.write_text("in the way")

    with pytest.raises(FileExistsError):
        call_command("seed")

    assert not get_user_model().objects.exists()


def test_after_a_failure_the_next_attempt_seeds(var):
    var.write_text("in the way")
    with pytest.raises(FileExistsError):
        call_command("seed")
    var.unlink()

    call_command("seed")

    assert get_user_model().objects.filter(username="operator").exists()
    assert (var / "first-run.json").exists()


def test_a_second_time_changes_nothing(var, capsys):
    call_command("seed")
    before = (var / "first-run.json").read_text()

    call_command("seed")

    assert "Already set up." in capsys.readouterr().out
    assert (var / "first-run.json").read_text() == before
