from datetime import timedelta, timezone
from uuid import UUID

import pytest

from audit.chain import (
    GENESIS,
    MAX_SUSPECTS,
    PLATFORM,
    Head,
    Kind,
    Link,
    link_hash,
    problems_in,
    sealed,
)
from audit.ids import uuid7

from .records import ACME, NOON

EDITS = {
    "id": UUID(int=7),
    "chain": UUID(int=7),
    "at": NOON + timedelta(microseconds=1),
    "actor": "user:eve",
    "action": "tenants.apikey.issued",
    "subject": "apikey:other",
    "tenant_id": None,
    "ip": "192.0.2.66",
    "user_agent": "other",
    "detail": {"after": {"limit": 11}},
    "prev_hash": "f" * 64,
    "hash": "f" * 64,
}


def chain_of(length: int) -> list[Link]:
    links: list[Link] = []
    for seq in range(1, length + 1):
        link = Link(
            id=uuid7(),
            chain=ACME,
            seq=seq,
            at=NOON + timedelta(seconds=seq),
            actor="user:ana",
            action="tenants.apikey.changed",
            subject="apikey:abcdefabcdef",
            tenant_id=ACME,
            ip="192.0.2.1",
            user_agent="curl/8",
            detail={"after": {"limit": seq}},
            prev_hash=links[-1].hash if links else GENESIS,
        )
        links.append(sealed(link))
    return links


def head_of(links: list[Link]) -> Head:
    return Head(links[-1].seq, links[-1].hash)


def found(links: list[Link], head: Head | None) -> list[tuple[Kind, int]]:
    return [(each.kind, each.seq) for each in problems_in(ACME, links, head)]


@pytest.mark.parametrize("length", range(4))
def test_a_chain_as_written_has_no_problems(length):
    links = chain_of(length)

    assert found(links, head_of(links) if links else Head(0, GENESIS)) == []


def test_every_field_is_edited_below():
    assert EDITS.keys() | {"seq"} == set(Link._fields)


@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize("field", EDITS)
def test_an_edited_field_names_the_entry_and_only_it(field, at):
    links = chain_of(6)
    head = head_of(links)

    links[at] = links[at]._replace(**{field: EDITS[field]})

    assert found(links, head) == [(Kind.EDITED, at + 1)]


@pytest.mark.parametrize("detail", [{"limit": 1.5}, {"limit": 2**53}, ["x"], {}])
def test_an_edit_that_cannot_be_hashed_is_an_edit(detail):
    links = chain_of(3)
    head = head_of(links)

    links[1] = links[1]._replace(detail=detail)

    assert found(links, head) == [(Kind.EDITED, 2)]


@pytest.mark.parametrize("at", range(5))
def test_an_entry_rewritten_with_a_good_hash_does_not_fit_the_next(at):
    links = chain_of(6)
    head = head_of(links)

    links[at] = sealed(links[at]._replace(actor="user:eve"))

    (problem,) = problems_in(ACME, links, head)
    assert (problem.kind, problem.seq) == (Kind.UNLINKED, at + 2)
    assert str(links[at].id) in problem.text


def test_the_last_entry_rewritten_with_a_good_hash_does_not_fit_the_head():
    links = chain_of(6)
    head = head_of(links)

    links[-1] = sealed(links[-1]._replace(actor="user:eve"))

    assert found(links, head) == [(Kind.HEAD_MISMATCH, 6)]


@pytest.mark.parametrize("gone", [range(1, 2), range(2, 3), range(3, 6), range(1, 6)])
def test_removed_entries_are_named_by_the_first(gone):
    links = chain_of(6)
    head = head_of(links)

    left = [link for link in links if link.seq not in gone]

    assert found(left, head) == [(Kind.MISSING, gone.start)]


@pytest.mark.parametrize("kept", range(6))
def test_a_cut_tail_is_found_by_the_head(kept):
    links = chain_of(6)

    (problem,) = problems_in(ACME, links[:kept], head_of(links))

    assert (problem.kind, problem.seq) == (Kind.TRUNCATED, 6)
    assert f"the entries after {kept} are not there" in problem.text


@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 4), (4, 5), (0, 5)])
def test_swapped_entries_are_named_with_their_old_places(one, other):
    links = chain_of(6)
    head = head_of(links)

    swapped = [*links]
    swapped[one] = links[other]._replace(seq=one + 1)
    swapped[other] = links[one]._replace(seq=other + 1)

    problems = list(problems_in(ACME, swapped, head))
    assert [(each.kind, each.seq, each.text) for each in problems] == [
        (Kind.REORDERED, one + 1, f"was written as entry {other + 1}"),
        (Kind.REORDERED, other + 1, f"was written as entry {one + 1}"),
    ]


def test_entries_moved_up_over_a_removed_one_are_named_with_their_old_places():
    links = chain_of(6)
    head = head_of(links)

    moved = links[:2] + [link._replace(seq=link.seq - 1) for link in links[3:]]

    assert found(moved, head) == [
        (Kind.REORDERED, 3),
        (Kind.REORDERED, 4),
        (Kind.REORDERED, 5),
        (Kind.TRUNCATED, 6),
    ]


def test_an_entry_out_of_turn_is_reordered():
    links = chain_of(4)
    head = head_of(links)

    links[1], links[2] = links[2], links[1]

    assert (Kind.REORDERED, 2) in found(links, head)


def test_an_entry_twice_is_reordered():
    links = chain_of(4)
    head = head_of(links)

    assert found([*links[:2], *links[1:]], head) == [(Kind.REORDERED, 2)]


def test_each_entry_beyond_the_head_is_named():
    links = chain_of(6)

    assert found(links, head_of(links[:4])) == [
        (Kind.BEYOND_HEAD, 5),
        (Kind.BEYOND_HEAD, 6),
    ]


def test_a_chain_without_its_head_is_found():
    links = chain_of(2)

    assert found(links, None) == [(Kind.HEAD_MISMATCH, 2)]


def test_more_altered_entries_than_are_compared_are_all_named():
    links = chain_of(MAX_SUSPECTS + 5)
    head = head_of(links)

    altered = [link._replace(actor="user:eve") for link in links]

    assert sorted(found(altered, head)) == [
        (Kind.EDITED, link.seq) for link in sorted(links, key=lambda link: link.seq)
    ]


def test_a_problem_names_chain_entry_and_fact():
    links = chain_of(2)
    head = head_of(links)
    links[1] = links[1]._replace(actor="user:eve")

    (problem,) = problems_in(ACME, links, head)

    assert str(problem) == (
        f"chain {ACME}: entry 2 ({links[1].id}): edited: "
        "its contents do not match its hash"
    )


def test_the_zone_of_a_time_does_not_show_in_the_hash():
    (link,) = chain_of(1)

    elsewhere = link._replace(at=link.at.astimezone(timezone(timedelta(hours=5))))

    assert link_hash(elsewhere) == link.hash


def test_the_hash_of_an_entry_never_changes():
    # Written down once: a release that computes another one calls every ledger forged.
    link = Link(
        id=UUID(int=1),
        chain=PLATFORM,
        seq=1,
        at=NOON,
        actor="user:ana",
        action="tenants.tier.changed",
        subject="tier:free",
        tenant_id=None,
        ip="192.0.2.1",
        user_agent="curl/8",
        detail={"before": {"name": "é"}, "after": {"name": None}},
        prev_hash=GENESIS,
    )

    assert link_hash(link) == (
        "2f00062e85f9493ebb74b58577694316ef3698a7f52c3e979fbee35939cca8bf"
    )
