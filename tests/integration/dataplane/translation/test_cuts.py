"""Streams cut by the network at every byte: their callers must not see where."""

import os
import secrets
from collections.abc import Iterable

import orjson
import pytest

from gateway_project.dataplane.asks.asked import Asked
from gateway_project.dataplane.passages import Array, Passage, Passing, Translating
from providers.adapters.registry import ADAPTERS
from providers.dialects.conversation import Stop
from providers.dialects.openai import sides as openai
from providers.dialects.registry import CALLERS, provider_side
from providers.types import Endpoint, Target, Timeouts

from .callers import generate
from .pairs import PAIRS, Pair
from .said import SPENT, Called, Said

TARGET = Target(
    provider="acme-ai",
    kind="",
    endpoint=Endpoint("http", "127.0.0.1", 1),
    base_path="/v1",
    upstream_model="real-model",
    timeouts=Timeouts(),
    secret="upstream-secret",
)
YEAR_2100 = 4_102_444_800
SAID = Said("é\n🚀", Stop.TOOL_CALLS, (Called("c1", "f", '{"é":1}'),), thought="hm")
# One kind of provider for each dialect before each caller.
DIFFERENT = list({(each.caller, each.asked): each for each in PAIRS}.values())
ARRAYS = [each for each in DIFFERENT if each.caller is generate]


@pytest.fixture(autouse=True)
def _same_ids(monkeypatch):
    """Give every answer without an id the same one."""
    monkeypatch.setattr(secrets, "token_bytes", bytes)
    monkeypatch.setattr(os, "urandom", bytes)


@pytest.mark.parametrize("pair", DIFFERENT, ids=str)
def test_a_stream_is_told_the_same_wherever_its_bytes_are_cut(pair):
    raw = b"".join(pair.dialect.pieces(SAID, SPENT))
    passage = passage_of(pair)

    whole = told(passage, pair, [raw])

    for cut in range(1, len(raw)):
        assert told(passage, pair, [raw[:cut], raw[cut:]]) == whole, cut
    assert told(passage, pair, [raw[at : at + 1] for at in range(len(raw))]) == whole


@pytest.mark.parametrize("pair", ARRAYS, ids=str)
def test_an_array_grows_the_same_wherever_its_bytes_are_cut(pair):
    raw = b"".join(pair.dialect.pieces(SAID, SPENT))
    passage = Array(passage_of(pair))

    whole = told(passage, pair, [raw])

    assert len(orjson.loads(whole)) > 1
    for cut in range(1, len(raw), 3):
        assert told(passage, pair, [raw[:cut], raw[cut:]]) == whole, cut
    assert told(passage, pair, [raw[at : at + 1] for at in range(len(raw))]) == whole


def told(passage: Passage, pair: Pair, chunks: Iterable[bytes]) -> bytes:
    stream = passage.stream(pair.dialect.KIND)
    assert stream is not None
    blocks = [stream.feed(chunk) for chunk in chunks]
    if not stream.ended:
        blocks.append(stream.end())
    return b"".join(blocks)


def passage_of(pair: Pair) -> Passage:
    operation = pair.caller.OPERATION
    fields = {**pair.caller.body(stream=True), "model": "fast", "stream": True}
    asked = Asked(operation, orjson.dumps(fields), fields, "fast", stream=True)
    if pair.passes:
        return Passing(asked, openai.ERRORS, TARGET)
    caller, provider = CALLERS[operation], provider_side(ADAPTERS[pair.kind])
    return Translating(asked, caller.parse(fields), caller, provider, YEAR_2100)
