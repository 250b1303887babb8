"""Moderations: a text is flagged for violence when it says "violence", and for nothing else."""

import re
import secrets
from typing import Any

from providers.dialects.errors import BadField
from providers.dialects.fields import Fields

from .asked import model_in
from .replies import Reply, check_size, whole

_CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/instructions",
    "self-harm/intent",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
)
_FOR_IMAGES = frozenset(
    {
        "self-harm",
        "self-harm/instructions",
        "self-harm/intent",
        "sexual",
        "violence",
        "violence/graphic",
    }
)
_FLAGGED = re.compile(r"\bviolence\b", re.IGNORECASE)
# About as long as one result is.
_RESULT_BYTES = 1500


def answer(fields: Fields, now: int) -> Reply:
    model = model_in(fields)
    inputs = _inputs(fields.any("input"))
    check_size(len(inputs) * _RESULT_BYTES, "input")
    return whole(
        {
            "id": f"modr-{secrets.token_hex(12)}",
            "model": model,
            "results": [_result(texts, images) for texts, images in inputs],
        }
    )


def _inputs(value: Any) -> list[tuple[list[str], bool]]:
    """Return for each result the texts it is about, and whether there are images."""
    match value:
        case str() if value:
            return [([value], False)]
        case [str(), *_] if all(isinstance(each, str) for each in value):
            return [([each], False) for each in value]
        case [dict(), *_] if all(map(_is_part, value)):
            texts = [part["text"] for part in value if part["type"] == "text"]
            return [(texts, len(texts) < len(value))]
        case _:
            raise BadField(
                "input must be a text, a list of texts or a list of text and image_url parts.",
                field="input",
            )


def _is_part(value: Any) -> bool:
    match value:
        case {"type": "text", "text": str()}:
            return True
        case {"type": "image_url", "image_url": {"url": str()}}:
            return True
        case _:
            return False


def _result(texts: list[str], images: bool) -> dict[str, Any]:
    flagged = any(_FLAGGED.search(text) for text in texts)
    return {
        "flagged": flagged,
        "categories": {name: flagged and name == "violence" for name in _CATEGORIES},
        "category_scores": {
            name: 0.98 if flagged and name == "violence" else 0.0001
            for name in _CATEGORIES
        },
        "category_applied_input_types": {
            name: _read(name, bool(texts), images) for name in _CATEGORIES
        },
    }


def _read(category: str, texts: bool, images: bool) -> list[str]:
    kinds = ["text"] if texts else []
    return [*kinds, "image"] if images and category in _FOR_IMAGES else kinds
