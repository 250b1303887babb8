from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from audit import selectors, services
from audit.canonical import NotCanonical
from audit.chain import GENESIS, PLATFORM, Link, link_hash
from audit.ids import uuid7
from audit.models import Chain, Entry
from audit.types import Actor
from tests.unit.audit.records import ACME, NOON


def record(**changes: Any) -> Entry:
    facts = {
        "action": "tenants.apikey.changed",
        "by": Actor("user:ana"),
        "subject": "apikey:abcdefabcdef",
        "tenant_id": ACME,
        "now": NOON,
    }
    return services.record(**{**facts, **changes})


def in_threads(count: int, work: Callable[[int], None]) -> None:
    """Run `work` in so many threads that begin together, each on its own connection."""
    barrier = Barrier(count)
    raised: list[BaseException] = []

    def run(number: int) -> None:
        try:
            barrier.wait()
            work(number)
        except BaseException as error:  # noqa: BLE001 - a thread's failure is the test's
            raised.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []


def numbers_of(chain: UUID) -> list[int]:
    entries = Entry.objects.filter(chain=chain).order_by("seq")
    return list(entries.values_list("seq", flat=True))


@pytest.mark.django_db
class TestRecord:
    def test_an_entry_continues_its_chain(self):
        first = record()
        second = record(subject="apikey:other")

        assert (first.chain, first.seq, first.prev_hash) == (ACME, 1, GENESIS)
        assert (second.chain, second.seq, second.prev_hash) == (ACME, 2, first.hash)
        assert Chain.objects.get().head == second.hash

    def test_what_concerns_no_tenant_goes_to_the_platforms_chain(self):
        assert record(tenant_id=None).chain == PLATFORM

    def test_tenants_have_chains_of_their_own(self):
        record()

        assert record(tenant_id=uuid7()).seq == 1

    def test_the_hash_is_recomputed_from_what_is_stored(self):
        now = datetime(2026, 1, 2, 3, 4, 5, 123456, timezone(timedelta(hours=-7)))
        written = record(
            now=now,
            by=Actor("user:ana", "2001:db8::1", "curl/8 é\U0001f600"),
            detail={
                "after": {"name": "é", "limit": 2**53 - 1, "models": [], "x": None}
            },
        )

        stored = Entry.objects.get()

        assert stored.at == now
        assert Link(**{name: getattr(stored, name) for name in Link._fields}) == Link(
            **{name: getattr(written, name) for name in Link._fields}
        )
        link = Link(**{name: getattr(stored, name) for name in Link._fields})
        assert link_hash(link) == stored.hash

    def test_details_are_spelt_for_the_ledger(self):
        class Colour(Enum):
            RED = "red"

        record(
            detail={
                "uuid": ACME,
                "at": datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
                "on": date(2026, 1, 1),
                "price": Decimal("1.50"),
                "colour": Colour.RED,
                "pair": (1, "a"),
                "nested": {"deep": [Colour.RED]},
            }
        )

        assert Entry.objects.get().detail == {
            "uuid": str(ACME),
            "at": "2026-01-01T00:00:00.000000+00:00",
            "on": "2026-01-01",
            "price": "1.50",
            "colour": "red",
            "pair": [1, "a"],
            "nested": {"deep": ["red"]},
        }

    def test_a_float_is_refused_by_name(self):
        with pytest.raises(NotCanonical, match=r"\['detail'\]\['share'\] is a float"):
            record(detail={"share": 0.5})

    def test_a_time_without_a_zone_is_refused(self):
        with pytest.raises(ValueError, match="without a zone"):
            record(now=datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test

    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("a\0b", "a\ufffdb"),
            ("half \ud83d", "half \ufffd"),
            ("\U0001f600", "\U0001f600"),
            ("x" * 500, "x" * 200),
        ],
    )
    def test_no_text_keeps_an_entry_out_of_the_ledger(self, text, kept):
        record(by=Actor(text), subject=text, detail={text: text})

        stored = Entry.objects.get()

        assert (stored.actor, stored.subject) == (kept, kept)
        assert list(selectors.problems_of(ACME)) == []

    def test_an_entry_on_another_tenants_chain_is_refused_by_the_database(self):
        written = record()

        with pytest.raises(Exception, match="entry_on_its_tenants_chain"):
            Entry.objects.create(
                chain=uuid7(), seq=1, at=NOON, tenant_id=ACME, prev_hash=written.hash
            )


@pytest.mark.django_db(transaction=True)
class TestTransactions:
    def test_an_entry_outside_a_transaction_is_refused(self):
        with pytest.raises(RuntimeError, match=r"outside transaction\.atomic"):
            record()

        assert not Entry.objects.exists()

    def test_an_entry_vanishes_with_its_transaction(self):
        with transaction.atomic():
            record()
            transaction.set_rollback(True)

        assert not Entry.objects.exists()
        assert not Chain.objects.exists()

    def test_a_number_given_back_is_used_again(self):
        with transaction.atomic():
            record()
        with transaction.atomic():
            record()
            transaction.set_rollback(True)

        with transaction.atomic():
            record()

        assert numbers_of(ACME) == [1, 2]

    def test_a_savepoint_rolled_back_takes_its_entry_along(self):
        with transaction.atomic():
            record(subject="kept")
            with transaction.atomic():
                record(subject="dropped")
                transaction.set_rollback(True)
            record(subject="kept too")

        assert list(selectors.problems_of(ACME)) == []
        assert numbers_of(ACME) == [1, 2]

    def test_many_writers_leave_no_gap_in_one_chain(self):
        def write(number: int) -> None:
            for each in range(250):
                with transaction.atomic():
                    record(by=Actor(f"user:{number}"), subject=f"apikey:{each}")

        in_threads(4, write)

        assert numbers_of(ACME) == list(range(1, 1001))
        assert list(selectors.problems_of(ACME)) == []

    def test_many_writers_may_open_a_chain_at_once(self):
        for tenant_id in [uuid7() for _ in range(10)]:

            def write(number: int, tenant_id: UUID = tenant_id) -> None:
                with transaction.atomic():
                    record(by=Actor(f"user:{number}"), tenant_id=tenant_id)

            in_threads(8, write)

            assert numbers_of(tenant_id) == list(range(1, 9))
            assert list(selectors.problems_of(tenant_id)) == []

    def test_a_writer_that_gives_up_opening_a_chain_leaves_it_to_the_next(self):
        def write(number: int) -> None:
            with transaction.atomic():
                record(by=Actor(f"user:{number}"))
                transaction.set_rollback(number % 2 == 0)

        in_threads(8, write)

        assert numbers_of(ACME) == [1, 2, 3, 4]
        assert list(selectors.problems_of(ACME)) == []

    def test_the_zone_of_the_server_does_not_show_in_the_hash(self):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL TIME ZONE 'Asia/Kathmandu'")
            record(now=datetime(2026, 3, 1, 1, 2, 3, 4, UTC))

        assert list(selectors.problems_of(ACME)) == []
