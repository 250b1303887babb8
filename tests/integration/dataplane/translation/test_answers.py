"""One answer, whole and streamed, through every pair: equal to the last token."""

import pytest

from providers.operations import Operation

from .pairs import PAIRS, hear, hear_stream, recorded
from .said import CONTENTS, SPENT

SAYABLE = [
    pytest.param(pair, said, id=f"{pair}-{name}")
    for pair in PAIRS
    for name, said in CONTENTS.items()
    if not (said.calls and pair.caller.OPERATION is Operation.COMPLETIONS)
]


@pytest.mark.parametrize(("pair", "said"), SAYABLE)
async def test_an_answer_is_the_same_whole_and_streamed(make_world, pair, said):
    world = await make_world(pair.whole(said), kind=pair.kind)
    spent = pair.dialect.told(SPENT)

    whole = await hear(world, pair.caller)

    assert (whole.text, whole.calls, whole.stop) == (said.text, said.calls, said.stop)
    if pair.caller.OPERATION is not Operation.COMPLETIONS:
        assert (whole.thought, len(whole.seals)) == (said.thought, 1)
    assert whole.usage == pair.caller.can_hear(spent)
    assert recorded(world) == spent
    for way in pair.ways:
        world = await make_world(pair.stream(said), kind=pair.kind)
        streamed = await hear_stream(world, pair.caller, way)
        assert streamed.gist == whole.gist
        assert recorded(world) == spent
