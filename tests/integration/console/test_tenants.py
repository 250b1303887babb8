import pytest
from django.urls import reverse

from audit.models import Entry
from tenants import services
from tenants.models import Membership, Tenant, Tier
from tests.factories import ANA, NOON, make_key, make_tenant, make_tier

from .rows import make_person

pytestmark = pytest.mark.django_db


def at(row, what):
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_{what}"
    return reverse(name, args=[row.pk])


def actions():
    return list(Entry.objects.order_by("at", "id").values_list("action", flat=True))


def test_a_tenant_is_opened_here(console):
    tier = make_tier()

    console.post(
        reverse("admin:tenants_tenant_add"),
        {"name": "Helio", "slug": "helio", "tier": tier.pk},
    )

    tenant = Tenant.objects.get(slug="helio")
    entry = Entry.objects.get(action="tenants.tenant.added")
    assert (entry.actor, entry.tenant_id) == ("user:olga", tenant.pk)


def test_changing_a_tenant_notes_what_differs(console):
    tenant = make_tenant()
    form = {"name": tenant.name, "slug": tenant.slug, "tier": tenant.tier_id}

    console.post(at(tenant, "change"), {**form, "requests_per_minute": "9"})

    entry = Entry.objects.get(action="tenants.tenant.changed")
    assert entry.detail == {
        "before": {"requests_per_minute": None},
        "after": {"requests_per_minute": 9},
    }


@pytest.mark.parametrize("slug", ["Upper", "two words", "-edge", "", "x" * 51])
def test_a_slug_that_is_none_is_refused(console, slug):
    form = {"name": "X", "slug": slug, "tier": make_tier().pk}

    response = console.post(reverse("admin:tenants_tenant_add"), form)

    assert response.status_code == 200
    assert not Tenant.objects.exists()


def test_a_tenant_is_suspended_and_reinstated(console):
    tenant = make_tenant()

    console.post(at(tenant, "suspend"))
    suspended = Tenant.objects.get(pk=tenant.pk)
    console.post(at(tenant, "reinstate"))

    assert suspended.suspended_by == "user:olga"
    assert Tenant.objects.get(pk=tenant.pk).suspended_at is None
    assert actions()[-2:] == ["tenants.tenant.suspended", "tenants.tenant.reinstated"]


def test_of_many_chosen_each_is_suspended_once_and_the_others_are_named(console):
    first, second, gone = make_tenant(), make_tenant(), make_tenant(name="Gone")
    services.suspend_tenant(tenant=gone, by=ANA, now=NOON)

    response = console.post(
        reverse("admin:tenants_tenant_changelist"),
        {
            "action": "suspend_selected",
            "_selected_action": [first.pk, second.pk, gone.pk],
        },
        follow=True,
    )

    html = response.content.decode()
    assert "Tenants suspended: 2." in html
    assert "Gone is suspended already." in html
    assert not Tenant.objects.filter(suspended_at=None).exists()
    assert Tenant.objects.get(pk=gone.pk).suspended_by == ANA.name


def test_only_the_verb_that_makes_sense_is_offered(console):
    tenant = make_tenant()

    active = console.get(at(tenant, "change")).content.decode()
    services.suspend_tenant(tenant=tenant, by=ANA, now=NOON)
    suspended = console.get(at(tenant, "change")).content.decode()

    assert (at(tenant, "suspend") in active, at(tenant, "reinstate") in active) == (
        True,
        False,
    )
    assert at(tenant, "suspend") not in suspended
    assert at(tenant, "reinstate") in suspended


def test_the_list_counts_the_keys_in_force(console):
    tenant = make_tenant()
    make_key(tenant=tenant)
    make_key(tenant=tenant, expires_at=NOON)
    revoked, _ = make_key(tenant=tenant)
    services.revoke_api_key(api_key=revoked, by=ANA, now=NOON)

    response = console.get(reverse("admin:tenants_tenant_changelist"))

    assert [row.key_count for row in response.context["cl"].result_list] == [1]


@pytest.mark.parametrize(
    ("of_tier", "of_tenant", "words"),
    [
        ((100, 50_000), (None, None), "100 a minute, 50,000 a month"),
        ((100, None), (None, None), "100 a minute, no limit a month"),
        ((100, 50_000), (5, None), "5 a minute, 50,000 a month"),
        ((100, None), (None, 0), "100 a minute, 0 a month"),
    ],
)
def test_the_list_tells_the_limits_in_force(console, of_tier, of_tenant, words):
    names = ("requests_per_minute", "requests_per_month")
    tier = make_tier(**dict(zip(names, of_tier, strict=True)))
    make_tenant(tier=tier, **dict(zip(names, of_tenant, strict=True)))

    html = console.get(reverse("admin:tenants_tenant_changelist")).content.decode()

    assert words in html


def test_no_tenant_is_deleted(console):
    tenant = make_tenant()

    response = console.post(at(tenant, "delete"), {"post": "yes"})

    assert response.status_code == 403
    assert Tenant.objects.filter(pk=tenant.pk).exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_tier_with_tenants_stays_and_says_why(console, method):
    tier = make_tenant().tier

    response = getattr(console, method)(
        at(tier, "delete"), {"post": "yes"}, follow=True
    )

    assert f"Tenants are on {tier}; put them on another tier first." in (
        response.content.decode()
    )
    assert Tier.objects.filter(pk=tier.pk).exists()
    assert "tenants.tier.removed" not in actions()


def test_a_tier_nobody_is_on_goes_and_is_noted(console):
    tier = make_tier()

    console.post(at(tier, "delete"), {"post": "yes"})

    assert not Tier.objects.exists()
    assert actions()[-1] == "tenants.tier.removed"


def test_a_tier_is_added_and_changed_here(console):
    form = {"name": "Pro", "slug": "pro", "requests_per_minute": "100"}

    console.post(reverse("admin:tenants_tier_add"), form)
    tier = Tier.objects.get()
    console.post(at(tier, "change"), {**form, "allowed_models": "gpt-*"})

    assert Tier.objects.get().allowed_models == ["gpt-*"]
    assert actions()[-2:] == ["tenants.tier.added", "tenants.tier.changed"]


def test_a_membership_begins_changes_and_ends_here(console):
    tenant, person = make_tenant(), make_person()
    form = {"tenant": tenant.pk, "user": person.pk}

    console.post(reverse("admin:tenants_membership_add"), {**form, "role": "VIEWER"})
    membership = Membership.objects.get()
    console.post(at(membership, "change"), {**form, "role": "ADMIN"})
    console.post(at(membership, "delete"), {"post": "yes"})

    assert not Membership.objects.exists()
    assert actions()[-3:] == [
        f"tenants.membership.{what}" for what in ("added", "changed", "removed")
    ]


def test_nobody_becomes_an_admin_by_not_choosing(console):
    form = {"tenant": make_tenant().pk, "user": make_person().pk}

    response = console.post(reverse("admin:tenants_membership_add"), form)

    assert 'value="" selected' in response.content.decode()
    assert not Membership.objects.exists()


def test_memberships_chosen_in_the_list_end_with_an_entry_each(console):
    tenant = make_tenant()
    for _ in range(2):
        row = Membership(tenant=tenant, user=make_person(), role="USER")
        services.add(row=row, by=ANA, now=NOON)

    console.post(
        reverse("admin:tenants_membership_changelist"),
        {
            "action": "delete_selected",
            "_selected_action": Membership.objects.values_list("pk", flat=True),
            "post": "yes",
        },
    )

    assert not Membership.objects.exists()
    assert actions().count("tenants.membership.removed") == 2


def test_a_name_is_text_wherever_it_stands(console):
    name = "<img src=x onerror=alert(1)>"
    key, _ = make_key(tenant=make_tenant(name=name), name=name)
    tenant = key.tenant

    pages = [
        console.post(at(tenant, "suspend"), follow=True),
        console.get(at(tenant, "reinstate")),
        console.post(at(key, "revoke"), follow=True),
        *(console.get(at(row, "change")) for row in (tenant, key)),
        console.get(reverse("admin:tenants_tenant_changelist")),
        console.get(reverse("admin:tenants_apikey_changelist")),
        console.get("/admin/audit/callrecord/"),
    ]

    for page in pages:
        assert page.status_code == 200
        assert "<img src=x" not in page.content.decode()
