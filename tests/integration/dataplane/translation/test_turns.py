"""Conversations that go on: an answer is sent back with what its caller did about it."""

import json
from typing import Any

import pytest

from providers.operations import Operation
from tests.world import Upstream

from .callers import CONVERSING
from .pairs import KINDS, Pair, hear, hear_stream
from .said import CALLS, SIGNATURE, TEXT, THOUGHT, Said

PAIRS = [Pair(caller, kind) for caller in CONVERSING for kind in KINDS]
# One kind for each dialect a provider may answer in.
OTHERS = ("OPENAI_COMPATIBLE", "ANTHROPIC", "GEMINI", "BEDROCK")
# From the one that answered to the one that is asked next, in the words of one caller.
SWITCHES = [
    pytest.param(issued, pair, id=f"{issued}-{pair.kind}")
    for issued in PAIRS
    for pair in PAIRS
    if issued.kind in OTHERS
    and pair.caller is issued.caller
    and pair.asked is not issued.asked
]
SAID = {"text": TEXT, "calls": CALLS}


def sent(upstream: Upstream) -> Any:
    return json.loads(upstream.received[-1].body)


def dug(value: Any, *names: str) -> list[Any]:
    """Return what stands under these names, wherever it is, in order."""
    if isinstance(value, list):
        return [found for each in value for found in dug(each, *names)]
    if not isinstance(value, dict):
        return []
    here = [value[name] for name in names if name in value]
    return here + [found for each in value.values() for found in dug(each, *names)]


SEALS = ("signature", "thoughtSignature", "thought_signature", "encrypted_content")


async def answered_twice(make_world, pair: Pair, said: Said, *, stream: bool):
    """Return the provider and the answer, having sent it back to the same provider."""
    upstream = pair.stream(said) if stream else pair.whole(said)
    world = await make_world(upstream, kind=pair.kind)
    listen = hear_stream if stream else hear
    heard = await listen(world, pair.caller)
    body = pair.caller.next_body(pair.caller.body(stream=stream), heard)
    again = await listen(world, pair.caller, body=body)
    assert again.text == said.text
    return upstream, heard


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("said", SAID.values(), ids=SAID.keys())
@pytest.mark.parametrize("pair", PAIRS, ids=str)
async def test_a_signature_comes_back_to_its_provider_as_it_was_issued(
    make_world, pair, said, stream
):
    upstream, heard = await answered_twice(make_world, pair, said, stream=stream)

    body = sent(upstream)
    assert dug(body, *SEALS) == [SIGNATURE]
    text = json.dumps(body, ensure_ascii=False)
    for call in said.calls:
        assert text.count(call.id) == 2
        assert f"{call.name}: fine" in text
    assert heard.calls == said.calls
    if pair.asked is not Operation.GENERATE:
        # Gemini's seal is not on the thought, which it does not want back.
        assert THOUGHT in text


@pytest.mark.parametrize(("issued", "pair"), SWITCHES)
async def test_no_provider_is_sent_the_signature_of_another(make_world, issued, pair):
    caller = issued.caller
    world = await make_world(issued.whole(CALLS), kind=issued.kind)
    heard = await hear(world, caller)
    other = await make_world(pair.whole(TEXT), kind=pair.kind)

    body = caller.next_body(caller.body(stream=False), heard)
    again = await hear(other, caller, body)

    assert again.text == TEXT.text
    text = other.upstream.received[-1].body.decode()
    # In chats no provider looks at a signature, so their bytes pass as they are.
    passes = pair.asked is Operation.CHAT and pair.passes
    assert passes or not any(seal in text for seal in (SIGNATURE, *heard.seals))
    for call in CALLS.calls:
        assert f"{call.name}: fine" in text
