import base64
import struct
import zlib

import orjson
import pytest
from openai.types import ImageEditCompletedEvent, ImageGenCompletedEvent, ImagesResponse

from providers.operations import Operation

from .asking import ask_form, ask_json, events_of, form_events, refused_field

IMAGES, EDITS = Operation.IMAGES, Operation.IMAGE_EDITS
PICTURE = ("image", ("a.png", b"\x89PNG\r\n\x1a\n"))


def size_of(png):
    """Return width and height of a PNG that is whole."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, chunks = 8, {}
    while at < len(png):
        size = int.from_bytes(png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        assert zlib.crc32(kind + data) == int.from_bytes(png[at + 8 + size :][:4])
        chunks[kind] = data
        at += 12 + size
    width, height, bits, colours = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (bits, colours, len(chunks[b"PLTE"])) == (1, 3, 3)
    assert len(zlib.decompress(chunks[b"IDAT"])) == height * (1 + (width + 7) // 8)
    return width, height


async def test_it_answers_in_openais_shape():
    status, answer = await ask_json(IMAGES, prompt="a red house")

    [image] = answer.pop("data")
    assert (status, image.keys()) == (200, {"b64_json"})
    assert size_of(base64.b64decode(image["b64_json"])) == (1024, 1024)
    assert answer == {
        "created": 1_800_000_000,
        "background": "opaque",
        "output_format": "png",
        "quality": "low",
        "size": "1024x1024",
        "usage": {
            "input_tokens": 3,
            "input_tokens_details": {"text_tokens": 3, "image_tokens": 0},
            "output_tokens": 1,
            "total_tokens": 4,
        },
    }


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("auto", (1024, 1024)),
        ("1x1", (1, 1)),
        ("1536x1024", (1536, 1024)),
        ("4096x4096", (4096, 4096)),
    ],
)
async def test_a_picture_is_as_large_as_was_asked(size, expected):
    _, answer = await ask_json(IMAGES, prompt="a", size=size, n=4)

    found = ImagesResponse.model_validate(answer).data
    assert [size_of(base64.b64decode(each.b64_json)) for each in found] == [
        expected
    ] * 4


async def test_a_url_holds_the_picture_itself():
    _, answer = await ask_json(IMAGES, prompt="a", response_format="url", size="2x3")

    head, _, data = answer["data"][0]["url"].partition(",")
    assert head == "data:image/png;base64"
    assert size_of(base64.b64decode(data)) == (2, 3)


async def test_the_prompt_decides_about_the_colour():
    first, again, other = [
        (await ask_json(IMAGES, prompt=prompt))[1]["data"] for prompt in "aab"
    ]

    assert first == again != other


async def test_a_streamed_picture_is_that_of_the_plain_answer():
    fields = {"prompt": "a", "n": 2}
    _, plain = await ask_json(IMAGES, **fields)
    events = await events_of(IMAGES, **fields)

    found = [ImageGenCompletedEvent.model_validate(event) for event in events]
    assert [each.b64_json for each in found] == [
        each["b64_json"] for each in plain["data"]
    ]
    assert events[0]["usage"] == plain["usage"]


async def test_an_edit_takes_files():
    more = [("image[]", ("b.png", b"1")), ("image[]", ("c.png", b"2"))]
    inbound = await ask_form(EDITS, *more, ("prompt", "a hat"), ("n", "2"))

    answer = orjson.loads(await inbound.read(2**20))
    assert inbound.status == 200
    assert len(ImagesResponse.model_validate(answer).data) == 2
    assert answer["usage"]["input_tokens_details"] == {
        "text_tokens": 2,
        "image_tokens": 2,
    }


async def test_a_streamed_edit_is_that_of_the_plain_answer():
    inbound = await ask_form(EDITS, PICTURE, ("prompt", "a"))
    plain = orjson.loads(await inbound.read(2**20))
    [event] = await form_events(EDITS, PICTURE, ("prompt", "a"))

    found = ImageEditCompletedEvent.model_validate(event)
    assert found.b64_json == plain["data"][0]["b64_json"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "prompt"),
        ({"prompt": " "}, "prompt"),
        ({"prompt": "a", "n": 5}, "n"),
        ({"prompt": "a", "n": "2"}, "n"),
        ({"prompt": "a", "size": "0x1"}, "size"),
        ({"prompt": "a", "size": "4097x1"}, "size"),
        ({"prompt": "a", "size": "large"}, "size"),
        ({"prompt": "a", "size": "1x\u0661"}, "size"),
        ({"prompt": "a", "response_format": "png"}, "response_format"),
        ({"prompt": "a", "output_format": "webp"}, "output_format"),
        ({"prompt": "a", "stream": "yes"}, "stream"),
    ],
)
async def test_what_is_wrong_is_named(fields, field):
    assert await refused_field(IMAGES, **fields) == field


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ([("prompt", "a")], "image"),
        ([("prompt", "a"), ("image", "text")], "image"),
        ([PICTURE], "prompt"),
        ([PICTURE, ("prompt", "a"), ("n", "many")], "n"),
        ([PICTURE, ("prompt", "a"), ("stream", "maybe")], "stream"),
    ],
)
async def test_what_is_wrong_with_an_edit_is_named(parts, field):
    inbound = await ask_form(EDITS, *parts)

    error = orjson.loads(await inbound.read(2**20))["error"]
    assert (inbound.status, error["param"]) == (400, field)
