"""Nobody but an operator gets in, by any address, reading or writing."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from audit.models import Entry
from tenants import services
from tenants.models import ApiKey, Membership
from tests.factories import ANA, NOON, make_key, make_tenant

from .rows import make_person

pytestmark = pytest.mark.django_db
# Open to anybody: the way in, the way out, and the words the scripts use.
OPEN = {"login", "logout", "jsi18n"}
SOMETHING = {"object_id": "1", "id": "1", "app_label": "tenants", "url": "x"}
SOMETHING |= {"content_type_id": "1"}


def named(patterns, prefix="admin"):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from named(pattern.url_patterns, prefix)
        elif isinstance(pattern, URLPattern) and pattern.name:
            keys = pattern.pattern.converters or pattern.pattern.regex.groupindex
            yield f"{prefix}:{pattern.name}", {key: SOMETHING[key] for key in keys}


ADDRESSES = sorted(
    {reverse(name, kwargs=keys) for name, keys in named(admin.site.get_urls())}
    - {reverse(f"admin:{name}") for name in OPEN}
)


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def member_of_a_tenant():
    person = make_person()
    row = Membership(tenant=make_tenant(), user=person, role="ADMIN")
    services.add(row=row, by=ANA, now=NOON)
    return client_of(person)


STRANGERS = {
    "nobody": Client,
    "a plain member of staff": lambda: client_of(make_person(is_staff=True)),
    "an admin of a tenant": member_of_a_tenant,
    "an operator put out of work": lambda: client_of_dismissed(),
}


def client_of_dismissed():
    person = make_person(is_superuser=True, is_staff=True)
    client = client_of(person)
    person.is_active = False
    person.save()
    return client


def test_the_addresses_are_all_there():
    assert len(ADDRESSES) > 50
    assert "/admin/tenants/apikey/1/revoke/" in ADDRESSES
    assert "/admin/providers/provider/1/test/" in ADDRESSES


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_the_door(who, method):
    client = STRANGERS[who]()

    for address in ADDRESSES:
        response = getattr(client, method)(address)
        assert response.status_code == 302, address
        assert response.url.startswith("/admin/login/?next="), address


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_changes_nothing(who):
    client = STRANGERS[who]()
    key, _ = make_key()
    tenant = key.tenant
    entries = Entry.objects.count()

    for model, what, pk in (
        ("apikey", "revoke", key.pk),
        ("apikey", "rotate", key.pk),
        ("tenant", "suspend", tenant.pk),
        ("tier", "delete", tenant.tier_id),
    ):
        client.post(
            reverse(f"admin:tenants_{model}_{what}", args=[pk]), {"post": "yes"}
        )
    client.post(reverse("admin:tenants_apikey_add"), {"tenant": tenant.pk, "name": "x"})

    assert Entry.objects.count() == entries
    assert ApiKey.objects.get().revoked_at is None


def test_a_post_without_the_forms_token_is_refused(operator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(operator)
    key, _ = make_key()

    response = client.post(reverse("admin:tenants_apikey_revoke", args=[key.pk]))

    assert response.status_code == 403
    assert ApiKey.objects.get().revoked_at is None


def test_following_a_link_changes_nothing(console):
    key, _ = make_key()
    entries = Entry.objects.count()

    for model, what, pk in (
        ("apikey", "revoke", key.pk),
        ("apikey", "rotate", key.pk),
        ("tenant", "suspend", key.tenant_id),
    ):
        response = console.get(reverse(f"admin:tenants_{model}_{what}", args=[pk]))
        assert response.status_code == 200

    assert Entry.objects.count() == entries
