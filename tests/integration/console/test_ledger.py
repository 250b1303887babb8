from datetime import UTC, datetime

import pytest
from django.urls import reverse

from audit.chain import PLATFORM
from audit.models import Entry
from audit.types import Actor
from tests.factories import make_tenant

from .rows import note

pytestmark = pytest.mark.django_db
LEDGER = reverse("admin:audit_entry_changelist")
NIGHT = datetime(2020, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC)


def found(console, query):
    response = console.get(LEDGER + query)
    assert response.status_code == 200
    return {entry.action for entry in response.context["cl"].result_list}


def test_entries_are_found_by_what_they_say(console):
    tenant = make_tenant(name="Helio")
    note("kitchen.fire.lit", subject="stove:1")
    note("kitchen.fire.out", by=Actor("user:ben"))
    note("garden.gate.opened", tenant_id=tenant.pk, now=NIGHT)

    assert found(console, "?action=kitchen.") == {
        "kitchen.fire.lit",
        "kitchen.fire.out",
    }
    assert found(console, "?subject=stove:1") == {"kitchen.fire.lit"}
    assert found(console, "?actor=user:ben") == {"kitchen.fire.out"}
    assert found(console, f"?chain={tenant.pk}") == {
        "garden.gate.opened",
        "tenants.tenant.added",
    }
    assert "garden.gate.opened" not in found(console, f"?chain={PLATFORM}")
    assert found(console, "?at_to=2020-02-29") == {"garden.gate.opened"}


def test_the_list_names_the_chain(console):
    note(tenant_id=make_tenant(name="Helio").pk)
    note()

    html = console.get(LEDGER).content.decode()

    assert "Helio" in html
    assert "Platform" in html


def test_a_page_shows_the_detail_and_the_place_in_the_chain(console):
    note(detail={"before": {"limit": 1}, "after": {"limit": "<b>2</b>"}})
    entry = Entry.objects.get(action="tests.thing.happened")

    html = console.get(
        reverse("admin:audit_entry_change", args=[entry.pk])
    ).content.decode()

    assert entry.hash in html
    assert entry.prev_hash in html
    assert "limit" in html
    assert "<b>2</b>" not in html


def test_what_a_stranger_typed_is_shown_and_not_run(console):
    note("console.login.failed", by=Actor("user:<script>alert(1)</script>"))

    assert "<script>alert(1)" not in console.get(LEDGER).content.decode()
