import pytest

from providers.operations import Operation

from .asking import ask_json, refused_field

RERANK = Operation.RERANK
ASKED = {
    "query": "red house",
    "documents": ["a red house", {"text": "blue"}, "The House", "Red-house!"],
}


async def ranked(**fields):
    _, answer = await ask_json(RERANK, **{**ASKED, **fields})
    return [(each["index"], each["relevance_score"]) for each in answer["results"]]


async def test_it_answers_in_the_shape_of_jina_and_cohere():
    status, answer = await ask_json(RERANK, **ASKED, return_documents=True, top_n=1)

    assert status == 200
    assert answer.pop("id").startswith("rerank-")
    assert answer == {
        "model": "mock-1",
        "results": [
            {"index": 0, "relevance_score": 1.0, "document": {"text": "a red house"}}
        ],
        "usage": {"prompt_tokens": 15, "total_tokens": 15},
    }


async def test_the_more_words_in_common_the_better():
    assert await ranked() == [(0, 1.0), (3, 1.0), (2, 0.5), (1, 0.0)]


@pytest.mark.parametrize(("top", "count"), [(1, 1), (3, 3), (4, 4), (99, 4)])
async def test_only_the_best_are_returned(top, count):
    assert len(await ranked(top_n=top)) == count


async def test_documents_are_returned_only_when_they_are_asked_for():
    _, answer = await ask_json(RERANK, **ASKED)

    assert not any("document" in each for each in answer["results"])


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"query": ""}, "query"),
        ({"query": None}, "query"),
        ({"documents": []}, "documents"),
        ({"documents": "a"}, "documents"),
        ({"documents": ["a", 3]}, "documents[1]"),
        ({"documents": [{"txt": "a"}]}, "documents[0]"),
        ({"documents": ["a"] * 10_001}, "documents"),
        ({"documents": ["a" * 2**22], "return_documents": True}, "documents"),
        ({"top_n": 0}, "top_n"),
        ({"return_documents": 1}, "return_documents"),
    ],
)
async def test_what_is_wrong_is_named(fields, field):
    assert await refused_field(RERANK, **{**ASKED, **fields}) == field
