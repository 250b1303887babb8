from dataclasses import replace

from providers.operations import Operation
from providers.types import Usage

from .wire import MESSAGES, metered, plain, sse

STATED = MESSAGES.stated


def test_a_stream_cut_off_takes_the_prompt_as_stated_and_counts_the_rest():
    blocks = MESSAGES.stream(5, STATED)

    usage = metered(Operation.MESSAGES, *blocks[:-2]).usage()

    counted = plain(Operation.MESSAGES, MESSAGES.plain()).completion_tokens
    assert usage == Usage(
        70, counted, estimated=True, cached_tokens=40, cache_write_tokens=24
    )


def test_usage_that_only_comes_with_the_end_counts():
    # Some that speak the dialect learn it no earlier.
    begin = {
        "type": "message_start",
        "message": {"usage": {"input_tokens": 0, "output_tokens": 0}},
    }
    end = {"type": "message_delta", "delta": {}, "usage": STATED}

    assert metered(Operation.MESSAGES, *sse(begin, end)).usage() == MESSAGES.usage


def test_what_was_thought_is_told_whole_and_streamed():
    stated = STATED | {"output_tokens_details": {"thinking_tokens": 3}}

    whole = plain(Operation.MESSAGES, MESSAGES.plain(stated))
    streamed = metered(Operation.MESSAGES, *MESSAGES.stream(50, stated)).usage()

    assert whole == streamed == replace(MESSAGES.usage, reasoning_tokens=3)


def test_an_error_is_a_failure_and_no_end():
    error = {
        "type": "error",
        "error": {"type": "overloaded_error", "message": "Overloaded"},
    }

    meter = metered(
        Operation.MESSAGES, *MESSAGES.stream(50)[:4], *sse(error, named=True)
    )

    assert (meter.failed, meter.ended, meter.complete) == (True, False, False)


def test_an_answer_that_states_half_is_counted():
    usage = plain(Operation.MESSAGES, MESSAGES.plain({"input_tokens": 6}))

    assert usage == plain(Operation.MESSAGES, MESSAGES.plain())


def test_what_a_tool_is_given_states_no_usage():
    tool = {"type": "tool_use", "input": {"usage": STATED}, "name": "bill"}

    assert plain(Operation.MESSAGES, {"content": [tool]}).estimated
