"""OpenAI's embeddings, asked of Gemini's `batchEmbedContents`."""

import base64
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from providers.dialects import lenient
from providers.dialects.errors import Unsayable
from providers.dialects.fields import Fields, wrong
from providers.dialects.written import written
from providers.errors import UpstreamBroken
from providers.types import Usage

from . import tokens

# Gemini refuses a larger batch.
_MOST_TEXTS = 100
_Vector = Sequence[float]


@dataclass(frozen=True, slots=True)
class EmbeddingAsk:
    """`encoded` asks for base64 of the numbers instead of the numbers."""

    model: str
    texts: tuple[str, ...]
    dimensions: int | None
    encoded: bool


@dataclass(frozen=True, slots=True)
class Embedded:
    """`usage` is None when the provider stated none."""

    vectors: tuple[_Vector, ...]
    usage: Usage | None


def ask_of(body: Mapping[str, Any]) -> EmbeddingAsk:
    """Read OpenAI's request. Raises an `AskError`."""
    fields = Fields(body)
    fields.need("model", "a model's name")
    fields.need("input", "a text or a list of texts")
    model = fields.text("model") or ""
    encoding = fields.one_of("encoding_format", ("float", "base64"))
    dimensions = fields.count("dimensions")
    # Whose request it is changes no vector.
    fields.any("user")
    texts = _texts(fields.any("input"))
    for name in fields.rest():
        raise Unsayable(f"The model's provider cannot be told {name}.", field=name)
    return EmbeddingAsk(model, texts, dimensions, encoding == "base64")


def _texts(given: Any) -> tuple[str, ...]:
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts:
        raise wrong("input", "a text or a list of texts", given)
    if isinstance(texts[0], int | list):
        raise Unsayable(
            "input must be text: the model's provider has tokens of its own.",
            field="input",
        )
    if len(texts) > _MOST_TEXTS:
        raise Unsayable(
            f"input has {len(texts)} texts; the model's provider takes"
            f" {_MOST_TEXTS} at once.",
            field="input",
        )
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            raise wrong(f"input[{index}]", "a text", text)
    return tuple(texts)


def render(ask: EmbeddingAsk, model: str) -> bytes:
    """Return the body of a batch for the model named as the provider does."""
    each: dict[str, Any] = {"model": f"models/{model.removeprefix('models/')}"}
    if ask.dimensions is not None:
        each["outputDimensionality"] = ask.dimensions
    return written(
        {
            "requests": [
                {**each, "content": {"parts": [{"text": text}]}} for text in ask.texts
            ]
        }
    )


def parse(data: bytes, ask: EmbeddingAsk) -> Embedded:
    """Read the provider's answer. Raises `UpstreamBroken`."""
    answer = lenient.object_in(data)
    vectors = tuple(
        _vector(each.get("values")) for each in lenient.objects(answer, "embeddings")
    )
    if len(vectors) != len(ask.texts):
        raise UpstreamBroken("the answer has not one embedding for each text")
    return Embedded(vectors, tokens.usage_of(answer))


def _vector(values: Any) -> _Vector:
    if not isinstance(values, list) or not values:
        raise UpstreamBroken("an embedding has no values")
    if not all(type(each) in (int, float) and math.isfinite(each) for each in values):
        raise UpstreamBroken("an embedding has values that are no numbers")
    return values


def answer(embedded: Embedded, ask: EmbeddingAsk, usage: Usage | None) -> bytes:
    """Return OpenAI's answer; `usage` is what was stated or else counted."""
    body: dict[str, Any] = {
        "object": "list",
        "data": [
            {
                "object": "embedding",
                "index": index,
                "embedding": _encoded(vector) if ask.encoded else vector,
            }
            for index, vector in enumerate(embedded.vectors)
        ],
        "model": ask.model,
    }
    if usage is not None:
        spent = usage.prompt_tokens
        body["usage"] = {"prompt_tokens": spent, "total_tokens": spent}
    return orjson.dumps(body)


def _encoded(vector: _Vector) -> str:
    try:
        return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
    except OverflowError as error:
        raise UpstreamBroken("an embedding has values that are too large") from error
