import pytest
from django.core.management import CommandError, call_command

from audit.models import Entry
from tenants.models import ApiKey
from tests.factories import make_key, make_tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue():
    tenant = make_tenant()

    def issue(*words):
        call_command("issue_key", f"--tenant={tenant.slug}", *words)

    return issue


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--name", ""),
        ("--name", "  "),
        ("--name", "n" * 101),
        ("--name", "two\nlines"),
        ("--model", "m" * 201),
        ("--model", ""),
        ("--per-minute", "-1"),
        ("--per-minute", "0"),
        ("--per-minute", "2147483648"),
        ("--per-minute", "many"),
        ("--per-month", "-1"),
        ("--per-month", "9" * 30),
        ("--expires-in-days", "-5"),
        ("--expires-in-days", "0"),
        ("--expires-in-days", "99999999"),
    ],
)
def test_a_key_that_could_not_work_is_refused_by_the_name_of_the_option(
    option, value, issue
):
    words = [] if option == "--name" else ["--name=ci"]
    before = Entry.objects.count()

    with pytest.raises(CommandError, match=f"argument {option}: it must be "):
        issue(*words, f"{option}={value}")

    assert not ApiKey.objects.exists()
    assert Entry.objects.count() == before


def test_the_largest_of_everything_is_issued(issue):
    issue(
        f"--name={'n' * 100}",
        f"--model={'m' * 200}",
        "--per-minute=2147483647",
        "--per-month=1000000000000",
        "--expires-in-days=36500",
    )

    api_key = ApiKey.objects.get()
    assert api_key.requests_per_minute == 2147483647
    assert (api_key.expires_at - api_key.created_at).days == 36500


@pytest.mark.parametrize("hours", ["-1", "99999999999", "8761"])
def test_an_overlap_that_makes_no_sense_is_refused_and_the_key_stays(hours):
    api_key, _ = make_key()

    with pytest.raises(CommandError, match=r"argument --overlap-hours: it must be "):
        call_command("rotate_key", api_key.public_id, f"--overlap-hours={hours}")

    assert ApiKey.objects.get().digest == api_key.digest


@pytest.mark.parametrize("hours", [0, 8760])
def test_an_overlap_from_none_to_a_year_is_given(hours):
    api_key, _ = make_key()

    call_command("rotate_key", api_key.public_id, f"--overlap-hours={hours}")

    rotated = ApiKey.objects.get()
    assert rotated.digest != api_key.digest
    assert bool(rotated.previous_digest) is bool(hours)
