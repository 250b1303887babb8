"""Speech: a short tone, in the two formats that can be made without an encoder."""

import base64
import math
import struct
from collections.abc import Iterator

from providers.dialects.errors import BadField
from providers.dialects.fields import Fields

from .asked import model_in, text_in
from .replies import Reply, event, plain, streamed
from .words import words_in

MOST_CHARACTERS = 4096
_RATE = 24_000
_SAMPLES = _RATE // 5
_HERTZ = 440
_LOUDNESS = 6000


def answer(fields: Fields, now: int) -> Reply:
    model_in(fields)
    text = text_in(fields, "input", most=MOST_CHARACTERS)
    fields.need("voice", "a voice's name")
    if not isinstance(fields.any("voice"), str | dict):
        raise BadField("voice must be a voice's name.", field="voice")
    fields.number("speed", 0.25, 4)
    # OpenAI's default is mp3. Silence about the format is answered with what there is.
    form = fields.text("response_format") or "wav"
    if form not in ("pcm", "wav"):
        raise BadField("The mock speaks wav and pcm only.", field="response_format")
    sound = _TONE if form == "pcm" else _HEAD + _TONE
    if fields.one_of("stream_format", ("audio", "sse")) == "sse":
        return streamed(_events(sound, words_in(text)))
    return plain(sound, b"audio/" + form.encode())


def _events(sound: bytes, words: int) -> Iterator[bytes]:
    half = len(sound) // 2
    for piece in (sound[:half], sound[half:]):
        audio = base64.b64encode(piece).decode()
        yield event({"type": "speech.audio.delta", "audio": audio})
    usage = {"input_tokens": words, "output_tokens": words, "total_tokens": 2 * words}
    yield event({"type": "speech.audio.done", "usage": usage})


def _tone() -> bytes:
    waves = (math.sin(2 * math.pi * _HERTZ * at / _RATE) for at in range(_SAMPLES))
    return struct.pack(f"<{_SAMPLES}h", *(int(_LOUDNESS * wave) for wave in waves))


def _head(size: int) -> bytes:
    """Return the head of a WAV file of `size` bytes of 16-bit mono sound."""
    form = struct.pack("<IHHIIHH", 16, 1, 1, _RATE, 2 * _RATE, 2, 16)
    start = b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt "
    return start + form + b"data" + struct.pack("<I", size)


_TONE = _tone()
_HEAD = _head(len(_TONE))
