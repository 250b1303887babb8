from typing import Any

import pytest
from django.db import connection, transaction

from audit import selectors, services
from audit.models import Entry, Revision
from audit.signals import ConfigurationRevised, configuration_revised
from audit.types import Actor
from tests.unit.audit.records import ACME, NOON

from .test_record import in_threads


@pytest.fixture
def heard():
    """What receivers of `configuration_revised` were told, while the others stay silent."""
    others, configuration_revised.receivers = configuration_revised.receivers, []
    configuration_revised.sender_receivers_cache.clear()
    events: list[ConfigurationRevised] = []

    def listen(event: ConfigurationRevised, **kwargs: Any) -> None:
        events.append(event)

    configuration_revised.connect(listen)
    yield events
    configuration_revised.receivers = others
    configuration_revised.sender_receivers_cache.clear()


def change(**changes: Any) -> Entry:
    facts = {
        "action": "tenants.tier.changed",
        "by": Actor("user:ana"),
        "subject": "tier:free",
        "tenant_id": None,
        "now": NOON,
    }
    return services.record_change(**{**facts, **changes})


def revision() -> tuple[str, int]:
    epoch, _, number = selectors.current_revision().partition(":")
    return epoch, int(number)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "after", "detail"),
    [
        (None, None, {}),
        (None, {"a": 1}, {"after": {"a": 1}}),
        ({"a": 1}, None, {"before": {"a": 1}}),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, {"before": {"b": 2}, "after": {"b": 3}}),
        ({"a": 1}, {"a": 1}, {"before": {}, "after": {}}),
        ({"a": None}, {"b": None}, {"before": {"a": None}, "after": {"b": None}}),
    ],
)
def test_a_change_is_recorded_with_what_differs_and_nothing_else(before, after, detail):
    change(before=before, after=after)

    assert Entry.objects.get().detail == detail


@pytest.mark.django_db
def test_the_first_to_ask_makes_the_revision_and_the_next_finds_it():
    first = revision()

    assert first == revision()
    assert first[1] == 0
    assert Revision.objects.count() == 1


@pytest.mark.django_db
def test_each_change_puts_the_next_revision_in_force():
    change()
    epoch, number = revision()

    change()

    assert revision() == (epoch, number + 1)


@pytest.mark.django_db
def test_an_entry_that_is_no_change_leaves_the_revision():
    before = revision()

    services.record(
        action="tenants.login.failed",
        by=Actor("anonymous"),
        subject="user:ana",
        tenant_id=ACME,
        now=NOON,
    )

    assert revision() == before


@pytest.mark.django_db(transaction=True)
class TestCommits:
    def test_a_change_outside_a_transaction_is_refused(self, heard):
        before = revision()

        with pytest.raises(RuntimeError, match=r"outside transaction\.atomic"):
            change()

        assert (revision(), heard) == (before, [])

    def test_receivers_hear_of_a_change_after_it_committed(self, heard):
        with transaction.atomic():
            change()
            early = [*heard]

        assert early == []
        assert [str(event) for event in heard] == [selectors.current_revision()]

    def test_a_change_rolled_back_is_no_revision_and_nobody_hears_of_it(self, heard):
        before = revision()

        with transaction.atomic():
            change()
            transaction.set_rollback(True)

        assert (revision(), heard) == (before, [])

    def test_a_receiver_that_fails_does_not_fail_the_change(self, heard):
        @configuration_revised.connect
        def fail(**kwargs: Any) -> None:
            raise RuntimeError("a receiver's trouble")

        with transaction.atomic():
            change()

        assert len(heard) == 1

    def test_many_may_ask_for_the_first_revision_at_once(self):
        asked: list[str] = []

        in_threads(8, lambda _: asked.append(selectors.current_revision()))

        assert len(set(asked)) == 1

    def test_revisions_commit_in_their_order_under_concurrency(self):
        seen: list[tuple[int, int]] = []

        def write(number: int) -> None:
            for _ in range(20):
                with transaction.atomic():
                    entry = change()
                    seen.append((entry.seq, revision()[1]))

        in_threads(4, write)

        assert sorted(number for _, number in seen) == list(range(1, 81))
        assert sorted(seen) == [(number, number) for number in range(1, 81)]

    def test_changes_of_two_chains_in_either_order_never_wait_in_a_circle(self):
        orders = [(None, ACME), (ACME, None)]

        def write(number: int) -> None:
            for _ in range(20):
                with transaction.atomic():
                    for tenant_id in orders[number]:
                        change(tenant_id=tenant_id)

        in_threads(2, write)

        assert Entry.objects.count() == 80


@pytest.mark.django_db
def test_there_is_only_one_revision():
    revision()

    with (
        pytest.raises(Exception, match="revision_only_one"),
        connection.cursor() as cursor,
    ):
        cursor.execute("INSERT INTO audit_revision VALUES (2, 'other', 0)")
