"""What holds for the streams of every dialect."""

import random

import pytest

from providers import sse
from providers.types import Usage
from providers.usage import streams
from providers.usage.answers import usage_of

from .wire import DIALECTS, PROMPT_TOKENS, REQUEST, TEXT, metered, plain

every_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: d.operation)
sizes = pytest.mark.parametrize("size", [1, 3, 1000])


@every_dialect
def test_an_answer_takes_what_its_provider_says(dialect):
    answer = dialect.plain(dialect.stated)

    assert plain(dialect.operation, answer) == dialect.usage


@every_dialect
@sizes
def test_a_stream_takes_what_its_provider_says(dialect, size):
    blocks = dialect.stream(size, dialect.stated)

    assert metered(dialect.operation, *blocks).usage() == dialect.usage


@every_dialect
@sizes
def test_a_stream_counts_as_much_as_the_same_answer_in_one_piece(dialect, size):
    counted = plain(dialect.operation, dialect.plain())

    assert counted.estimated
    assert counted.prompt_tokens == PROMPT_TOKENS
    assert counted.completion_tokens > 20
    assert metered(dialect.operation, *dialect.stream(size)).usage() == counted


@every_dialect
def test_a_long_stream_counts_as_much_as_the_same_answer(dialect, monkeypatch):
    # So that texts are read while they come, not only at the end.
    monkeypatch.setattr(streams, "_MOST_HELD_BYTES", 500)

    counted = metered(dialect.operation, *dialect.stream(2)).usage()

    assert counted == plain(dialect.operation, dialect.plain())


@every_dialect
def test_blocks_may_hold_any_number_of_events(dialect):
    whole = b": ping\n\n".join(dialect.stream(3, dialect.stated))

    assert metered(dialect.operation, whole).usage() == dialect.usage


@every_dialect
def test_a_stream_counts_the_same_wherever_the_network_cuts_it(dialect):
    stream = b"".join(dialect.stream(30))
    counted = metered(dialect.operation, stream).usage()

    for cut in range(0, len(stream), 7):
        framer = sse.Framer()
        parts = [framer.feed(stream[:cut]), framer.feed(stream[cut:])]
        assert metered(dialect.operation, *filter(None, parts)).usage() == counted


@every_dialect
def test_a_stream_cut_off_counts_what_came(dialect):
    blocks = dialect.stream(5)
    counts = [
        metered(dialect.operation, *blocks[:end]).usage() for end in range(len(blocks))
    ]

    assert all(usage.estimated for usage in counts)
    assert {usage.prompt_tokens for usage in counts} == {PROMPT_TOKENS}
    spoken = [usage.completion_tokens for usage in counts]
    assert spoken[0] == 0
    assert spoken[-1] > 20


@every_dialect
def test_usage_may_be_asked_at_any_time_and_changes_nothing(dialect):
    meter = metered(dialect.operation)
    for block in dialect.stream(4):
        meter.usage()
        meter.feed(block)

    assert meter.usage() == plain(dialect.operation, dialect.plain())


@every_dialect
def test_an_end_is_seen_when_it_comes_and_not_before(dialect):
    *before, last = dialect.stream(8, dialect.stated)
    meter = metered(dialect.operation, *before)

    ended_before = meter.ended
    meter.feed(last)

    assert not ended_before
    assert meter.ended is (dialect.operation != "generateContent")
    assert meter.complete
    assert not meter.failed


@every_dialect
def test_a_stream_without_its_second_half_is_not_complete(dialect):
    blocks = dialect.stream(8, dialect.stated)

    half = metered(dialect.operation, *blocks[: len(blocks) // 2])

    assert (half.ended, half.complete, half.failed) == (False, False, False)


@every_dialect
def test_an_answer_that_was_cut_off_counts_what_came(dialect):
    # The provider's JSON ends in the middle, its framing did not say so.
    answer = '{"n":[{"text":"' + TEXT

    counted = usage_of(dialect.operation, answer.encode(), REQUEST)

    assert counted.estimated
    assert counted.completion_tokens > 10


HOSTILE = [
    *(b"", b"null", b"[]", b"7", b'"usage"', b"\xff\xfe", b"{", b"[[[[", b"[DONE]"),
    b'{"usage":' + b"[" * 5000,
    b'{"usage":{"prompt_tokens":' + b"9" * 5000 + b"}}",
    b'{"a":' * 900 + b"1" + b"}" * 900,
    b'{"type":"message_delta","usage":[1],"delta":7}',
    b'{"type":"message_start","message":{"usage":{"input_tokens":-1,"output_tokens":true}}}',
    b'{"type":"content_block_start","index":-3,"content_block":{"input":'
    + b"[" * 500
    + b"]" * 500
    + b"}}",
    b'{"type":{},"response":{},"error":[]}',
    b'{"type":["response.completed"],"response":"no"}',
    b'{"type":"response.completed","response":{"usage":{"input_tokens":1e400}}}',
    b'{"choices":{"0":1},"usage":{"prompt_tokens":1.5,"completion_tokens":2}}',
    b'{"choices":[null,7,{"index":"x","delta":[1],"message":"m","finish_reason":{}}]}',
    b'{"choices":[{"delta":{"content":[{"text":7},null],"tool_calls":{"a":1}}}]}',
    b'{"candidates":[{"content":{"parts":[{"functionCall":{"args":7}},1]},"index":1e9}]}',
    b'{"candidates":7,"usageMetadata":{"promptTokenCount":99999999999999999999}}',
    b'{"promptFeedback":{"blockReason":7},"error":0}',
]


@every_dialect
@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_a_provider_says_raises(dialect, said):
    meter = metered(dialect.operation, sse.encode(said), b"data\n\n", said + b"\n\n")

    states = meter.ended, meter.complete, meter.failed, meter.sequence
    of_stream, of_answer = meter.usage(), usage_of(dialect.operation, said, REQUEST)

    assert len(states) == 4
    assert of_stream.prompt_tokens >= 0 <= of_stream.completion_tokens
    assert of_answer.estimated


@every_dialect
def test_nothing_a_broken_line_makes_of_a_stream_raises(dialect):
    chance = random.Random(7)
    stream = b"".join(dialect.stream(20, dialect.stated))
    for _ in range(300):
        garbled = bytearray(stream)
        for _ in range(5):
            garbled[chance.randrange(len(garbled))] = chance.randrange(256)
        meter = metered(dialect.operation, bytes(garbled))

        usage, sequence = meter.usage(), meter.sequence

        assert isinstance(usage, Usage)
        assert sequence >= 0
        assert usage_of(dialect.operation, bytes(garbled), REQUEST).prompt_tokens >= 0


@every_dialect
def test_a_model_that_talks_about_usage_states_none(dialect):
    talk = '{"usage": {"prompt_tokens": 1, "completion_tokens": 1}, "error": {}}'
    blocks = [
        block.replace(b"rain in Bergen", talk.replace('"', '\\"').encode())
        for block in dialect.stream(1000)
    ]

    meter = metered(dialect.operation, *blocks)

    assert meter.usage().estimated
    assert not meter.failed
