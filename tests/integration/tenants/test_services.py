from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from audit.selectors import current_revision
from tenants import keys, selectors, services, snapshot
from tenants.errors import (
    KeyAlreadyRevoked,
    KeyNotUsable,
    TenantAlreadySuspended,
    TenantNotSuspended,
)
from tenants.models import ApiKey, Tenant
from tests.factories import ANA, NOON, make_key, make_tenant, make_tier

pytestmark = pytest.mark.django_db


def last_entry():
    return Entry.objects.order_by("-id").first()


def test_an_issued_key_is_kept_as_a_digest_only():
    api_key, text = make_key()
    secret = text.rpartition("-")[2]

    stored = str(ApiKey.objects.filter(pk=api_key.pk).values().get())

    assert secret not in stored
    assert api_key.digest == keys.digest(secret).hex()
    assert text.startswith("gh-" + api_key.public_id)


def test_no_ledger_entry_holds_a_secret_or_a_digest():
    api_key, text = make_key()
    services.rotate_api_key(
        api_key=api_key, overlap=timedelta(hours=1), by=ANA, now=NOON
    )

    ledger = str(list(Entry.objects.values()))

    assert text.rpartition("-")[2] not in ledger
    assert api_key.digest not in ledger


@pytest.mark.parametrize(
    ("act", "action"),
    [
        (lambda key: services.revoke_api_key(api_key=key, by=ANA, now=NOON), "revoked"),
        (
            lambda key: services.rotate_api_key(
                api_key=key, overlap=timedelta(0), by=ANA, now=NOON
            ),
            "rotated",
        ),
    ],
)
def test_every_verb_on_a_key_leaves_an_entry_and_revises_the_configuration(act, action):
    api_key, _ = make_key()
    before = current_revision()

    act(api_key)

    entry = last_entry()
    assert entry.action == f"tenants.apikey.{action}"
    assert entry.subject == f"apikey:{api_key.public_id}"
    assert (entry.actor, entry.ip) == ("user:ana", "192.0.2.1")
    assert entry.tenant_id == api_key.tenant_id
    assert current_revision() != before


def test_a_change_is_recorded_by_the_fields_that_differ():
    tier = make_tier(requests_per_minute=10)
    tier.requests_per_minute = 20

    services.amend(row=tier, by=ANA, now=NOON)

    detail = str(last_entry().detail)
    assert "requests_per_minute" in detail
    assert "10" in detail
    assert "20" in detail
    assert "requests_per_month" not in detail


def test_a_save_that_changes_nothing_is_no_entry():
    tier = make_tier()
    before = (Entry.objects.count(), current_revision())

    services.amend(row=tier, by=ANA, now=NOON)

    assert (Entry.objects.count(), current_revision()) == before


def test_the_second_of_two_who_revoke_is_told_so():
    api_key, _ = make_key()
    stale = ApiKey.objects.get(pk=api_key.pk)
    services.revoke_api_key(api_key=api_key, by=ANA, now=NOON)

    with pytest.raises(KeyAlreadyRevoked):
        services.revoke_api_key(api_key=stale, by=ANA, now=NOON)


def test_a_revoked_or_expired_key_is_not_rotated():
    revoked, _ = make_key()
    services.revoke_api_key(api_key=revoked, by=ANA, now=NOON)
    expired, _ = make_key(expires_at=NOON)

    for api_key in (revoked, expired):
        with pytest.raises(KeyNotUsable):
            services.rotate_api_key(
                api_key=api_key, overlap=timedelta(0), by=ANA, now=NOON
            )


def test_rotation_keeps_the_public_part_and_lets_the_old_secret_overlap():
    api_key, old = make_key()

    new = services.rotate_api_key(
        api_key=api_key, overlap=timedelta(hours=1), by=ANA, now=NOON
    )
    caller = snapshot.callers()[api_key.public_id]

    late = (NOON + timedelta(hours=1)).timestamp()
    for text, during, after in [(old, True, False), (new, True, True)]:
        presented = keys.parse(text, ["gh-"])
        assert presented.public_id == api_key.public_id
        assert keys.opens(presented, caller.digests, NOON.timestamp()) is during
        assert keys.opens(presented, caller.digests, late) is after


def test_rotation_without_overlap_ends_the_old_secret_at_once():
    api_key, old = make_key()

    services.rotate_api_key(api_key=api_key, overlap=timedelta(0), by=ANA, now=NOON)

    caller = snapshot.callers()[api_key.public_id]
    assert not keys.opens(keys.parse(old, ["gh-"]), caller.digests, NOON.timestamp())


def test_a_tenant_is_suspended_and_reinstated_once_each():
    tenant = make_tenant()
    services.suspend_tenant(tenant=tenant, by=ANA, now=NOON)
    with pytest.raises(TenantAlreadySuspended):
        services.suspend_tenant(tenant=tenant, by=ANA, now=NOON)
    services.reinstate_tenant(tenant=tenant, by=ANA, now=NOON)
    with pytest.raises(TenantNotSuspended):
        services.reinstate_tenant(tenant=tenant, by=ANA, now=NOON)

    actions = Entry.objects.filter(tenant_id=tenant.pk).values_list("action", flat=True)
    assert {"tenants.tenant.suspended", "tenants.tenant.reinstated"} <= set(actions)


@pytest.mark.parametrize(
    "broken",
    [
        {"revoked_at": NOON},
        {"revoked_by": "ana"},
        {"previous_until": NOON},
        {"previous_digest": "0" * 64},
    ],
)
def test_the_database_refuses_half_of_a_pair(broken):
    api_key, _ = make_key()

    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.filter(pk=api_key.pk).update(**broken)


def test_the_database_refuses_half_a_suspension():
    tenant = make_tenant()

    with pytest.raises(IntegrityError), transaction.atomic():
        Tenant.objects.filter(pk=tenant.pk).update(suspended_at=NOON)


def test_last_use_only_moves_forward_and_is_no_entry():
    api_key, _ = make_key()
    entries = Entry.objects.count()

    for at in (NOON, NOON - timedelta(hours=1)):
        services.note_use(last_used={api_key.pk: at})

    api_key.refresh_from_db()
    assert api_key.last_used_at == NOON
    assert Entry.objects.count() == entries


@pytest.mark.parametrize("form", ["{id}", "gh-{id}", "iio-dev-{id}", "gh-{id}-secret"])
def test_a_key_is_found_by_whatever_begins_with_its_public_part(form):
    api_key, _ = make_key()

    assert selectors.api_key(form.format(id=api_key.public_id)) == api_key


def test_the_snapshot_takes_the_tenants_limits_where_it_has_its_own():
    tier = make_tier(requests_per_minute=10, requests_per_month=None)
    plain, own = make_tenant(tier=tier), make_tenant(tier=tier, requests_per_minute=3)
    keys_of = [make_key(tenant=plain)[0], make_key(tenant=own, requests_per_month=5)[0]]

    callers = [snapshot.callers()[api_key.public_id] for api_key in keys_of]

    assert [
        [(limit.level, limit.per_minute, limit.per_month) for limit in caller.limits]
        for caller in callers
    ] == [
        [("tenant", 10, None)],
        [("key", None, 5), ("tenant", 3, None)],
    ]


def test_a_key_may_use_what_both_its_tier_and_it_allow():
    tenant = make_tenant(tier=make_tier(allowed_models=["gpt-*"]))
    api_key, _ = make_key(tenant=tenant, allowed_models=["*-mini", "o3"])

    caller = snapshot.callers()[api_key.public_id]

    assert caller.may_use("gpt-4o-mini")
    assert not caller.may_use("gpt-4o")
    assert not caller.may_use("o3")
