"""Every stream of every endpoint: whole, left by its caller, broken by its provider."""

import asyncio

import pytest

from gateway_project.dataplane.relay import AnswerCut
from providers.operations import CONVERSATIONS

from .answers import COMPLAINTS
from .callers import opened
from .endpoints import CASES, STREAMS
from .shapes import code_at_end

[SPEECH] = [case for case in CASES if str(case) == "audio.speech-plain-OPENAI"]


@pytest.mark.parametrize("case", STREAMS, ids=str)
async def test_a_whole_stream_ends_well(make_world, case):
    world = await make_world(case.upstream(), kind=case.kind)
    caller = await opened(world, case)

    seen = await caller.ask()

    assert case.endpoint.closed_by in seen.events[-1]
    assert case.endpoint.closed_by not in b"".join(seen.events[:-1])
    await caller.leave()


@pytest.mark.parametrize("case", STREAMS, ids=str)
async def test_a_caller_that_hangs_up_is_recorded_once(make_world, case):
    pieces = min(3, case.told.least - 1)
    world = await make_world(case.upstream(pieces, stalls=True), kind=case.kind)
    caller = await opened(world, case)

    asking = await caller.begin()
    while world.upstream.sent < pieces:
        await asyncio.sleep(0)
    await asyncio.sleep(0.001)
    await caller.hang_up(asking)

    [record] = world.records()
    assert (record.status, record.error) == (499, "client_disconnected")
    assert (record.admitted, record.stream) == (True, True)
    if case.endpoint.operation in CONVERSATIONS:
        assert record.usage_estimated
        assert record.prompt_tokens > 0
        assert record.completion_tokens > 0
    assert world.upstream.closed


@pytest.mark.parametrize("dies", [True, False], ids=["reset", "closed"])
@pytest.mark.parametrize("case", STREAMS, ids=str)
async def test_a_stream_that_breaks_off_ends_in_an_error_wherever_it_does(
    make_world, case, dies
):
    # Closed without a word, what was whole by then is whole.
    breaks = range(len(case.told.pieces) if dies else case.told.least)
    world = await make_world(case.upstream(dies=dies), kind=case.kind)
    caller = await opened(world, case)

    for pieces in breaks:
        world.upstream.chunks = case.told.pieces[:pieces]
        seen = await caller.ask()

        assert seen.status == 200
        assert code_at_end(case.endpoint.shape, seen.events) == "provider_broke_off"
        assert case.endpoint.closed_by not in seen.body

    records = world.records()
    assert len(records) == len(breaks)
    assert {(each.status, each.error) for each in records} == {
        (200, "provider_broke_off")
    }
    await caller.leave()


@pytest.mark.parametrize("together", [True, False], ids=["at once", "later"])
@pytest.mark.parametrize("case", STREAMS, ids=str)
async def test_nothing_follows_an_error_the_provider_tells(make_world, case, together):
    told, complaint = case.told, COMPLAINTS[case.asked]
    world = await make_world(case.upstream(), kind=case.kind)
    caller = await opened(world, case)

    for before in range(told.least):
        pieces = [*told.pieces[:before], complaint, *told.pieces[before:]]
        world.upstream.chunks = [b"".join(pieces)] if together else pieces
        seen = await caller.ask()

        assert case.endpoint.closed_by not in seen.body
        if case.passes:
            assert b"busy" in seen.events[-1]
        else:
            code = code_at_end(case.endpoint.shape, seen.events)
            assert code == "provider_broke_off"

    records = world.records()
    assert len(records) == told.least
    assert {each.error for each in records} == {"provider_broke_off"}
    await caller.leave()


async def test_sound_that_breaks_off_is_cut_for_it_can_tell_no_error(make_world):
    world = await make_world(SPEECH.upstream(1, dies=True))

    with pytest.raises(AnswerCut):
        await (await opened(world, SPEECH)).ask()

    [record] = world.records()
    assert (record.status, record.error) == (200, "provider_broke_off")
