import base64
import struct
from typing import Any

import orjson
import pytest

from providers.dialects.errors import AskError, BadField, MissingField, Unsayable
from providers.dialects.gemini.embeddings import (
    Embedded,
    EmbeddingAsk,
    answer,
    ask_of,
    parse,
    render,
)
from providers.errors import UpstreamBroken
from providers.types import Usage

ASK = EmbeddingAsk("house/e", ("a", "b"), None, False)
VALUES = {"embeddings": [{"values": [0.5, -1]}, {"values": [0.25, 2.0]}]}


def test_a_request_is_read_and_told_as_a_batch():
    body = {
        "model": "house/e",
        "input": ["a", "b"],
        "dimensions": 256,
        "encoding_format": "base64",
        "user": "ana",
    }

    ask = ask_of(body)

    assert ask == EmbeddingAsk("house/e", ("a", "b"), 256, True)
    assert orjson.loads(render(ask, "gemini-embedding-001")) == {
        "requests": [
            {
                "model": "models/gemini-embedding-001",
                "outputDimensionality": 256,
                "content": {"parts": [{"text": text}]},
            }
            for text in ("a", "b")
        ]
    }


def test_one_text_is_a_batch_of_one():
    ask = ask_of({"model": "e", "input": "a", "encoding_format": "float"})

    assert ask == EmbeddingAsk("e", ("a",), None, False)
    assert orjson.loads(render(ask, "models/e")) == {
        "requests": [{"model": "models/e", "content": {"parts": [{"text": "a"}]}}]
    }


REFUSED: list[tuple[dict[str, Any], type[AskError], str]] = [
    ({"input": [1, 2]}, Unsayable, "input"),
    ({"input": [[1, 2]]}, Unsayable, "input"),
    ({"input": ["a"] * 101}, Unsayable, "input"),
    ({"input": "a", "input_type": "query"}, Unsayable, "input_type"),
    ({"input": []}, BadField, "input"),
    ({"input": {}}, BadField, "input"),
    ({"input": ["a", 1]}, BadField, "input[1]"),
    ({"input": "a", "dimensions": 0}, BadField, "dimensions"),
    ({"input": "a", "encoding_format": "hex"}, BadField, "encoding_format"),
    ({}, MissingField, "input"),
]


@pytest.mark.parametrize(("body", "error", "field"), REFUSED, ids=str)
def test_what_cannot_be_embedded_is_refused_by_name(body, error, field):
    with pytest.raises(error) as caught:
        ask_of({"model": "e", **body})

    assert caught.value.field == field


def test_an_answer_is_told_in_openais_way():
    embedded = parse(
        orjson.dumps(VALUES | {"usageMetadata": {"promptTokenCount": 4}}), ASK
    )

    assert embedded == Embedded(([0.5, -1], [0.25, 2.0]), Usage(4, 0))
    assert orjson.loads(answer(embedded, ASK, embedded.usage)) == {
        "object": "list",
        "data": [
            {"object": "embedding", "index": 0, "embedding": [0.5, -1]},
            {"object": "embedding", "index": 1, "embedding": [0.25, 2.0]},
        ],
        "model": "house/e",
        "usage": {"prompt_tokens": 4, "total_tokens": 4},
    }


def test_base64_is_of_little_endian_floats():
    encoded = EmbeddingAsk("house/e", ("a", "b"), None, True)

    embedded = parse(orjson.dumps(VALUES), encoded)
    found = orjson.loads(answer(embedded, encoded, None))

    data = [base64.b64decode(each["embedding"]) for each in found["data"]]
    assert data == [struct.pack("<2f", 0.5, -1), struct.pack("<2f", 0.25, 2.0)]
    assert embedded.usage is None
    assert "usage" not in found


BROKEN: list[Any] = [
    [],
    {},
    {"embeddings": [{"values": [1.0]}]},
    {"embeddings": [{"values": [1.0]}, {"values": []}]},
    {"embeddings": [{"values": [1.0]}, {"values": ["1"]}]},
    {"embeddings": [{"values": [1.0]}, {"values": [True]}]},
    {"embeddings": [{"values": [1.0]}, {}]},
]


@pytest.mark.parametrize("body", BROKEN, ids=str)
def test_an_answer_without_a_vector_for_each_text_is_broken(body):
    with pytest.raises(UpstreamBroken):
        parse(orjson.dumps(body), ASK)


def test_a_number_too_large_to_encode_is_the_providers_fault():
    encoded = EmbeddingAsk("house/e", ("a",), None, True)

    with pytest.raises(UpstreamBroken):
        answer(Embedded(([1e300],), None), encoded, None)
