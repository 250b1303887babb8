"""Answers whose provider says nothing of tokens: counted here, and told as they are recorded."""

import pytest

from .pairs import PAIRS, hear, hear_stream, recorded, stated
from .said import CALLS, TEXT


@pytest.mark.parametrize("pair", PAIRS, ids=str)
async def test_what_is_not_stated_is_counted_the_same_whole_and_streamed(
    make_world, pair
):
    said = TEXT if pair.caller.OPERATION == "completions" else CALLS
    world = await make_world(pair.whole(said, None), kind=pair.kind)

    whole = await hear(world, pair.caller)

    counted = recorded(world)
    assert counted.estimated
    assert counted.prompt_tokens > 0
    assert counted.completion_tokens > 0
    # Bytes that pass say no more than the provider did.
    told = None if pair.passes else pair.caller.can_hear(stated(counted))
    assert whole.usage == told
    for way in pair.ways:
        world = await make_world(pair.stream(said, None), kind=pair.kind)
        streamed = await hear_stream(world, pair.caller, way)
        assert recorded(world) == counted
        assert streamed.usage == told
