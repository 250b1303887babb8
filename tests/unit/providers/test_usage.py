import json

import orjson
import pytest

from providers.types import Usage
from providers.usage import UsageMeter, usage_of_answer

REQUEST = b'{"model":"m","messages":[{"role":"user","content":"' + b"q" * 40 + b'"}]}'
ESTIMATE = Usage(prompt_tokens=10, completion_tokens=5, estimated=True)
TEXT = "a" * 20
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


def answer(usage=None):
    stated = f',"usage": {usage}' if usage is not None else ""
    message = '{"role":"assistant","content":"' + TEXT + '"}'
    return f'{{"choices":[{{"message":{message}}}]{stated}}}'.encode()


def event(text=None, *, usage=None, finish=None):
    choices = [{"delta": {"content": text} if text else {}, "finish_reason": finish}]
    fields = {"choices": choices, "usage": usage}
    return b"data: " + json.dumps(fields).encode() + b"\n\n"


def metered(*blocks, request=REQUEST):
    meter = UsageMeter(request)
    for block in blocks:
        meter.feed(block)
    return meter


def test_an_answer_is_charged_what_its_provider_says():
    assert usage_of_answer(answer(json.dumps(STATED)), REQUEST) == Usage(7, 3)


def test_a_total_tells_what_the_parts_leave_out():
    stated = '{"prompt_tokens": 7, "total_tokens": 7}'

    assert usage_of_answer(answer(stated), REQUEST) == Usage(7, 0)


@hostile
def test_an_answer_that_does_not_say_is_estimated_from_its_text(usage):
    assert usage_of_answer(answer(usage), REQUEST) == ESTIMATE


@hostile
def test_a_stream_that_does_not_say_is_estimated_from_its_text(usage):
    said = f'data: {{"usage": {usage or "null"}}}\n\n'.encode()

    assert metered(event(TEXT[:8]), event(TEXT[8:]), said).usage() == ESTIMATE


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"\xff\xfe", b'"usage":{'])
def test_an_answer_that_is_no_object_is_estimated(body):
    assert usage_of_answer(body, REQUEST) == Usage(10, 0, estimated=True)


def test_the_last_usage_of_a_stream_counts():
    early = {**STATED, "completion_tokens": 1}

    meter = metered(event("a", usage=early), event("b", usage=STATED), event("c"))

    assert meter.usage() == Usage(7, 3)


def test_usage_is_found_in_a_block_of_many_events():
    block = event("a") + event("b", usage=STATED) + b": ping\n\ndata: [DONE]\n\n"

    assert metered(block).usage() == Usage(7, 3)


def test_a_model_that_talks_about_usage_states_none():
    talk = event('the field is "usage": {"prompt_tokens": 1, "completion_tokens": 1}')

    assert metered(talk).usage().estimated


def test_what_came_before_a_break_is_known_at_any_time():
    meter = UsageMeter(REQUEST)
    before = meter.usage()
    meter.feed(event(TEXT))

    assert before == Usage(10, 0, estimated=True)
    assert meter.usage() == ESTIMATE


def test_text_counts_wherever_it_stands_and_images_do_not():
    image = "data:image/png;base64," + "A" * 100_000
    parts = [{"text": "12345678"}, {"image_url": {"url": image}}]
    calls = [{"function": {"name": "f", "arguments": '{"a":1}'}}]
    request = orjson.dumps({"messages": [{"content": parts}, {"tool_calls": calls}]})

    assert usage_of_answer(b"{}", request).prompt_tokens == 5


def test_an_unfinished_text_still_counts_and_takes_linear_time():
    assert usage_of_answer(
        b'{"content":"' + b"\\n" * 500_000, REQUEST
    ).completion_tokens


@pytest.mark.parametrize(
    ("request_body", "finishes", "finished"),
    [
        (REQUEST, 0, False),
        (REQUEST, 1, True),
        (b'{"n": 2}', 1, False),
        (b'{"n": 2}', 2, True),
        (b'{"n": 0}', 0, False),
        (b'{"n": null}', 1, True),
        (b'{"n": "2"}', 1, True),
    ],
)
def test_a_stream_has_finished_when_each_choice_has(request_body, finishes, finished):
    ends = [event(finish="stop")] * finishes

    assert metered(event("a"), *ends, request=request_body).finished is finished
