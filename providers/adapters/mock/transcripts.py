"""Transcriptions and translations: the name and the size of the file; the mock cannot hear."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from providers.dialects.errors import BadField
from providers.dialects.fields import Fields
from providers.multipart import Form

from .asked import as_fields, model_in
from .replies import Reply, event, plain, streamed, whole
from .words import words_in, words_of

_FORMATS = ("json", "srt", "text", "verbose_json", "vtt")
_TEXT = b"text/plain; charset=utf-8"
# How long the mock takes any file to be, and how many bytes make a token of it.
_SECONDS = 1
_BYTES_PER_TOKEN = 1024


@dataclass(frozen=True, slots=True)
class Kind:
    noun: str
    task: str
    may_stream: bool


TRANSCRIPTION = Kind("transcription", "transcribe", may_stream=True)
TRANSLATION = Kind("translation", "translate", may_stream=False)


def answer(kind: Kind, form: Form, now: int) -> Reply:
    fields = as_fields(form)
    model_in(fields)
    file = form.file("file")
    if file is None:
        raise BadField("file must be a file.", field="file")
    form_of_answer = fields.one_of("response_format", _FORMATS) or "json"
    text = f"This is a mock {kind.noun} of {file.filename}, {file.size} bytes."
    usage = _usage(text, file.size)
    if _wants_stream(fields, kind):
        return streamed(_events(text, usage))
    match form_of_answer:
        case "json":
            return whole({"text": text, "usage": usage})
        case "verbose_json":
            return whole(_verbose(text, kind.task, fields.text("language")))
        case "srt":
            cue = f"1\n00:00:00,000 --> 00:00:0{_SECONDS},000\n{text}\n\n"
            return plain(cue.encode(), _TEXT)
        case "vtt":
            cue = f"WEBVTT\n\n00:00:00.000 --> 00:00:0{_SECONDS}.000\n{text}\n\n"
            return plain(cue.encode(), _TEXT)
        case _:
            return plain(f"{text}\n".encode(), _TEXT)


def _wants_stream(fields: Fields, kind: Kind) -> bool:
    stream = fields.flag("stream") or False
    if stream and not kind.may_stream:
        raise BadField("Translations cannot be streamed.", field="stream")
    return stream


def _usage(text: str, size: int) -> dict[str, Any]:
    heard, said = -(-size // _BYTES_PER_TOKEN), words_in(text)
    return {
        "type": "tokens",
        "input_tokens": heard,
        "input_token_details": {"text_tokens": 0, "audio_tokens": heard},
        "output_tokens": said,
        "total_tokens": heard + said,
    }


def _verbose(text: str, task: str, language: str | None) -> dict[str, Any]:
    segment = {
        "id": 0,
        "seek": 0,
        "start": 0.0,
        "end": float(_SECONDS),
        "text": text,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": 0.0,
        "compression_ratio": 1.0,
        "no_speech_prob": 0.0,
    }
    return {
        "task": task,
        "language": language or "english",
        "duration": float(_SECONDS),
        "text": text,
        "segments": [segment],
        "usage": {"type": "duration", "seconds": _SECONDS},
    }


def _events(text: str, usage: dict[str, Any]) -> Iterator[bytes]:
    for word in words_of(text):
        yield event({"type": "transcript.text.delta", "delta": word})
    yield event({"type": "transcript.text.done", "text": text, "usage": usage})
