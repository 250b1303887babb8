"""What policy refused becomes ledger entries, counted."""

from datetime import timedelta

import pytest

from audit import drain, selectors
from audit.chain import PLATFORM
from audit.models import CallRecord, Entry, RefusalTally
from audit.types import Refusals
from tests.unit.audit.records import ACME, NOON, NOON_US, refusals, refused_call

from .draining import drain_all, forget

pytestmark = pytest.mark.django_db

MINUTE_US = 60_000_000


def entries() -> list[tuple[str, str, int]]:
    return [
        (entry.action, entry.subject, entry.detail["count"])
        for entry in Entry.objects.order_by("chain", "seq")
    ]


def test_refusals_of_one_key_in_one_minute_are_one_entry(writer, folder):
    for seconds in (0, 7, 59):
        writer.append(refused_call(started_at_us=NOON_US + seconds * 1_000_000))
    writer.append(
        Refusals(
            "rate_limit_exceeded", "abcdefabcdef", ACME, "192.0.2.8", 4,
            NOON_US - 5, NOON_US + 5,
        )
    )  # fmt: skip

    drain_all(folder)

    entry = Entry.objects.get()
    assert (entry.chain, entry.action, entry.actor, entry.subject) == (
        ACME,
        "gateway.call.refused.rate_limit_exceeded",
        "apikey:abcdefabcdef",
        "apikey:abcdefabcdef",
    )
    assert (entry.at, entry.ip) == (NOON, "192.0.2.8")
    assert entry.detail == {
        "code": "rate_limit_exceeded",
        "count": 7,
        "first_at": "2026-11-21T11:59:59.999995+00:00",
        "last_at": "2026-11-21T12:00:59.000000+00:00",
    }
    assert list(selectors.problems_of(ACME)) == []


def test_refusals_counted_in_batches_are_still_one_entry(writer, folder):
    for _ in range(3):
        writer.append(refusals(count=2))
        drain.drain_folder(folder, after_batch=forget)
    counted = RefusalTally.objects.get().times

    drain_all(folder)

    assert counted == 6
    assert entries() == [
        ("gateway.call.refused.invalid_api_key", "apikey:ffffffffffff", 6)
    ]


def test_each_key_reason_minute_and_chain_has_its_own(writer, folder):
    for record in [
        refusals(),
        refusals(subject=""),
        refusals(code="key_revoked"),
        refusals(last_at_us=NOON_US + MINUTE_US),
        refusals(tenant_id=ACME),
    ]:
        writer.append(record)

    drain.drain_all(folder, now=NOON + timedelta(minutes=5), after_batch=forget)

    assert sorted(entries()) == [
        ("gateway.call.refused.invalid_api_key", "anonymous", 3),
        ("gateway.call.refused.invalid_api_key", "apikey:ffffffffffff", 3),
        ("gateway.call.refused.invalid_api_key", "apikey:ffffffffffff", 3),
        ("gateway.call.refused.invalid_api_key", "apikey:ffffffffffff", 3),
        ("gateway.call.refused.key_revoked", "apikey:ffffffffffff", 3),
    ]
    assert Entry.objects.filter(chain=PLATFORM).count() == 4


@pytest.mark.parametrize("admitted", [True, False])
@pytest.mark.parametrize("status", [200, 400, 401, 402, 403, 404, 413, 429, 503])
def test_a_call_is_refused_by_policy_when_it_was_not_admitted_and_told_so(
    writer, folder, status, admitted
):
    writer.append(refused_call(status=status, admitted=admitted))

    drain_all(folder)

    refused = not admitted and status in (401, 402, 403, 429)
    assert Entry.objects.exists() == refused
    assert CallRecord.objects.count() == 1


@pytest.mark.parametrize("status", [401, 402, 403, 429])
@pytest.mark.parametrize("error", ["provider_rate_limit", "rate_limit_exceeded"])
def test_what_a_provider_refused_is_no_policy_of_ours(writer, folder, status, error):
    writer.append(
        refused_call(provider="openai", upstream_status=429, status=status, error=error)
    )

    drain_all(folder)

    assert not Entry.objects.exists()
    assert CallRecord.objects.count() == 1


def test_a_minute_becomes_an_entry_only_when_it_is_over(writer, folder):
    for last_at_us in (NOON_US + MINUTE_US - 1, NOON_US + MINUTE_US):
        writer.append(refusals(last_at_us=last_at_us))
    drain.drain_folder(folder, after_batch=forget)
    one = timedelta(minutes=1)

    settled = [
        drain.settle(before=before, now=NOON)
        for before in (NOON, NOON + one, NOON + one, NOON + 2 * one)
    ]

    assert settled == [0, 1, 0, 1]


def test_made_up_keys_do_not_fill_the_ledger(writer, folder):
    for number in range(200):
        writer.append(refusals(subject=f"key{number}", count=200 - number))

    drain_all(folder)

    made = entries()
    assert len(made) == 51
    assert made[0] == (
        "gateway.call.refused.invalid_api_key", "apikey:key0", 200,
    )  # fmt: skip
    assert made[-1] == (
        "gateway.call.refused.invalid_api_key",
        "150 keys",
        sum(range(1, 151)),
    )
