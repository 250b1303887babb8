"""Calls at a time: as many as allowed, and every place comes back however its call ends."""

import asyncio

import pytest

from providers.errors import UpstreamUnreachable
from tests.world import limited

from .callers import opened
from .endpoints import CASES, SENT
from .stages import used

TWO = limited(None, None, 2)


async def places_taken(world) -> int:
    # Places are given back by a command that nobody waits for.
    await asyncio.sleep(0.01)
    (taken,) = await used(world)
    return taken


@pytest.mark.parametrize("case", SENT, ids=str)
async def test_of_calls_at_a_time_exactly_as_many_as_allowed_are_under_way(
    make_world, case
):
    gate = asyncio.Event()
    world = await make_world(case.upstream(waits=gate), kind=case.kind, **TWO)
    callers = [await opened(world, case) for _ in range(5)]

    asking = [asyncio.ensure_future(caller.ask()) for caller in callers]
    refused, under_way = set(), set(asking)
    while len(refused) < 3:
        done, under_way = await asyncio.wait(
            under_way, return_when=asyncio.FIRST_COMPLETED
        )
        refused |= done
    taken = await places_taken(world)
    gate.set()
    answered = await asyncio.gather(*under_way)

    assert [each.result().status for each in refused] == [429] * 3
    assert [each.status for each in answered] == [200] * 2
    assert (taken, await places_taken(world)) == (2, 0)
    for caller in callers:
        await caller.leave()


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_a_place_comes_back_with_the_answer(make_world, case):
    world = await make_world(case.upstream(), kind=case.kind, **TWO)
    caller = await opened(world, case)

    seen = [(await caller.ask()).status for _ in range(3)]

    assert seen == [200] * 3
    assert await places_taken(world) == 0
    await caller.leave()


@pytest.mark.parametrize(
    "fails", [{"status": 500}, {"fails": UpstreamUnreachable("refused")}], ids=str
)
@pytest.mark.parametrize("case", SENT, ids=str)
async def test_a_place_comes_back_when_the_provider_fails(make_world, case, fails):
    world = await make_world(case.upstream(**fails), kind=case.kind, **TWO)
    caller = await opened(world, case)

    await caller.ask()

    assert await places_taken(world) == 0
    await caller.leave()


@pytest.mark.parametrize("case", SENT, ids=str)
async def test_a_place_comes_back_from_a_caller_that_hangs_up(make_world, case):
    upstream = case.upstream(waits=asyncio.Event())
    world = await make_world(upstream, kind=case.kind, **TWO)
    caller = await opened(world, case)

    asking = await caller.begin()
    while not world.upstream.received:
        await asyncio.sleep(0.001)
    await caller.hang_up(asking)

    assert await places_taken(world) == 0
