import time

import pytest

from providers.operations import CONVERSATIONS, Operation
from providers.usage.media import ByteMeter, MediaMeter
from providers.usage.meters import meter

from .wire import CHAT, DIALECTS, chunk, sse


@pytest.mark.parametrize("operation", Operation)
def test_every_operation_has_a_meter(operation):
    made = meter(operation, b"{}")

    made.feed(b"data: {}\n\n")

    assert made.usage().prompt_tokens == 0


def test_every_conversation_that_passes_through_is_read():
    silent = {each for each in CONVERSATIONS if isinstance(meter(each, b""), ByteMeter)}

    # Spoken with providers only: its streams are binary, and always translated.
    assert silent == {Operation.CONVERSE}


def test_speech_is_read_when_it_comes_as_events():
    assert isinstance(meter(Operation.SPEECH, b'{"stream_format":"sse"}'), MediaMeter)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: d.operation)
def test_what_is_kept_of_a_stream_is_bounded(dialect):
    made = meter(dialect.operation, b"{}")
    blocks = dialect.stream(5)[:-5]
    most = 0

    for _ in range(300):
        for block in blocks:
            made.feed(block)
        most = max(most, sum(map(len, made._held)))

    assert most <= 64 * 1024
    assert sum(map(len, made._texts._begun.values())) <= 64 * 1024


def test_nothing_is_kept_once_usage_is_stated():
    made = meter(Operation.CHAT, b"{}")
    for block in CHAT.stream(5, CHAT.stated):
        made.feed(block)

    assert made._held == []


def test_a_stream_costs_time_by_its_length():
    def took(length):
        made = meter(Operation.CHAT, b"{}")
        blocks = sse(chunk({"content": " token"})) * length
        began = time.process_time()
        for block in blocks:
            made.feed(block)
        made.usage()
        return time.process_time() - began

    # A hundred times as long; quadratic would be ten thousand times.
    assert took(50_000) < 1000 * max(took(500), 0.002)
