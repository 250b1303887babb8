"""Streams that break off or tell of an error: wherever it is, no caller may take it for an end."""

import json

import pytest

from providers.operations import Operation
from tests.world import Upstream

from .pairs import PAIRS, Pair, events_of, hear_stream
from .said import CALLS, SPENT, TEXT, Said
from .upstreams import least

SECRET = "key sk-live-4711 of account acme"
STREAMS = [
    pytest.param(pair, way, id=f"{pair}-{way}") for pair in PAIRS for way in pair.ways
]


def said_to(pair: Pair) -> Said:
    return TEXT if pair.caller.OPERATION is Operation.COMPLETIONS else CALLS


@pytest.mark.parametrize("how", ["reset", "closed", "torn"])
@pytest.mark.parametrize(("pair", "way"), STREAMS)
async def test_a_stream_that_breaks_off_ends_in_an_error(make_world, pair, way, how):
    """It is reset, or closed without a word, between events or inside one."""
    pieces = pair.dialect.pieces(said_to(pair), SPENT)
    breaks = range(least(pair.dialect, pieces) if how == "closed" else len(pieces))
    upstream = Upstream(kind=pair.dialect.KIND, dies=how == "reset")
    world = await make_world(upstream, kind=pair.kind)

    for count in breaks:
        torn = [pieces[count][: len(pieces[count]) // 2]] if how == "torn" else []
        upstream.chunks = pieces[:count] + torn
        heard = await hear_stream(world, pair.caller, way)
        assert heard.broke == "provider_broke_off", count

    records = world.records()
    assert len(records) == len(breaks)
    for record in records:
        assert (record.status, record.error) == (200, "provider_broke_off")
        assert record.prompt_tokens > 0
        stated = pair.dialect.told(SPENT).completion_tokens
        assert record.usage_estimated or record.completion_tokens == stated
    assert upstream.closed == len(breaks)


@pytest.mark.parametrize(("pair", "way"), STREAMS)
async def test_a_stream_that_is_whole_but_for_its_last_word_is_whole(
    make_world, pair, way
):
    pieces = pair.dialect.pieces(said_to(pair), SPENT)
    upstream = Upstream(kind=pair.dialect.KIND)
    world = await make_world(upstream, kind=pair.kind)

    for count in range(least(pair.dialect, pieces), len(pieces) + 1):
        upstream.chunks = pieces[:count]
        heard = await hear_stream(world, pair.caller, way)
        assert (heard.broke, heard.text) == ("", said_to(pair).text)

    assert {record.error for record in world.records()} == {""}


@pytest.mark.parametrize(("pair", "way"), STREAMS)
async def test_an_error_in_a_stream_is_the_end_of_it(make_world, pair, way):
    pieces = pair.dialect.pieces(said_to(pair), SPENT)
    failures = pair.dialect.failures(SECRET)
    breaks = (0, 1, len(pieces) // 2, least(pair.dialect, pieces) - 1)
    upstream = Upstream(kind=pair.dialect.KIND)
    world = await make_world(upstream, kind=pair.kind)

    for failure in failures:
        for count in breaks:
            # Whatever comes after it.
            upstream.chunks = [*pieces[:count], failure, *pieces[count:]]
            events = await events_of(world, pair.caller, way)
            broke = pair.caller.stream(events).broke
            if pair.passes:
                assert SECRET in json.dumps(events[-1])
            else:
                assert broke == "provider_broke_off"
                assert SECRET not in json.dumps(events)

    records = world.records()
    assert len(records) == len(failures) * len(breaks)
    assert {(each.status, each.error) for each in records} == {
        (200, "provider_broke_off")
    }


# Gemini's is the end of the connection, which nothing comes after.
@pytest.mark.parametrize(
    "pair",
    [each for each in PAIRS if not each.passes and each.kind != "GEMINI"],
    ids=str,
)
async def test_what_a_provider_says_after_its_end_is_not_told(make_world, pair):
    pieces = pair.dialect.pieces(said_to(pair), SPENT)
    whole = b"".join(pieces)
    world = await make_world(kind=pair.kind)

    for chunks in ([whole, whole], [whole + whole], [whole, b"\0nonsense\n\n"]):
        world.upstream = world.plane.transports[pair.kind] = Upstream(
            chunks, kind=pair.dialect.KIND
        )
        heard = await hear_stream(world, pair.caller)
        assert heard.text == said_to(pair).text, chunks

    assert {record.error for record in world.records()} == {""}
