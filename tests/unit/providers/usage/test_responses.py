import pytest

from providers.operations import Operation
from providers.types import Usage
from providers.usage.answers import usage_of

from .wire import REQUEST, RESPONSES, metered, sse

USAGE = {"input_tokens": 7, "output_tokens": 3, "total_tokens": 10}


def ending(kind):
    return {"type": kind, "response": {"id": "resp_1", "usage": USAGE}}


@pytest.mark.parametrize(
    ("event", "ended", "failed"),
    [
        (ending("response.completed"), True, False),
        (ending("response.incomplete"), True, False),
        (ending("response.failed"), True, True),
        (ending("response.in_progress"), False, False),
        ({"type": "error", "code": "server_error", "message": "no"}, False, True),
        ({"type": "response.output_text.delta", "delta": "error"}, False, False),
    ],
)
def test_how_a_stream_ends_is_seen(event, ended, failed):
    meter = metered(Operation.RESPONSES, *sse(event, named=True))

    assert (meter.ended, meter.complete, meter.failed) == (ended, ended, failed)
    assert meter.usage().estimated is not ended


def test_events_are_numbered_on_from_the_last():
    blocks = RESPONSES.stream(9, RESPONSES.stated)

    numbers = [
        metered(Operation.RESPONSES, *blocks[:end]).sequence
        for end in range(len(blocks) + 1)
    ]

    assert numbers == list(range(len(blocks) + 1))


def test_the_last_of_several_events_in_a_block_numbers_on():
    block = b"".join(RESPONSES.stream(1000))

    assert metered(Operation.RESPONSES, block + b": ping\n\n").sequence == 6


def test_a_sign_of_life_has_no_number_and_changes_none():
    blocks = RESPONSES.stream(9)

    meter = metered(Operation.RESPONSES, *blocks, b": ping\n\n")

    assert meter.sequence == len(blocks)


def test_an_answer_in_the_background_states_nothing_yet():
    answer = b'{"object":"response","status":"queued","output":[],"usage":null}'

    assert usage_of(Operation.RESPONSES, answer, REQUEST) == Usage(5, 0, estimated=True)
