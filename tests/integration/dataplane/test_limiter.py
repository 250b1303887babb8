import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.conf import settings

from gateway_project.dataplane.limits.limiter import (
    REVISION_KEY,
    Lease,
    Limiter,
    StaleSnapshot,
)
from gateway_project.dataplane.limits.valkey import Valkey, ValkeyUnavailable, encode
from tenants.types import Limit

NOW = datetime.now(UTC).timestamp()
REVISION = "test:1"


class Records:
    """The call records of a month, as the database would count them."""

    def __init__(self, calls: int = 0) -> None:
        self.calls = calls
        self.asked = 0

    async def count(self, level, subject, now) -> int:
        self.asked += 1
        await asyncio.sleep(0)
        return self.calls


@pytest.fixture
async def valkey():
    client = Valkey(settings.REDIS_URL)
    await client.call(encode(b"FLUSHDB"))
    await client.call(encode(b"SET", REVISION_KEY, REVISION.encode()))
    yield client
    client.close()


@pytest.fixture
def records():
    return Records()


@pytest.fixture
def limiter(valkey, records):
    return Limiter(valkey, records.count)


def limits(*, key=(None, None), tenant=(None, None)):
    return (Limit("key", uuid4(), *key), Limit("tenant", uuid4(), *tenant))


async def ask(limiter, what, **kwargs):
    return await limiter.reserve(what, revision=REVISION, now=NOW, **kwargs)


@pytest.mark.parametrize("window", [(20, None), (None, 20), (20, 20)])
async def test_fifty_at_once_against_twenty_admit_exactly_twenty(limiter, window):
    ours = limits(tenant=window)

    grants = await asyncio.gather(*(ask(limiter, ours) for _ in range(50)))

    assert sum(grant.refused_by is None for grant in grants) == 20


async def test_several_connections_share_one_count(valkey, records):
    ours = limits(key=(30, None))
    others = [Limiter(Valkey(settings.REDIS_URL), records.count) for _ in range(4)]

    grants = await asyncio.gather(
        *(ask(limiter, ours) for limiter in others for _ in range(20))
    )

    assert sum(grant.refused_by is None for grant in grants) == 30
    for limiter in others:
        limiter._valkey.close()


@pytest.mark.parametrize(
    ("key", "tenant", "level", "kind"),
    [
        ((1, None), (5, 5), "key", "minute"),
        ((None, 1), (5, 5), "key", "month"),
        ((5, 5), (1, 5), "tenant", "minute"),
        ((5, 5), (5, 1), "tenant", "month"),
    ],
)
async def test_the_window_that_refuses_is_named(limiter, key, tenant, level, kind):
    ours = limits(key=key, tenant=tenant)
    await ask(limiter, ours)

    refused_by = (await ask(limiter, ours)).refused_by

    assert (refused_by.window.level, refused_by.window.kind) == (level, kind)
    assert (refused_by.used, refused_by.remaining) == (1, 0)
    assert refused_by.reset_at > NOW


async def test_a_refusal_charges_no_window_at_all(limiter):
    key, tenant = Limit("key", uuid4(), 1, None), Limit("tenant", uuid4(), 100, 100)
    for _ in range(10):
        await ask(limiter, (key, tenant))

    grant = await ask(limiter, (tenant,), cost=0)

    assert [reading.used for reading in grant.readings] == [1, 1]


async def test_looking_is_free(limiter):
    ours = limits(tenant=(1, 1))
    for _ in range(5):
        grant = await ask(limiter, ours, cost=0)

    assert [reading.remaining for reading in grant.readings] == [1, 1]
    assert (await ask(limiter, ours)).refused_by is None


async def test_nothing_unlimited_is_counted(limiter):
    grant = await ask(limiter, limits())

    assert (grant.readings, grant.refused_by) == ((), None)


async def test_an_outdated_revision_charges_nothing_and_is_told_the_current(limiter):
    ours = limits(tenant=(5, 5))

    with pytest.raises(StaleSnapshot) as stale:
        await limiter.reserve(ours, revision="test:0", now=NOW)

    assert stale.value.revision == REVISION
    assert (await ask(limiter, ours)).readings[0].used == 1


async def test_a_month_is_restored_from_the_records_once(limiter, records):
    records.calls = 7
    ours = limits(tenant=(None, 10))

    grants = await asyncio.gather(*(ask(limiter, ours) for _ in range(8)))

    assert sum(grant.refused_by is None for grant in grants) == 3
    assert (await ask(limiter, ours)).refused_by.used == 10


async def test_a_months_charge_can_be_given_back_but_never_below_zero(limiter):
    ours = limits(tenant=(5, 1))
    await ask(limiter, ours)

    for _ in range(3):
        limiter.release_month(ours, now=NOW)
    await asyncio.gather(*limiter._releases)
    grant = await ask(limiter, ours)

    assert grant.refused_by is None
    assert [reading.used for reading in grant.readings] == [2, 1]


@pytest.mark.parametrize(
    ("bucket_age_s", "admitted"), [(0, False), (59, False), (60, False), (61, True)]
)
async def test_a_request_counts_for_a_whole_minute(
    valkey, limiter, bucket_age_s, admitted
):
    limit = Limit("tenant", uuid4(), 1, None)
    second = (await ask(limiter, (limit,), cost=0)).charged_at
    key = f"gh:tenant:{limit.subject.hex}:minute".encode()
    then = b"%d" % (second - bucket_age_s)
    await valkey.call(encode(b"HSET", key, b"t", b"1", b"l", then, then, b"1"))

    grant = await ask(limiter, (limit,))

    # The server's clock may pass into the next second between the two calls.
    if bucket_age_s == 60 and grant.charged_at > second:
        admitted = True
    assert (grant.refused_by is None) is admitted


async def test_a_refused_minute_says_when_its_oldest_request_leaves(valkey, limiter):
    limit = Limit("tenant", uuid4(), 2, None)
    second = (await ask(limiter, (limit,), cost=0)).charged_at
    key = f"gh:tenant:{limit.subject.hex}:minute".encode()
    old, new = b"%d" % (second - 40), b"%d" % (second - 10)
    await valkey.call(encode(b"HSET", key, b"t", b"2", b"l", new, old, b"1", new, b"1"))

    grant = await ask(limiter, (limit,))

    assert grant.refused_by.reset_at == second - 40 + 61


async def test_a_server_that_is_not_there_is_unavailable(records):
    limiter = Limiter(Valkey("unix:///nowhere/valkey.sock"), records.count)

    with pytest.raises(ValkeyUnavailable):
        await ask(limiter, limits(tenant=(5, 5)))


async def test_a_server_that_hangs_is_unavailable_and_then_reached_again(
    valkey, records
):
    patient = Valkey(settings.REDIS_URL, timeout_s=0.2)
    reconnected = []
    patient.on_reconnect = lambda: reconnected.append(True)
    limiter = Limiter(patient, records.count)
    ours = limits(tenant=(5, None))
    await ask(limiter, ours)
    await valkey.call(encode(b"CLIENT", b"PAUSE", b"600", b"ALL"))

    with pytest.raises(ValkeyUnavailable):
        await ask(limiter, ours)
    await asyncio.sleep(0.7)
    grant = await ask(limiter, ours)

    assert grant.refused_by is None
    assert reconnected
    patient.close()


async def test_commands_of_one_tick_are_answered_in_order(valkey):
    replies = await asyncio.gather(
        *(valkey.call(encode(b"ECHO", b"%d" % n)) for n in range(500))
    )

    assert replies == [b"%d" % n for n in range(500)]


def at_a_time(most):
    return (Limit("key", uuid4(), None, None, most),)


async def test_fifty_at_once_against_twenty_places_admit_exactly_twenty(limiter):
    ours = at_a_time(20)

    grants = await asyncio.gather(
        *(ask(limiter, ours, lease=Lease(b"%d" % n, 60)) for n in range(50))
    )

    assert sum(grant.refused_by is None for grant in grants) == 20


async def test_a_place_given_back_is_free_and_one_given_back_twice_is_one(limiter):
    ours = at_a_time(1)
    await ask(limiter, ours, lease=Lease(b"a", 60))
    full = await ask(limiter, ours, lease=Lease(b"b", 60))

    for name in (b"a", b"a", b"never"):
        limiter.end_lease(ours, name)
    await asyncio.sleep(0.05)
    again = await ask(limiter, ours, lease=Lease(b"b", 60))
    more = await ask(limiter, ours, lease=Lease(b"c", 60))

    assert (full.refused_by.window.kind, again.refused_by) == ("parallel", None)
    assert more.refused_by is not None


async def test_the_place_of_a_worker_that_died_lapses(limiter):
    ours = at_a_time(1)
    await ask(limiter, ours, lease=Lease(b"a", 1))

    await asyncio.sleep(1.1)

    assert (await ask(limiter, ours, lease=Lease(b"b", 1))).refused_by is None


async def test_a_call_refused_by_another_window_takes_no_place(limiter):
    ours = (Limit("key", uuid4(), 1, None, 5),)
    await ask(limiter, ours, lease=Lease(b"a", 60))
    await ask(limiter, ours, lease=Lease(b"b", 60))

    minute, parallel = (await ask(limiter, ours, cost=0)).readings

    assert (minute.used, parallel.used) == (1, 1)


async def test_a_long_lease_is_not_shortened_by_one_that_comes_later(limiter, valkey):
    ours = at_a_time(5)
    await ask(limiter, ours, lease=Lease(b"a", 600))
    await ask(limiter, ours, lease=Lease(b"b", 1))

    name = b"gh:key:%b:parallel" % ours[0].subject.hex.encode()

    assert await valkey.call(encode(b"TTL", name)) > 500
