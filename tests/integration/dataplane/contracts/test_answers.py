"""Every answer, translated for every caller: the dialect's owner would take it for its own."""

import json

import pytest
from pydantic import ValidationError

from providers.adapters.registry import ADAPTERS
from tests.world import Upstream

from .callers import CALLERS, data_of
from .providers import SAID, SLOPPY

NAMED = {caller.name: caller for caller in CALLERS}
TRANSLATED = [
    pytest.param(caller, kind, id=f"{caller}-{kind}")
    for caller in CALLERS
    for kind in SAID
    if caller.operation not in ADAPTERS[kind].speaks
]
OWN = {"OPENAI_COMPATIBLE": "chat", "ANTHROPIC": "messages", "GEMINI": "generate"}


@pytest.mark.parametrize(("caller", "kind"), TRANSLATED)
async def test_answers_are_what_their_dialects_owner_publishes(
    make_world, caller, kind
):
    world = await make_world(Upstream(), kind=kind)
    wrong = {}

    for name, told in SAID[kind].items():
        world.upstream.chunks = told.pieces if caller.streams else [told.whole]
        world.upstream.kind = told.kind if caller.streams else b"application/json"
        try:
            await caller.ask(world)
        except (AssertionError, ValidationError) as error:
            wrong[name] = str(error)

    assert wrong == {}
    assert {(each.status, each.error) for each in world.records()} == {(200, "")}


@pytest.mark.parametrize("name", ["chat", "chat stream"])
async def test_calls_are_told_as_functions_to_those_who_offered_functions(
    make_world, name
):
    told, caller = SAID["ANTHROPIC"]["calls"], NAMED[name]
    upstream = Upstream([told.whole])
    if caller.streams:
        upstream = Upstream(told.pieces, kind=told.kind)
    world = await make_world(upstream, kind="ANTHROPIC")

    response = await caller.ask(world, functions=[{"name": "weather"}])

    assert b'"function_call":{"name":"weather"' in response.body


@pytest.mark.parametrize("kind", OWN)
def test_what_the_providers_say_here_they_publish_too(kind):
    whole, stream = NAMED[OWN[kind]], NAMED[f"{OWN[kind]} stream"]

    for name in SAID[kind].keys() - SLOPPY:
        told = SAID[kind][name]
        whole.check(json.loads(told.whole))
        for event in data_of(b"".join(told.pieces)):
            stream.check(event)
