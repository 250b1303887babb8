"""Text completions as our callers get them, whole and streamed."""

import orjson
import pytest
from openai.types import Completion

from providers import sse
from providers.dialects.completions.sides import CALLER, ERRORS
from providers.dialects.conversation import (
    Answer,
    Ask,
    Choice,
    Declined,
    Stop,
    Text,
    Thinking,
)
from providers.dialects.events import (
    Begun,
    DeclinedDelta,
    Ended,
    Spent,
    Stopped,
    TextDelta,
    ThinkingDelta,
)
from providers.types import Failure, Usage

ASK = Ask(model="theirs", turns=(), stream_usage=False)
WITH_USAGE = Ask(model="theirs", turns=(), stream_usage=True)
USAGE = Usage(9, 3, cached_tokens=2)
STATED = {
    "prompt_tokens": 9,
    "completion_tokens": 3,
    "total_tokens": 12,
    "prompt_tokens_details": {"cached_tokens": 2, "cache_write_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0},
}
HEAD = {
    "id": "cmpl-msg_1",
    "object": "text_completion",
    "created": 1741570283,
    "model": "theirs",
}


def choice(text, index=0, reason=None):
    return {"text": text, "index": index, "logprobs": None, "finish_reason": reason}


def chunks(*events, ask=ASK):
    renderer = CALLER.renderer(ask)
    begun = Begun("msg_1", "claude", 1741570283)
    stream = b"".join(
        renderer.feed(event) for event in (begun, *events, Spent(USAGE), Ended())
    )
    *found, done = sse.payloads(stream)
    assert done == b"[DONE]"
    return [orjson.loads(each) for each in found]


def test_an_answer_is_shown_whole():
    answer = Answer(
        "msg_1",
        "claude",
        (
            Choice((Thinking("hm"), Text("upon"), Text(" a time")), Stop.LENGTH),
            Choice((Declined("No."),), Stop.DECLINED),
        ),
        USAGE,
        1741570283,
    )

    body = orjson.loads(CALLER.render(answer, ASK))

    assert body == {
        **HEAD,
        "choices": [
            choice("upon a time", reason="length"),
            choice("No.", 1, reason="stop"),
        ],
        "usage": STATED,
    }
    Completion.model_validate(body, strict=True)


def test_an_answer_without_id_and_usage_gets_an_id_and_no_usage():
    answer = Answer("", "m", (Choice((), Stop.END),), None)

    body = orjson.loads(CALLER.render(answer, ASK))

    assert body["id"].startswith("cmpl-")
    assert "usage" not in body


def test_a_stream_is_chunks_of_the_same_shape_and_done():
    found = chunks(
        ThinkingDelta("hm"),
        TextDelta("upon"),
        TextDelta("a", 1),
        Stopped(Stop.SEQUENCE),
        DeclinedDelta("No.", 1),
        Stopped(Stop.DECLINED, 1),
    )

    assert found == [
        {**HEAD, "choices": [choice("upon")]},
        {**HEAD, "choices": [choice("a", 1)]},
        {**HEAD, "choices": [choice("", reason="stop")]},
        {**HEAD, "choices": [choice("No.", 1)]},
        {**HEAD, "choices": [choice("", 1, reason="stop")]},
    ]


def test_a_caller_who_asked_for_usage_gets_it_before_the_end():
    assert chunks(TextDelta("x"), Stopped(Stop.END), ask=WITH_USAGE) == [
        {**HEAD, "choices": [choice("x")], "usage": None},
        {**HEAD, "choices": [choice("", reason="stop")], "usage": None},
        {**HEAD, "choices": [], "usage": STATED},
    ]


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        (Stop.END, "stop"),
        (Stop.SEQUENCE, "stop"),
        (Stop.PAUSED, "stop"),
        (Stop.TOOL_CALLS, "stop"),
        (Stop.LENGTH, "length"),
        (Stop.CONTEXT_FULL, "length"),
        (Stop.FILTERED, "content_filter"),
        (Stop.DECLINED, "content_filter"),
    ],
)
def test_why_it_stopped_is_told_plain_and_streamed(stop, reason):
    answer = Answer("1", "m", (Choice((Text("x"),), stop),), None)

    plain = orjson.loads(CALLER.render(answer, ASK))["choices"][0]
    streamed = chunks(TextDelta("x"), Stopped(stop))[-1]["choices"][0]

    assert plain["finish_reason"] == streamed["finish_reason"] == reason


def test_a_broken_stream_ends_in_an_error():
    failure = Failure(502, "It broke.", "provider_unavailable", "provider_unavailable")

    assert CALLER.renderer(ASK).fail(failure) == ERRORS.event(failure, sequence=0)


def test_a_stream_that_nobody_began_begins_by_itself():
    renderer = CALLER.renderer(ASK)

    (found,) = sse.payloads(renderer.feed(TextDelta("a")))

    chunk = orjson.loads(found)
    assert chunk["id"].startswith("cmpl-")
    assert chunk["choices"] == [choice("a")]
