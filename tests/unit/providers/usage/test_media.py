import json

import pytest

from providers.operations import Operation
from providers.types import Usage

from .wire import TEXT, metered, pieces, plain, sse

USAGE = {"type": "tokens", "input_tokens": 14, "output_tokens": 45, "total_tokens": 59}
IMAGE = "iVBORw0KGgo" * 20_000
SPEECH = b'{"input":"Where is the harbour?","voice":"alloy"}'


def heard(text, size=6, **fields):
    deltas = [{"type": "transcript.text.delta", "delta": d} for d in pieces(text, size)]
    return sse(
        *deltas, {"type": "transcript.text.done", "text": text, **fields}, named=True
    )


def image(kind, **fields):
    return {"type": f"image_generation.{kind}", "b64_json": IMAGE, **fields}


def test_a_transcript_takes_what_its_last_event_says():
    blocks = heard(TEXT, usage=USAGE)
    meter = metered(Operation.TRANSCRIPTIONS, *blocks[:-1])

    ended_before = meter.ended
    meter.feed(blocks[-1])

    assert not ended_before
    assert (meter.ended, meter.complete) == (True, True)
    assert meter.usage() == Usage(14, 45)


@pytest.mark.parametrize("size", [1, 7, 500])
def test_a_transcript_by_the_minute_is_counted_as_in_one_piece(size):
    usage = {"type": "duration", "seconds": 12}

    counted = metered(Operation.TRANSCRIPTIONS, *heard(TEXT, size, usage=usage)).usage()

    assert counted.estimated
    assert counted == plain(Operation.TRANSCRIPTIONS, {"text": TEXT, "usage": usage})


def test_images_take_what_their_last_event_says():
    events = sse(image("partial_image"), image("completed", usage=USAGE), named=True)

    meter = metered(Operation.IMAGES, *events)

    assert meter.ended
    assert meter.usage() == Usage(14, 45)


def test_images_under_way_are_not_kept():
    meter = metered(Operation.IMAGES, *sse(*[image("partial_image")] * 20))

    assert meter._held == []
    assert (meter.ended, meter.complete) == (False, False)
    assert meter.usage() == Usage(5, 0, estimated=True)


@pytest.mark.parametrize(
    "request_body",
    [
        b'{"prompt":"a harbour","n":2}',
        b'--x\r\nContent-Disposition: form-data; name="n"\r\n\r\n2\r\n--x--\r\n',
    ],
)
def test_a_stream_ends_with_the_last_of_the_images_asked_for(request_body):
    one = sse(image("completed", usage=USAGE))

    assert not metered(Operation.IMAGE_EDITS, *one, request=request_body).ended
    assert metered(Operation.IMAGE_EDITS, *one, *one, request=request_body).ended


def test_an_error_among_images_is_a_failure():
    assert metered(Operation.IMAGES, *sse({"type": "error", "error": {}})).failed


def test_speech_in_bytes_is_counted_by_what_was_to_be_said():
    meter = metered(Operation.SPEECH, b"RIFF\n\n", b'"usage":{', request=SPEECH)

    assert (meter.ended, meter.complete, meter.failed) == (False, True, False)
    assert meter.usage() == Usage(5, 0, estimated=True)


def test_speech_in_events_takes_what_the_last_one_says():
    request = json.dumps({**json.loads(SPEECH), "stream_format": "sse"}).encode()
    delta = {"type": "speech.audio.delta", "audio": IMAGE}
    done = {"type": "speech.audio.done", "usage": USAGE}

    begun = metered(Operation.SPEECH, *sse(delta), request=request)
    whole = metered(Operation.SPEECH, *sse(delta, done), request=request)

    assert not begun.complete
    assert whole.ended
    assert whole.usage() == Usage(14, 45)
