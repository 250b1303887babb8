"""Embeddings: unit vectors from a hash, the same for the same text, near for none."""

import base64
import hashlib
import math
import struct
from typing import Any, NamedTuple

from providers.dialects.errors import BadField
from providers.dialects.fields import Fields

from .asked import count_in, model_in
from .replies import Reply, check_size, whole
from .words import words_in

MOST_INPUTS = 2048
MOST_DIMENSIONS = 4096
_DIMENSIONS = 256
_DIGITS = 7


class _Input(NamedTuple):
    key: bytes
    tokens: int


def answer(fields: Fields, now: int) -> Reply:
    model = model_in(fields)
    inputs = _inputs(fields.any("input"))
    dimensions = count_in(fields, "dimensions", most=MOST_DIMENSIONS) or _DIMENSIONS
    encoding = fields.one_of("encoding_format", ("base64", "float")) or "float"
    bytes_each = _DIGITS + 4 if encoding == "float" else 6
    check_size(len(inputs) * dimensions * bytes_each, "input")
    tokens = sum(each.tokens for each in inputs)
    return whole(
        {
            "object": "list",
            "data": [
                {
                    "object": "embedding",
                    "index": index,
                    "embedding": _written(_vector(each.key, dimensions), encoding),
                }
                for index, each in enumerate(inputs)
            ],
            "model": model,
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
        }
    )


def _inputs(value: Any) -> list[_Input]:
    match value:
        case str() if value:
            return [_text(value)]
        case [int(), *_] if _are_tokens(value):
            return [_tokens(value)]
        case [_, *_] if len(value) > MOST_INPUTS:
            raise BadField(
                f"input must not hold more than {MOST_INPUTS} texts.", field="input"
            )
        case [str(), *_] if all(isinstance(each, str) and each for each in value):
            return list(map(_text, value))
        case [list(), *_] if all(map(_are_tokens, value)):
            return list(map(_tokens, value))
        case _:
            raise BadField(
                "input must be a text, a list of tokens, or a list of either, nothing of it empty.",
                field="input",
            )


def _are_tokens(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(type(each) is int and 0 <= each < 2**32 for each in value)
    )


def _text(text: str) -> _Input:
    return _Input(b"text" + text.encode(), words_in(text))


def _tokens(tokens: list[int]) -> _Input:
    return _Input(b"tokens" + struct.pack(f"<{len(tokens)}I", *tokens), len(tokens))


def _vector(key: bytes, dimensions: int) -> list[float]:
    """Return a vector whose direction, cut short, is that of the shorter one."""
    digest = hashlib.shake_256(key).digest(2 * dimensions)
    # Odd numbers: none is 0, so the length never is.
    numbers = [number | 1 for number in struct.unpack(f"<{dimensions}h", digest)]
    length = math.hypot(*numbers)
    return [round(number / length, _DIGITS) for number in numbers]


def _written(vector: list[float], encoding: str) -> list[float] | str:
    if encoding == "float":
        return vector
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
