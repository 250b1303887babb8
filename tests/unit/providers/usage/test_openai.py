import json

import pytest

from providers.operations import Operation
from providers.types import Usage
from providers.usage.answers import usage_of

from .wire import PROMPT_TOKENS, REQUEST, chunk, metered, plain, sse

CHAT = Operation.CHAT
STATED = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
HOSTILE = {
    "absent": None,
    "null": "null",
    "a text": '"many"',
    "a list": "[1, 2]",
    "empty": "{}",
    "negative": '{"prompt_tokens": -1, "completion_tokens": 3}',
    "texts": '{"prompt_tokens": "7", "completion_tokens": "3"}',
    "booleans": '{"prompt_tokens": true, "completion_tokens": true}',
    "fractions": '{"prompt_tokens": 7.5, "completion_tokens": 3}',
    "beyond 64 bits": '{"prompt_tokens": 7, "completion_tokens": 99999999999999999999}',
    "absurd": '{"prompt_tokens": 7, "completion_tokens": 1000000001}',
    "thousands of digits": '{"prompt_tokens": ' + "9" * 5000 + "}",
    "half of it": '{"prompt_tokens": 7}',
    "less in total than in part": '{"prompt_tokens": 7, "total_tokens": 3}',
    "not json": '{"prompt_tokens": 7, "completion_tokens": 3,}',
    "too deep": '{"prompt_tokens": ' + "[" * 5000 + "}",
}
hostile = pytest.mark.parametrize("usage", HOSTILE.values(), ids=HOSTILE.keys())


@hostile
def test_an_answer_that_does_not_say_is_counted(usage):
    message = '{"role":"assistant","content":"At the end of the quay."}'
    stated = f',"usage": {usage}' if usage is not None else ""
    answer = f'{{"choices":[{{"message":{message}}}]{stated}}}'.encode()

    assert usage_of(CHAT, answer, REQUEST) == Usage(PROMPT_TOKENS, 7, estimated=True)


@hostile
def test_a_stream_that_does_not_say_is_counted(usage):
    texts = sse(chunk({"content": "At the end "}), chunk({"content": "of the quay."}))
    said = f'data: {{"usage": {usage or "null"}}}\n\n'.encode()

    counted = metered(CHAT, *texts, said).usage()

    assert counted == Usage(PROMPT_TOKENS, 7, estimated=True)


@pytest.mark.parametrize(
    ("stated", "usage"),
    [
        ({"prompt_tokens": 7, "total_tokens": 7}, Usage(7, 0)),
        ({"prompt_tokens": 7, "completion_tokens": 3}, Usage(7, 3)),
        ({"input_tokens": 7, "output_tokens": 3}, Usage(7, 3)),
        (
            STATED | {"prompt_tokens_details": {"cached_tokens": 9}},
            Usage(7, 3, cached_tokens=7),
        ),
        (
            STATED | {"completion_tokens_details": {"reasoning_tokens": 4}},
            Usage(7, 3, reasoning_tokens=3),
        ),
        (
            STATED | {"prompt_tokens_details": {"cache_write_tokens": 5}},
            Usage(7, 3, cache_write_tokens=5),
        ),
        (STATED | {"prompt_cache_hit_tokens": 6}, Usage(7, 3, cached_tokens=6)),
        (STATED | {"prompt_tokens_details": None}, Usage(7, 3)),
        (
            {
                "prompt_tokens": 7,
                "completion_tokens": 3,
                "total_tokens": 110,
                "completion_tokens_details": {"reasoning_tokens": 100},
            },
            Usage(7, 103, reasoning_tokens=100),
        ),
    ],
)
def test_usage_is_stated_in_more_ways_than_one(stated, usage):
    assert plain(CHAT, {"choices": [], "usage": stated}) == usage


def test_the_last_usage_of_a_stream_counts():
    early = chunk({"content": "a"}) | {"usage": STATED | {"completion_tokens": 1}}
    late = chunk({"content": "b"}) | {"usage": STATED}

    meter = metered(CHAT, *sse(early, late, chunk({"content": "c"})))

    assert meter.usage() == Usage(7, 3)


@pytest.mark.parametrize(
    ("request_body", "finishes", "complete"),
    [
        (REQUEST, 0, False),
        (REQUEST, 1, True),
        (b'{"n": 2}', 1, False),
        (b'{"n": 2}', 2, True),
        (b'{"n": 0}', 0, False),
        (b'{"n": null}', 1, True),
        (b'{"n": "2"}', 1, True),
        (b'{"n": -1}', 0, False),
    ],
)
def test_a_stream_is_complete_when_each_choice_has_finished(
    request_body, finishes, complete
):
    ends = [chunk(finish="stop", index=index) for index in range(finishes)]

    meter = metered(CHAT, *sse(chunk({"content": "a"}), *ends), request=request_body)

    assert meter.complete is complete
    assert not meter.ended


def test_done_ends_a_stream_and_its_mention_does_not():
    mention = sse(chunk({"content": "data: [DONE]"}))

    assert not metered(CHAT, *mention).ended
    assert metered(CHAT, *mention, b"data:  [DONE] \n\n").ended


@pytest.mark.parametrize(
    "event",
    [
        {"error": {"message": "overloaded", "type": "server_error"}},
        {"error": "overloaded"},
        {"object": "error", "message": "overloaded"},
    ],
)
def test_an_error_in_a_stream_is_a_failure(event):
    meter = metered(CHAT, *sse(chunk({"content": "a"}), event, "[DONE]"))

    assert meter.failed
    assert meter.ended


def test_an_empty_error_is_none():
    assert not metered(CHAT, *sse(chunk({"content": "a"}) | {"error": None})).failed


def test_every_choice_counts_by_itself_however_they_are_mixed():
    texts = ["The first answer is this one.", "And the other one is that."]
    message = [
        {"index": at, "message": {"content": text}} for at, text in enumerate(texts)
    ]
    mixed = [
        chunk({"content": text[at : at + 4]}, index=index)
        for at in range(0, 32, 4)
        for index, text in enumerate(texts)
    ]

    assert metered(CHAT, *sse(*mixed)).usage() == plain(CHAT, {"choices": message})


@pytest.mark.parametrize(
    ("message", "delta"),
    [
        ({"refusal": "I cannot say that."},) * 2,
        ({"content": [{"type": "text", "text": "I cannot"}]},) * 2,
        ({"audio": {"data": "UklGRg==", "transcript": "I cannot"}},) * 2,
        ({"function_call": {"name": "f", "arguments": '{"a": 1}'}},) * 2,
    ],
)
def test_rarer_kinds_of_text_count_too(message, delta):
    in_one_piece = plain(CHAT, {"choices": [{"message": message}]})

    assert in_one_piece.completion_tokens > 1
    assert metered(CHAT, *sse(chunk(delta))).usage() == in_one_piece


def test_text_beside_what_is_no_json_counts():
    # Python writes NaN where a probability is missing.
    event = json.dumps(chunk({"content": "At the end of the quay."})).replace(
        "null", "NaN"
    )

    counted = metered(CHAT, f"data: {event}\n\n".encode()).usage()

    assert counted.completion_tokens == 7
