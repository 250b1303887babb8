"""`countTokens`: a conversation to be counted instead of answered."""

from collections.abc import Mapping
from typing import Any

import orjson

from providers.dialects.conversation import Ask
from providers.dialects.errors import BadField

from .asking import read
from .spelling import ProtoFields


def parse(body: Mapping[str, Any]) -> Ask:
    """Return what is to be counted; `model` comes from the URL and is there already.

    Raises `BadField`, like a request for an answer.
    """
    model = body["model"]
    rest = {k: v for k, v in body.items() if k not in ("model", "stream")}
    asked = ProtoFields(rest)
    request = asked.object("generateContentRequest")
    if request is None:
        return read(asked, model=model, stream=False)
    if "contents" in asked:
        path = asked.path("contents")
        raise BadField(
            f"{path} cannot be given with a generateContentRequest.", field=path
        )
    # The model once more, which stands in the URL already.
    request.any("model")
    return read(request, model=model, stream=False)


def answer(tokens: int) -> bytes:
    return orjson.dumps({"totalTokens": tokens})
