import base64
import io
import wave

import orjson
import pytest
from openai.types.audio import (
    Transcription,
    TranscriptionTextDeltaEvent,
    TranscriptionTextDoneEvent,
    TranscriptionVerbose,
    TranslationVerbose,
)

from providers.operations import Operation

from .asking import ask_form, ask_raw, events_of, form_events, refused_field

SPEECH = Operation.SPEECH
TRANSCRIPTIONS, TRANSLATIONS = Operation.TRANSCRIPTIONS, Operation.TRANSLATIONS
HELLO = {"input": "hello there", "voice": "alloy"}
SOUND = ("file", ("a.wav", b"RIFF" + b"\x00" * 2000))
HEARD = "This is a mock transcription of a.wav, 2004 bytes."


async def heard(operation, *parts):
    inbound = await ask_form(operation, *parts)
    return (
        inbound.status,
        dict(inbound.headers)[b"content-type"],
        await inbound.read(2**20),
    )


@pytest.mark.parametrize("form", [{}, {"response_format": "wav"}])
async def test_speech_is_a_wav_that_can_be_played(form):
    kind, body = await ask_raw(SPEECH, **HELLO, **form)

    with wave.open(io.BytesIO(body)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        assert sound.getnframes() / sound.getframerate() == 0.2
        assert len(set(sound.readframes(100))) > 50
    assert kind == b"audio/wav"


async def test_pcm_is_the_same_sound_without_a_head():
    _, wav = await ask_raw(SPEECH, **HELLO)
    kind, pcm = await ask_raw(SPEECH, **HELLO, response_format="pcm")

    assert (kind, pcm) == (b"audio/pcm", wav[44:])


async def test_streamed_speech_is_the_same_sound():
    _, wav = await ask_raw(SPEECH, **HELLO)
    *deltas, done = await events_of(SPEECH, **HELLO, stream_format="sse")

    assert b"".join(base64.b64decode(each["audio"]) for each in deltas) == wav
    assert {each["type"] for each in deltas} == {"speech.audio.delta"}
    assert done == {
        "type": "speech.audio.done",
        "usage": {"input_tokens": 2, "output_tokens": 2, "total_tokens": 4},
    }


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"input": ""}, "input"),
        ({"input": "x" * 4097}, "input"),
        ({"voice": None}, "voice"),
        ({"voice": 3}, "voice"),
        ({"response_format": "mp3"}, "response_format"),
        ({"response_format": "opus"}, "response_format"),
        ({"speed": 5}, "speed"),
        ({"stream_format": "chunks"}, "stream_format"),
    ],
)
async def test_what_is_wrong_with_speech_is_named(fields, field):
    assert await refused_field(SPEECH, **{**HELLO, **fields}) == field


async def test_a_transcription_tells_what_came():
    status, kind, body = await heard(TRANSCRIPTIONS, SOUND)

    assert (status, kind) == (200, b"application/json")
    assert orjson.loads(body) == {
        "text": HEARD,
        "usage": {
            "type": "tokens",
            "input_tokens": 2,
            "input_token_details": {"text_tokens": 0, "audio_tokens": 2},
            "output_tokens": 9,
            "total_tokens": 11,
        },
    }
    Transcription.model_validate(orjson.loads(body))


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("text", f"{HEARD}\n"),
        ("srt", f"1\n00:00:00,000 --> 00:00:01,000\n{HEARD}\n\n"),
        ("vtt", f"WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n{HEARD}\n\n"),
    ],
)
async def test_a_transcription_in_words(form, body):
    answer = await heard(TRANSCRIPTIONS, SOUND, ("response_format", form))

    assert answer == (200, b"text/plain; charset=utf-8", body.encode())


@pytest.mark.parametrize(
    ("operation", "shape", "task", "noun"),
    [
        (TRANSCRIPTIONS, TranscriptionVerbose, "transcribe", "transcription"),
        (TRANSLATIONS, TranslationVerbose, "translate", "translation"),
    ],
)
async def test_a_verbose_answer_has_segments(operation, shape, task, noun):
    _, _, body = await heard(operation, SOUND, ("response_format", "verbose_json"))

    answer = orjson.loads(body)
    found = shape.model_validate(answer)
    assert answer["task"] == task
    assert found.text == f"This is a mock {noun} of a.wav, 2004 bytes."
    assert [segment.text for segment in found.segments] == [found.text]


async def test_a_streamed_transcription_says_and_costs_the_same():
    _, _, body = await heard(TRANSCRIPTIONS, SOUND)
    *deltas, done = await form_events(TRANSCRIPTIONS, SOUND)

    words = [TranscriptionTextDeltaEvent.model_validate(each).delta for each in deltas]
    assert "".join(words) == HEARD
    assert TranscriptionTextDoneEvent.model_validate(done).text == HEARD
    assert done["usage"] == orjson.loads(body)["usage"]


@pytest.mark.parametrize(
    ("operation", "parts", "field"),
    [
        (TRANSCRIPTIONS, [], "file"),
        (TRANSCRIPTIONS, [("file", "a text")], "file"),
        (TRANSCRIPTIONS, [SOUND, ("response_format", "xml")], "response_format"),
        (TRANSCRIPTIONS, [SOUND, ("stream", "yes")], "stream"),
        (TRANSCRIPTIONS, [SOUND, ("prompt", "a"), ("prompt", "b")], "prompt"),
        (TRANSLATIONS, [SOUND, ("stream", "true")], "stream"),
    ],
)
async def test_what_is_wrong_with_a_form_is_named(operation, parts, field):
    status, _, body = await heard(operation, *parts)

    assert (status, orjson.loads(body)["error"]["param"]) == (400, field)
