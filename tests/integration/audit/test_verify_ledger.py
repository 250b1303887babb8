from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import services, tasks
from audit.chain import GENESIS, PLATFORM
from audit.ids import uuid7
from audit.models import Chain, Entry
from tests.unit.audit.records import ACME, NOON

from .test_record import record

pytestmark = pytest.mark.django_db


@contextmanager
def an_owner() -> Generator[None, None, None]:
    """Edit history as only somebody who owns the tables can."""
    tables = "audit_entry", "audit_chain"
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def entries_of(chain: UUID) -> Any:
    return Entry.objects.filter(chain=chain)


def edit(chain: UUID) -> None:
    entries_of(chain).filter(seq=3).update(detail={"after": {"limit": 1000}})


def delete(chain: UUID) -> None:
    entries_of(chain).filter(seq=3).delete()


def swap(chain: UUID) -> None:
    entries_of(chain).filter(seq=3).update(seq=99)
    entries_of(chain).filter(seq=4).update(seq=3)
    entries_of(chain).filter(seq=99).update(seq=4)


def cut(chain: UUID) -> None:
    entries_of(chain).filter(seq__gt=3).delete()


def cut_all(chain: UUID) -> None:
    entries_of(chain).delete()


def wind_back(chain: UUID) -> None:
    Chain.objects.filter(pk=chain).update(seq=3)


def drop_head(chain: UUID) -> None:
    Chain.objects.filter(pk=chain).delete()


def cut_and_wind_back(chain: UUID) -> None:
    last = entries_of(chain).get(seq=3)
    cut(chain)
    Chain.objects.filter(pk=chain).update(seq=last.seq, head=last.hash)


def empty(chain: UUID) -> None:
    cut_all(chain)
    Chain.objects.filter(pk=chain).update(seq=0, head=GENESIS)


def drop(chain: UUID) -> None:
    cut_all(chain)
    drop_head(chain)


def drop_and_begin_again(chain: UUID) -> None:
    drop(chain)
    for limit in range(10, 17):
        record(detail={"after": {"limit": limit}})


# What fits in itself: only what a verification wrote down about the chain tells it.
QUIET_TAMPERING = [
    (
        cut_and_wind_back,
        "entry 6: truncated: was there when the ledger was verified at",
    ),
    (empty, "entry 6: truncated: was there when the ledger was verified at"),
    (drop, "entry 6: gone: was there when the ledger was verified at"),
    (drop_and_begin_again, "entry 6 ({6}): rewritten: its hash was another when the"),
]

TAMPERING = [
    (edit, "entry 3 ({3}): edited: its contents do not match its hash"),
    (delete, "entry 3: missing: is not there"),
    (swap, "entry 3 ({4}): reordered: was written as entry 4"),
    (swap, "entry 4 ({3}): reordered: was written as entry 3"),
    (cut, "entry 6: truncated: the chain's head stands at entry 6"),
    (cut_all, "entry 6: truncated: the chain's head stands at entry 6"),
    (wind_back, "entry 4 ({4}): beyond head: the chain's head stands at entry 3"),
    (wind_back, "entry 6 ({6}): beyond head: the chain's head stands at entry 3"),
    (drop_head, "entry 6 ({6}): head mismatch: the chain's head is not there"),
]


@pytest.fixture
def ledger():
    for seq in range(1, 7):
        record(detail={"after": {"limit": seq}})
        record(tenant_id=None)
    return dict(entries_of(ACME).values_list("seq", "id"))


def test_an_empty_ledger_says_so(capsys):
    call_command("verify_ledger")

    assert capsys.readouterr().out == "the ledger is empty\n"


def test_an_intact_ledger_has_a_line_for_each_chain(ledger, capsys):
    call_command("verify_ledger")

    assert capsys.readouterr().out.splitlines() == [
        "chain platform: 6 entries, intact",
        f"chain {ACME}: 6 entries, intact",
    ]


@pytest.mark.parametrize(("tamper", "told"), TAMPERING)
def test_tampering_is_found_and_the_entry_named(
    ledger: dict[int, UUID], capsys: Any, tamper: Callable[[UUID], None], told: str
) -> None:
    with an_owner():
        tamper(ACME)

    with pytest.raises(CommandError, match="1 chains do not verify"):
        call_command("verify_ledger")

    out = capsys.readouterr().out
    names = {str(seq): str(entry_id) for seq, entry_id in ledger.items()}
    assert f"chain {ACME}: {_filled(told, names)}" in out
    assert "chain platform: 6 entries, intact" in out


def _filled(told: str, names: dict[str, str]) -> str:
    for seq, entry_id in names.items():
        told = told.replace(f"{{{seq}}}", entry_id)
    return told


def test_one_chain_can_be_verified_alone(ledger, capsys):
    with an_owner():
        edit(ACME)

    call_command("verify_ledger", "--chain", "platform")

    assert capsys.readouterr().out == "chain platform: 6 entries, intact\n"
    with pytest.raises(CommandError):
        call_command("verify_ledger", "--chain", str(ACME))


def test_a_chain_that_does_not_exist_is_told(ledger):
    with pytest.raises(CommandError, match="there is no chain"):
        call_command("verify_ledger", "--chain", str(uuid7()))


def test_an_entry_slipped_in_beyond_the_head_while_others_write_is_found(ledger):
    with an_owner():
        last = entries_of(ACME).get(seq=6)
        Entry.objects.create(
            chain=ACME,
            seq=7,
            at=NOON,
            tenant_id=ACME,
            prev_hash=last.hash,
            hash="f" * 64,
        )

    (problem,) = services.verify_ledger(now=NOON)

    assert (problem.kind, problem.seq) == ("beyond head", 7)


def test_the_nightly_verification_leaves_its_outcome_in_the_ledger(ledger):
    tasks.verify_ledger(of_a_later_release=True)

    outcome = entries_of(PLATFORM).latest("seq")
    assert (outcome.action, outcome.actor) == ("audit.ledger.verified", "system")
    last = entries_of(ACME).get(seq=6)
    assert outcome.detail == {
        "chains": 2,
        "problems": 0,
        "first": [],
        "heads": [[str(ACME), 6, last.hash]],
    }


def test_the_nightly_verification_names_what_it_found(ledger, caplog):
    with an_owner():
        edit(ACME)

    tasks.verify_ledger()

    outcome = entries_of(PLATFORM).latest("seq")
    assert outcome.action == "audit.ledger.broken"
    assert outcome.detail["problems"] == 1
    assert str(ledger[3]) in outcome.detail["first"][0]
    assert [record.message for record in caplog.records] == ["ledger.broken"]


class TestWhatAVerificationWroteDown:
    @pytest.fixture(autouse=True)
    def verified(self, ledger):
        services.verify_ledger(now=NOON)

    @pytest.mark.parametrize(("tamper", "told"), QUIET_TAMPERING)
    def test_a_chain_that_fits_in_itself_is_held_against_it(
        self, capsys: Any, tamper: Callable[[UUID], None], told: str
    ) -> None:
        with an_owner():
            tamper(ACME)

        with pytest.raises(CommandError, match="1 chains do not verify"):
            call_command("verify_ledger")

        names = {
            str(seq): str(entry_id)
            for seq, entry_id in entries_of(ACME).values_list("seq", "id")
        }
        out = capsys.readouterr().out
        assert f"chain {ACME}: {_filled(told, names)}" in out
        assert "chain platform: 7 entries, intact" in out

    @pytest.mark.parametrize(("tamper", "told"), TAMPERING)
    def test_what_shows_in_the_chain_itself_is_not_told_twice(
        self, ledger: Any, capsys: Any, tamper: Callable[[UUID], None], told: str
    ) -> None:
        with an_owner():
            tamper(ACME)

        with pytest.raises(CommandError):
            call_command("verify_ledger")

        assert "when the ledger was verified" not in capsys.readouterr().out

    @pytest.mark.parametrize(("tamper", "told"), QUIET_TAMPERING)
    def test_it_is_told_every_night_until_somebody_acts(self, tamper, told):
        with an_owner():
            tamper(ACME)

        found = [services.verify_ledger(now=NOON) for _ in range(3)]

        assert [len(problems) for problems in found] == [1, 1, 1]

    def test_one_broken_chain_does_not_keep_the_others_from_being_written_down(self):
        other = uuid7()
        with an_owner():
            drop(ACME)
        record(tenant_id=other)
        services.verify_ledger(now=NOON)
        with an_owner():
            drop(other)

        problems = services.verify_ledger(now=NOON)

        assert {problem.chain for problem in problems} == {ACME, other}

    def test_a_chain_that_has_grown_is_as_it_should_be(self):
        for _ in range(3):
            record()
            assert services.verify_ledger(now=NOON) == []

    def test_a_cut_back_to_before_the_last_but_after_the_first_is_found(self):
        record()
        services.verify_ledger(now=NOON)
        with an_owner():
            last = entries_of(ACME).get(seq=6)
            entries_of(ACME).filter(seq=7).delete()
            Chain.objects.filter(pk=ACME).update(seq=6, head=last.hash)

        (problem,) = services.verify_ledger(now=NOON)

        assert (problem.kind, problem.seq) == ("truncated", 7)

    def test_a_dropped_chain_can_be_asked_for_alone(self, capsys):
        with an_owner():
            drop(ACME)

        with pytest.raises(CommandError, match="1 chains do not verify"):
            call_command("verify_ledger", "--chain", str(ACME))

        assert f"chain {ACME}: 0 entries, 1 problems" in capsys.readouterr().out

    @pytest.mark.parametrize(
        "heads",
        [None, 7, "x", {}, [None], [[]], [["x", 1, "h"]], [[str(ACME), "1", "h"]]],
    )
    def test_what_was_written_down_being_edited_is_itself_found(self, heads):
        outcome = entries_of(PLATFORM).latest("seq")
        with an_owner():
            entries_of(PLATFORM).filter(pk=outcome.pk).update(detail={"heads": heads})

        (problem,) = services.verify_ledger(now=NOON)

        assert (problem.kind, problem.entry_id) == ("edited", outcome.pk)
