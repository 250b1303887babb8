"""Reranking: a document is worth as much as it has of the query's words."""

import re
import secrets
from typing import Any

from providers.dialects.errors import BadField
from providers.dialects.fields import Fields

from .asked import count_in, model_in, text_in
from .replies import Reply, check_size, whole
from .words import size_of, words_in

MOST_DOCUMENTS = 10_000
_RESULT_BYTES = 60
_WORDS = re.compile(r"\w+")


def answer(fields: Fields, now: int) -> Reply:
    model = model_in(fields)
    query = text_in(fields, "query")
    documents = _documents(fields.items("documents"))
    top = count_in(fields, "top_n") or len(documents)
    shown = fields.flag("return_documents") is True
    asked = _words(query)
    scores = [_score(asked, _words(text)) for text in documents]
    # Sorting is stable: of two alike, the one that was given first stays first.
    order = sorted(range(len(documents)), key=lambda at: -scores[at])[:top]
    texts = sum(size_of(documents[at]) for at in order) if shown else 0
    check_size(texts + len(order) * _RESULT_BYTES, "documents")
    tokens = words_in(query) * len(documents) + sum(map(words_in, documents))
    return whole(
        {
            "id": f"rerank-{secrets.token_hex(12)}",
            "model": model,
            "results": [
                _result(at, scores[at], documents[at] if shown else None)
                for at in order
            ],
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
        }
    )


def _documents(values: list[Any] | None) -> list[str]:
    if not values or len(values) > MOST_DOCUMENTS:
        raise BadField(
            f"documents must be a list of 1 to {MOST_DOCUMENTS} texts.",
            field="documents",
        )
    return [_text(value, index) for index, value in enumerate(values)]


def _text(value: Any, index: int) -> str:
    match value:
        case str() | {"text": str()}:
            return value if isinstance(value, str) else str(value["text"])
        case _:
            raise BadField(
                f"documents[{index}] must be a text or an object with a text.",
                field=f"documents[{index}]",
            )


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(text.lower()))


def _score(asked: frozenset[str], found: frozenset[str]) -> float:
    return round(len(asked & found) / len(asked), 6) if asked else 0.0


def _result(index: int, score: float, text: str | None) -> dict[str, Any]:
    document = {} if text is None else {"document": {"text": text}}
    return {"index": index, "relevance_score": score, **document}
