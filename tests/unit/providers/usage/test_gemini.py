import json

import pytest

from providers.operations import Operation
from providers.types import Usage
from providers.usage.answers import usage_of

from .wire import GENERATE, REQUEST, metered, plain, sse

PROMPT_ONLY = {"promptTokenCount": 9, "totalTokenCount": 9}


def finished(index=0, **metadata):
    candidate = {"index": index, "finishReason": "STOP", "content": {}}
    return {"candidates": [candidate], "usageMetadata": metadata}


def test_a_blocked_prompt_takes_what_was_read():
    blocked = {
        "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
        "usageMetadata": PROMPT_ONLY,
    }

    meter = metered(Operation.GENERATE, *sse(blocked))

    assert (meter.complete, meter.ended, meter.failed) == (True, False, False)
    assert meter.usage() == plain(Operation.GENERATE, blocked) == Usage(9, 0)


def test_an_answer_of_thoughts_alone_takes_them():
    thoughts = finished(**PROMPT_ONLY, thoughtsTokenCount=40)

    usage = metered(Operation.GENERATE, *sse(thoughts)).usage()

    assert usage == Usage(9, 40, reasoning_tokens=40)
    assert plain(Operation.GENERATE, thoughts) == usage


def test_an_answer_whose_count_is_left_out_is_counted():
    said = GENERATE.plain(PROMPT_ONLY)

    usage = metered(Operation.GENERATE, *sse(said)).usage()

    assert usage.estimated
    assert usage.prompt_tokens == 9
    assert usage.completion_tokens > 20
    assert plain(Operation.GENERATE, said) == usage


def test_a_stream_cut_off_counts_what_came_and_believes_the_prompt():
    blocks = GENERATE.stream(5, GENERATE.stated)

    usage = metered(Operation.GENERATE, *blocks[:-1]).usage()

    assert usage.prompt_tokens == 70
    assert usage.completion_tokens > 20
    assert usage.estimated


def test_usage_that_comes_after_the_end_counts():
    late = {
        "candidates": [],
        "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 4},
    }
    early = finished(promptTokenCount=9, candidatesTokenCount=3)

    assert metered(Operation.GENERATE, *sse(early, late)).usage() == Usage(9, 4)


def test_a_stream_is_complete_when_every_candidate_has_finished():
    request = b'{"generationConfig":{"candidateCount":2}}'
    one, other = sse(finished(0), finished(1))

    assert not metered(Operation.GENERATE, one, one, request=request).complete
    assert metered(Operation.GENERATE, one, other, request=request).complete


def test_an_error_in_a_stream_is_a_failure():
    error = {"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}

    assert metered(Operation.GENERATE, *sse(error)).failed


@pytest.mark.parametrize("stated", [GENERATE.stated, None])
def test_a_stream_as_an_array_takes_as_much(stated):
    events = [
        json.loads(block.removeprefix(b"data: "))
        for block in GENERATE.stream(9, stated)
    ]

    usage = usage_of(Operation.GENERATE, json.dumps(events).encode(), REQUEST)

    assert usage == plain(Operation.GENERATE, GENERATE.plain(stated))
