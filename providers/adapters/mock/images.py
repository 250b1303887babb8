"""Images: PNG files of one colour, as large as was asked for."""

import base64
import re
from collections.abc import Iterator
from typing import Any

from providers.dialects.errors import BadField
from providers.dialects.fields import Fields
from providers.multipart import Form

from .asked import as_fields, count_in, model_in, text_in
from .pictures import png
from .replies import Reply, event, streamed, whole
from .words import words_in

MOST_IMAGES = 4
MOST_PIXELS_A_SIDE = 4096
_SIZE = re.compile(r"([1-9][0-9]{0,3})x([1-9][0-9]{0,3})")


def answer(fields: Fields, now: int) -> Reply:
    return _answer(fields, now, "image_generation.completed", images_in=0)


def answer_edit(form: Form, now: int) -> Reply:
    given = [file for file in form.files if file.name.partition("[")[0] == "image"]
    if not given:
        raise BadField("image must be one or more files.", field="image")
    return _answer(as_fields(form), now, "image_edit.completed", images_in=len(given))


def _answer(fields: Fields, now: int, kind: str, *, images_in: int) -> Reply:
    model_in(fields)
    prompt = text_in(fields, "prompt")
    images = count_in(fields, "n", most=MOST_IMAGES) or 1
    width, height = _size(fields)
    _check_format(fields)
    as_url = fields.one_of("response_format", ("b64_json", "url")) == "url"
    data = base64.b64encode(png(width, height, prompt)).decode()
    about = {
        "background": "opaque",
        "output_format": "png",
        "quality": "low",
        "size": f"{width}x{height}",
        "usage": _usage(words_in(prompt), images_in, images),
    }
    if fields.flag("stream"):
        told = {"type": kind, "b64_json": data, "created_at": now, **about}
        return streamed(_events(told, images))
    # There is no place to fetch it from: the URL holds the picture.
    shown = {"url": f"data:image/png;base64,{data}"} if as_url else {"b64_json": data}
    return whole({"created": now, "data": [shown] * images, **about})


def _size(fields: Fields) -> tuple[int, int]:
    size = fields.text("size") or "auto"
    found = _SIZE.fullmatch("1024x1024" if size == "auto" else size)
    if not found or max(int(found[1]), int(found[2])) > MOST_PIXELS_A_SIDE:
        raise BadField(
            f"size must be auto or WIDTHxHEIGHT, up to {MOST_PIXELS_A_SIDE} each.",
            field="size",
        )
    return int(found[1]), int(found[2])


def _check_format(fields: Fields) -> None:
    if fields.text("output_format") not in (None, "png"):
        raise BadField("The mock draws png only.", field="output_format")


def _usage(words: int, images_in: int, images_out: int) -> dict[str, Any]:
    return {
        "input_tokens": words + images_in,
        "input_tokens_details": {"text_tokens": words, "image_tokens": images_in},
        "output_tokens": images_out,
        "total_tokens": words + images_in + images_out,
    }


def _events(told: dict[str, Any], images: int) -> Iterator[bytes]:
    for _ in range(images):
        yield event(told)
