import base64

import pytest
from django.core.management import CommandError, call_command

from audit.models import Entry
from providers import selectors, services
from providers.models import Credential
from providers.sealing import KeyRing
from tests.factories import ANA, NOON, make_credential, make_provider

pytestmark = pytest.mark.django_db

SECRETS = ["sk-first-0123456789", "sk-second-0123456789"]
OLD, NEW = (base64.urlsafe_b64encode(bytes([n] * 32)).decode() for n in (1, 2))


@pytest.fixture
def credentials(settings):
    settings.ENCRYPTION_KEYS = [OLD]
    provider = make_provider()
    made = [make_credential(provider, secret) for secret in SECRETS]
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    return made


def reseal():
    return services.reseal_credentials(ring=selectors.key_ring(), by=ANA, now=NOON)


def secrets_under(*keys):
    ring = KeyRing(keys)
    rows = Credential.objects.order_by("created_at", "id")
    return [selectors.secret_of(row, ring) for row in rows]


def resealings():
    return list(Entry.objects.filter(action="providers.credential.resealed"))


def test_after_it_the_old_key_is_not_needed_any_more(credentials):
    assert reseal() == services.Resealed(resealed=2, current=0, unopened=())

    assert secrets_under(NEW) == SECRETS


def test_it_leaves_one_entry_without_a_secret(credentials):
    reseal()

    (entry,) = resealings()
    assert (entry.actor, entry.subject) == ("user:ana", "credentials")
    names = sorted(f"credential:{each.pk}" for each in credentials)
    assert entry.detail == {"resealed": names, "unopened": []}


def test_what_is_under_the_active_key_is_left_alone(credentials):
    reseal()
    before = list(Credential.objects.order_by("id").values())

    assert reseal() == services.Resealed(resealed=0, current=2, unopened=())

    assert list(Credential.objects.order_by("id").values()) == before
    assert len(resealings()) == 1


def test_one_that_does_not_open_keeps_nothing_back_and_is_named(credentials):
    lost, other = credentials
    Credential.objects.filter(pk=lost.pk).update(sealed="v1.00000000.AAAA")

    outcome = reseal()

    assert (outcome.resealed, outcome.current) == (1, 0)
    assert outcome.unopened == (f"credential:{lost.pk}",)
    other.refresh_from_db()
    assert selectors.secret_of(other, KeyRing([NEW])) == SECRETS[1]


def test_a_hint_and_a_switch_stay_as_they_are(credentials):
    before = list(Credential.objects.order_by("id").values("id", "hint", "enabled"))

    reseal()

    after = list(Credential.objects.order_by("id").values("id", "hint", "enabled"))
    assert after == before


def test_the_command_prints_how_many(credentials, capsys):
    call_command("reseal")

    assert capsys.readouterr().out == (
        "2 credentials sealed again, 0 were under the active key already\n"
    )
    assert resealings()[0].actor.startswith("command:")


def test_the_command_fails_while_an_old_key_is_still_needed(credentials, capsys):
    lost = credentials[0]
    Credential.objects.filter(pk=lost.pk).update(sealed="v1.00000000.AAAA")

    with pytest.raises(CommandError, match=f"credential:{lost.pk} does not open"):
        call_command("reseal")

    assert "1 credentials sealed again" in capsys.readouterr().out


def test_the_command_names_a_key_ring_that_is_wrong(settings):
    settings.ENCRYPTION_KEYS = ["short"]

    with pytest.raises(CommandError, match="ENCRYPTION_KEYS"):
        call_command("reseal")
