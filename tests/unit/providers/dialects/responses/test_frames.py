import orjson
import pytest

from providers import sse
from providers.dialects.conversation import Stop
from providers.dialects.events import Begun, Ended, Stopped, TextDelta
from providers.dialects.responses import frames
from providers.types import Failure
from tests.unit.providers.dialects.responses.streams import rendered, told

STREAM = rendered(
    Begun("resp_1", "up", 7), TextDelta("Hé\n"), Stopped(Stop.END), Ended()
)


@pytest.mark.parametrize("lane", [None, "main"])
def test_each_event_is_a_frame_of_its_lane(lane):
    sent = [orjson.loads(frame) for frame in frames.of_block(STREAM, lane)]

    mark = {} if lane is None else {"stream_id": lane}
    assert sent == [mark | event for event in told(STREAM)]


def test_without_a_lane_a_frame_is_the_event_as_it_came():
    assert frames.of_block(b'event: a\ndata: {"type" : "a"}\n\n', None) == [
        '{"type" : "a"}'
    ]


@pytest.mark.parametrize(
    ("block", "sent"),
    [
        (b"data: [DONE]\n\n", []),
        (b": keep-alive\n\n", []),
        (b"data: {}\n\n", ['{"stream_id":"a"}']),
        (b'data: { "type":"x"}\n\n', ['{"stream_id":"a","type":"x"}']),
        (b'data: {"t":\ndata: 1}\n\n', ['{"stream_id":"a","t":\n1}']),
        (
            b'data: {"a":1}\n\ndata: {"b":2}\n\n',
            ['{"stream_id":"a","a":1}', '{"stream_id":"a","b":2}'],
        ),
        (b'data: {"t":"\xff"}\n\n', ['{"stream_id":"a","t":"\ufffd"}']),
    ],
)
def test_whatever_a_block_holds_becomes_frames(block, sent):
    assert frames.of_block(block, "a") == sent


def test_a_stream_cut_at_every_byte_gives_the_same_frames():
    whole = frames.of_block(STREAM, "main")

    for cut in range(len(STREAM)):
        framer = sse.Framer()
        blocks = [framer.feed(STREAM[:cut]), framer.feed(STREAM[cut:])]
        assert [
            frame for block in blocks for frame in frames.of_block(block, "main")
        ] == whole


def test_a_refusal_is_one_frame_that_names_status_and_lane():
    failure = Failure(400, "model is missing.", "invalid_request_error", "x", "model")

    assert orjson.loads(frames.refused(failure, "main")) == {
        "type": "error",
        "stream_id": "main",
        "status": 400,
        "error": {
            "type": "invalid_request_error",
            "code": "x",
            "message": "model is missing.",
            "param": "model",
        },
    }


def test_a_refusal_for_a_while_says_how_long():
    failure = Failure(429, "Too fast.", "rate_limit_error", "y", retry_after_s=7)

    shown = orjson.loads(frames.refused(failure, None))

    assert "stream_id" not in shown
    assert shown["headers"] == {"retry-after": "7"}
    assert shown["error"]["headers"] == {"retry-after": "7"}


@pytest.mark.parametrize("stop", [Stop.END, Stop.LENGTH])
def test_the_final_response_is_found_in_its_block(stop):
    stream = rendered(Begun("resp_1", "up"), TextDelta("a"), Stopped(stop), Ended())

    assert frames.final_response(stream) == told(stream)[-1]["response"]


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b'data: {"type":"response.failed","response":{"id":"resp_1"}}\n\n',
        b'data: {"type":"x","delta":"response.completed"}\n\n',
        b'data: {"type":"response.completed","response":1}\n\n',
        b'data: "response.completed"\n\n',
        b'data: {"type":"response.completed"\n\n',
    ],
)
def test_no_other_block_holds_a_final_response(block):
    assert frames.final_response(block) is None
