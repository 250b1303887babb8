"""Every endpoint, answered every way by every dialect of provider, at every stage."""

import asyncio

import pytest

from providers.errors import UpstreamBroken, UpstreamTimedOut, UpstreamUnreachable
from providers.operations import CONVERSATIONS, Operation

from .callers import opened
from .endpoints import ALIASES, CASES, ENDPOINTS, ON_SOCKETS, SENT, Case, Way
from .shapes import code_of
from .stages import RACES, STAGES, used

COUNTS = {Operation.MESSAGES_COUNT, Operation.GENERATE_COUNT}
METHODS = ("GET", "HEAD", "PUT", "PATCH", "DELETE")

AT_STAGES = [
    pytest.param(case, stage, id=f"{case}-{stage}")
    for case in CASES
    for stage in STAGES
    if stage.at(case.endpoint)
]
# How a provider fails, the status our caller gets, and whether the month's quota comes back.
FAILURES = {
    "500": ({"status": 500}, 502, True),
    "529": ({"status": 529}, 503, True),
    "429": ({"status": 429}, 429, True),
    "unreachable": ({"fails": UpstreamUnreachable("refused")}, 503, True),
    "timed out": ({"fails": UpstreamTimedOut("no first byte")}, 504, True),
    "broken": ({"fails": UpstreamBroken("reset")}, 502, True),
    "our credential is bad": ({"status": 401}, 502, True),
    "the request is bad": ({"status": 400}, 400, False),
    "not found": ({"status": 404}, 404, False),
}


@pytest.mark.parametrize(("case", "stage"), AT_STAGES)
async def test_no_stage_can_be_gone_round(make_world, case, stage):
    world = await make_world(case.upstream(), kind=case.kind)
    caller = await opened(world, case, stage.token)
    await stage.set_up(world)
    before = await used(world)

    seen = await caller.ask(stage.model)

    assert (seen.status, seen.code) == (stage.status, stage.code)
    assert seen.source in ("", "gateway")
    assert world.upstream.received == []
    assert await used(world) == before
    await caller.leave()
    stage.check_left(world)


@pytest.mark.parametrize(
    ("case", "stage"), [each for each in AT_STAGES if each.values[0].way in ON_SOCKETS]
)
async def test_who_would_be_refused_a_turn_opens_no_socket_or_gets_no_turn(
    make_world, case, stage
):
    world = await make_world(case.upstream(), kind=case.kind)
    await stage.set_up(world)
    caller = await opened(world, case, stage.token)

    seen = await caller.ask(stage.model)

    assert (seen.status, seen.code) == (stage.status, stage.code)
    assert world.upstream.received == []
    await caller.leave()
    stage.check_left(world)


@pytest.mark.parametrize("window", RACES)
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_of_calls_that_race_exactly_as_many_as_allowed_get_through(
    make_world, case, window
):
    world = await make_world(case.upstream(), kind=case.kind, **RACES[window])
    callers = [await opened(world, case) for _ in range(5)]

    seen = await asyncio.gather(*(caller.ask() for caller in callers))

    assert sorted(each.status for each in seen) == [200, 200, 429, 429, 429]
    assert len(world.upstream.received) == (0 if case.asked is None else 2)
    assert (
        sorted(record.admitted for record in world.records())
        == [False] * 3 + [True] * 2
    )
    for caller in callers:
        await caller.leave()


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_a_call_that_passes_every_stage_is_answered_and_recorded_once(
    make_world, case
):
    world = await make_world(case.upstream(), kind=case.kind)
    caller = await opened(world, case)

    seen = await caller.ask()

    assert (seen.status, seen.code) == (200, "")
    assert case.endpoint.holds in seen.body
    assert await used(world) == [1, 1]
    check_recorded(world, case)
    await caller.leave()


@pytest.mark.parametrize("case", SENT, ids=str)
async def test_a_caller_that_does_not_wait_for_an_answer_is_recorded_once(
    make_world, case
):
    world = await make_world(case.upstream(waits=asyncio.Event()), kind=case.kind)
    caller = await opened(world, case)

    asking = await caller.begin()
    while not world.upstream.received:
        await asyncio.sleep(0.001)
    await caller.hang_up(asking)

    [record] = world.records()
    assert (record.status, record.error) == (499, "client_disconnected")
    assert record.admitted


@pytest.mark.parametrize("case", ALIASES, ids=str)
async def test_another_path_to_an_endpoint_leads_to_the_same(make_world, case):
    world = await make_world(case.upstream(), kind=case.kind)
    caller, stranger = [await opened(world, case, token) for token in (None, "gh-x")]

    seen, refused = await caller.ask(), await stranger.ask()

    assert (seen.status, refused.status) == (200, 401)
    check_recorded(world, case)
    await caller.leave()


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("case", SENT, ids=str)
async def test_the_months_quota_comes_back_when_the_provider_failed(
    make_world, case, failure
):
    fails, status, is_given_back = FAILURES[failure]
    world = await make_world(case.upstream(0, **fails), kind=case.kind)
    caller = await opened(world, case)

    seen = await caller.ask()
    await asyncio.gather(*world.plane.limiter._releases)

    assert seen.status == status
    assert seen.code.startswith("provider_")
    assert seen.source in ("", "provider")
    assert await used(world) == [1, 0 if is_given_back else 1]
    [record] = world.records()
    assert (record.status, record.error) == (status, seen.code)
    assert record.admitted is not is_given_back
    await caller.leave()


@pytest.mark.parametrize(
    "endpoint",
    [each for each in ENDPOINTS if each.operation not in CONVERSATIONS | COUNTS],
    ids=lambda endpoint: endpoint.operation,
)
async def test_what_a_provider_does_not_do_is_refused_before_it_is_charged(
    make_world, endpoint
):
    case = Case(endpoint, Way.PLAIN, next(iter(endpoint.asked)))
    world = await make_world(kind="ANTHROPIC")

    seen = await (await opened(world, case)).ask()

    assert (seen.status, seen.code) == (400, "operation_not_supported")
    assert world.upstream.received == []
    assert await used(world) == [0, 0]
    assert [record.status for record in world.records()] == [400]


@pytest.mark.parametrize(
    ("endpoint", "path"),
    [(endpoint, path) for endpoint in ENDPOINTS for path in endpoint.paths],
    ids=lambda each: each if isinstance(each, str) else "",
)
async def test_an_endpoint_is_asked_by_post_and_nothing_else(
    make_world, endpoint, path
):
    world = await make_world()
    path = path.format(model="fast")

    answers = {method: await world.ask(path=path, method=method) for method in METHODS}

    head = answers.pop("HEAD")
    assert (head.status, head.body) == (405, b"")
    for response in answers.values():
        assert (response.status, response.headers["allow"]) == (405, "POST")
        assert code_of(endpoint.shape, 405, response.json) == "method_not_allowed"
    assert world.upstream.received == []
    assert world.records() == []


def check_recorded(world, case):
    [record] = world.records()
    assert (record.status, record.error, record.admitted) == (200, "", True)
    assert (record.endpoint, record.model) == (case.path(), "fast")
    assert (record.provider, record.stream) == ("acme-ai", case.streams)
    assert record.upstream_status == (None if case.asked is None else 200)
    assert record.usage_estimated is (case.told.tokens is None)
    if case.told.tokens is not None:
        assert (record.prompt_tokens, record.completion_tokens) == case.told.tokens
    else:
        assert record.prompt_tokens > 0
