"""Keys by hand: issued, shown once, rotated, revoked."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from tenants import services, snapshot
from tenants.keys import opens, parse
from tenants.models import ApiKey
from tests.factories import ANA, NOON, make_key, make_model, make_provider, make_tenant

pytestmark = pytest.mark.django_db
ADD = reverse("admin:tenants_apikey_add")
TEXT = re.compile(r"gh-[0-9a-z]{12}-[0-9A-Za-z]{48}")


def at(key, what):
    return reverse(f"admin:tenants_apikey_{what}", args=[key.pk])


def issue(console, **fields):
    tenant = fields.pop("tenant", None) or make_tenant()
    return console.post(ADD, {"tenant": tenant.pk, "name": "ward", **fields})


def shown(response):
    assert response.status_code == 200
    (text,) = set(TEXT.findall(response.content.decode()))
    return text


def works(text, now=None):
    presented = parse(text, ["gh-"])
    caller = snapshot.callers()[presented.public_id]
    at = (now or timezone.now()).timestamp()
    return not caller.revoked and opens(presented, caller.digests, at)


def everything_stored():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            yield from map(str, cursor.fetchall())


def last_entry():
    return Entry.objects.order_by("-at", "-id").first()


def test_a_key_issued_here_works(console):
    text = shown(issue(console))

    assert works(text)
    entry = Entry.objects.get(action="tenants.apikey.issued")
    assert entry.actor == "user:olga"


@pytest.mark.parametrize("how", ["issue", "rotate"])
def test_a_secret_is_shown_once_and_kept_nowhere(console, how, caplog):
    caplog.set_level("DEBUG")
    if how == "issue":
        response = issue(console)
    else:
        response = console.post(at(make_key()[0], "rotate"), {"overlap_hours": 1})

    secret = shown(response).rpartition("-")[2]

    assert "no-store" in response["Cache-Control"]
    assert not [row for row in everything_stored() if secret in row]
    assert secret not in str(Session.objects.get().get_decoded())
    assert list(get_messages(response.wsgi_request)) == []
    assert secret not in caplog.text
    assert secret not in response.wsgi_request.get_full_path()
    key = ApiKey.objects.get()
    for path in (at(key, "change"), reverse("admin:tenants_apikey_changelist"), ADD):
        assert secret not in console.get(path).content.decode()


def test_the_digest_is_on_no_page(console):
    key, _ = make_key()
    digest = ApiKey.objects.values_list("digest", flat=True).get()

    for path in (at(key, "change"), reverse("admin:tenants_apikey_changelist")):
        assert digest not in console.get(path).content.decode()


def test_the_page_of_a_new_key_has_a_call_it_may_make(console):
    for name in ("a-model", "b-model"):
        make_model(make_provider(), name=name)

    page = issue(console, allowed_models="b-*").content.decode()

    assert "b-model" in page
    assert "a-model" not in page
    assert "/v1/chat/completions" in page


def test_a_new_key_takes_its_limits_and_models(console):
    issue(
        console,
        description="of ward 7",
        allowed_models="gpt-*,o3",
        requests_per_minute="5",
        requests_per_month="500",
        expires_at_0="2099-01-01",
        expires_at_1="00:00",
    )

    key = ApiKey.objects.get()
    assert key.allowed_models == ["gpt-*", "o3"]
    assert (key.requests_per_minute, key.requests_per_month) == (5, 500)
    assert key.expires_at == datetime(2099, 1, 1, tzinfo=UTC)
    assert key.description == "of ward 7"


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"name": ""}, "This field is required"),
        ({"requests_per_minute": "-1"}, "greater than or equal to 0"),
        ({"requests_per_minute": "many"}, "Enter a whole number"),
        ({"expires_at_0": "2001-01-01", "expires_at_1": "00:00"}, "moment has passed"),
        ({"allowed_models": "a,,b"}, "Item 2"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_issued(console, fields, complaint):
    response = issue(console, **fields)

    assert complaint in response.content.decode()
    assert not ApiKey.objects.exists()


def test_changing_a_keys_limits_counts_and_is_noted(console):
    key, text = make_key()

    console.post(at(key, "change"), {"name": "renamed", "requests_per_minute": "7"})

    assert [limit.per_minute for limit in snapshot.callers()[key.public_id].limits] == [
        7,
        100,
    ]
    assert last_entry().detail["after"] == {"name": "renamed", "requests_per_minute": 7}
    assert works(text)


def test_a_key_stays_with_its_tenant(console):
    key, _ = make_key()
    other = make_tenant()

    console.post(at(key, "change"), {"name": "x", "tenant": other.pk})

    assert ApiKey.objects.get().tenant_id == key.tenant_id


def test_revoking_stops_the_key(console):
    key, text = make_key()

    response = console.post(at(key, "revoke"), follow=True)

    assert f"{key} is revoked." in response.content.decode()
    assert not works(text)
    entry = last_entry()
    assert (entry.action, entry.actor) == ("tenants.apikey.revoked", "user:olga")


def test_revoking_what_somebody_has_revoked_says_so(console):
    key, _ = make_key()
    services.revoke_api_key(api_key=key, by=ANA, now=NOON)

    response = console.post(at(key, "revoke"), follow=True)

    assert "is revoked already." in response.content.decode()
    assert ApiKey.objects.get().revoked_by == ANA.name


def test_a_revoked_key_is_not_edited(console):
    key, _ = make_key()
    services.revoke_api_key(api_key=key, by=ANA, now=NOON)

    response = console.post(at(key, "change"), {"name": "alive"})

    assert response.status_code == 403
    assert ApiKey.objects.get().name == key.name


def test_rotating_leaves_the_old_secret_its_overlap(console):
    key, old = make_key()

    new = shown(console.post(at(key, "rotate"), {"overlap_hours": "2"}))

    later = timezone.now() + timedelta(hours=2, minutes=1)
    assert (works(old), works(new)) == (True, True)
    assert (works(old, later), works(new, later)) == (False, True)
    assert last_entry().detail["after"] == {"overlap_seconds": 7200}


def test_rotating_without_overlap_stops_the_old_secret(console):
    key, old = make_key()

    new = shown(console.post(at(key, "rotate"), {"overlap_hours": "0"}))

    assert (works(old), works(new)) == (False, True)


@pytest.mark.parametrize("hours", ["", "-1", "x", "2161", "1.5"])
def test_an_overlap_that_makes_no_sense_rotates_nothing(console, hours):
    key, old = make_key()

    response = console.post(at(key, "rotate"), {"overlap_hours": hours})

    assert not TEXT.search(response.content.decode())
    assert works(old)
    assert not Entry.objects.filter(action="tenants.apikey.rotated").exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_dead_key_is_not_rotated(console, method):
    key, _ = make_key(expires_at=NOON)

    response = getattr(console, method)(
        at(key, "rotate"), {"overlap_hours": "1"}, follow=True
    )

    assert "issue a new key instead" in response.content.decode()
    assert not Entry.objects.filter(action="tenants.apikey.rotated").exists()


def test_no_key_is_deleted(console):
    key, _ = make_key()

    console.post(reverse("admin:tenants_apikey_delete", args=[key.pk]), {"post": "yes"})
    console.post(
        reverse("admin:tenants_apikey_changelist"),
        {"action": "delete_selected", "_selected_action": [key.pk], "post": "yes"},
    )

    assert ApiKey.objects.filter(pk=key.pk).exists()


@pytest.mark.parametrize(
    ("status", "found"),
    [("active", "alive"), ("revoked", "revoked"), ("expired", "expired")],
)
def test_keys_are_found_by_status(console, status, found):
    make_key(name="alive")
    make_key(name="expired", expires_at=NOON)
    revoked, _ = make_key(name="revoked", expires_at=NOON)
    services.revoke_api_key(api_key=revoked, by=ANA, now=NOON)

    response = console.get(f"/admin/tenants/apikey/?status={status}")

    assert [key.name for key in response.context["cl"].result_list] == [found]


def test_a_stale_page_does_not_bring_a_revoked_key_back():
    key, text = make_key()
    stale = ApiKey.objects.get()
    services.revoke_api_key(api_key=key, by=ANA, now=NOON)

    stale.name = "edited meanwhile"
    services.amend(row=stale, by=ANA, now=NOON)

    assert ApiKey.objects.get().name == "edited meanwhile"
    assert not works(text)
