import base64
import math
import struct

import pytest
from openai.types import CreateEmbeddingResponse

from providers.operations import Operation

from .asking import ask_json, refused_field

EMBEDDINGS = Operation.EMBEDDINGS


async def vectors(**fields):
    status, answer = await ask_json(EMBEDDINGS, **fields)
    assert status == 200
    if "encoding_format" not in fields:
        CreateEmbeddingResponse.model_validate(answer)
    assert [each["index"] for each in answer["data"]] == [*range(len(answer["data"]))]
    return [each["embedding"] for each in answer["data"]]


async def test_it_answers_in_openais_shape():
    _, answer = await ask_json(EMBEDDINGS, input="hello there", dimensions=2)

    [x, y] = answer["data"][0].pop("embedding")
    assert answer == {
        "object": "list",
        "data": [{"object": "embedding", "index": 0}],
        "model": "mock-1",
        "usage": {"prompt_tokens": 2, "total_tokens": 2},
    }
    assert math.hypot(x, y) == pytest.approx(1)


@pytest.mark.parametrize("dimensions", [1, 2, 255, 256, 4096])
async def test_a_vector_is_as_long_as_was_asked_and_its_length_is_one(dimensions):
    [vector] = await vectors(input="a text", dimensions=dimensions)

    assert len(vector) == dimensions
    assert math.hypot(*vector) == pytest.approx(1, abs=1e-4)


async def test_without_a_wish_it_has_256():
    assert len((await vectors(input="a"))[0]) == 256


async def test_the_same_text_has_the_same_vector_and_another_has_another():
    one, two, three = await vectors(input=["a", "b", "a"])

    assert one == three != two
    assert [one] == await vectors(input="a")
    assert abs(sum(x * y for x, y in zip(one, two, strict=True))) < 0.5


async def test_a_shorter_vector_is_the_start_of_the_longer_one_scaled():
    [long] = await vectors(input="a", dimensions=100)
    [short] = await vectors(input="a", dimensions=10)

    size = math.hypot(*long[:10])
    assert short == pytest.approx([each / size for each in long[:10]], abs=1e-5)


@pytest.mark.parametrize(
    ("value", "count", "tokens"),
    [
        ("one two", 1, 2),
        (["one", "one two"], 2, 3),
        ([5, 6, 7], 1, 3),
        ([[5], [6, 7]], 2, 3),
    ],
)
async def test_every_kind_of_input_is_taken(value, count, tokens):
    _, answer = await ask_json(EMBEDDINGS, input=value)

    assert len(answer["data"]) == count
    assert answer["usage"] == {"prompt_tokens": tokens, "total_tokens": tokens}


async def test_base64_holds_the_same_numbers():
    [floats] = await vectors(input="a")
    [packed] = await vectors(input="a", encoding_format="base64")

    unpacked = struct.unpack("<256f", base64.b64decode(packed))
    assert list(unpacked) == pytest.approx(floats, abs=1e-7)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "input"),
        ({"input": ""}, "input"),
        ({"input": []}, "input"),
        ({"input": ["a", ""]}, "input"),
        ({"input": ["a", 1]}, "input"),
        ({"input": [1, "a"]}, "input"),
        ({"input": [-1]}, "input"),
        ({"input": [2**32]}, "input"),
        ({"input": [True]}, "input"),
        ({"input": [[]]}, "input"),
        ({"input": ["a"] * 2049}, "input"),
        ({"input": ["a"] * 2048, "dimensions": 4096}, "input"),
        ({"input": "a", "dimensions": 0}, "dimensions"),
        ({"input": "a", "dimensions": 4097}, "dimensions"),
        ({"input": "a", "encoding_format": "hex"}, "encoding_format"),
    ],
)
async def test_what_is_wrong_is_named(fields, field):
    assert await refused_field(EMBEDDINGS, **fields) == field


async def test_as_many_texts_as_openai_takes_are_answered_in_base64():
    found = await vectors(input=["a"] * 2048, encoding_format="base64")

    assert len(found) == 2048
