import pytest
from openai.types import ModerationCreateResponse

from providers.operations import Operation

from .asking import ask_json, refused_field

MODERATIONS = Operation.MODERATIONS
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


async def results(value):
    status, answer = await ask_json(MODERATIONS, input=value)
    assert status == 200
    assert answer["id"].startswith("modr-")
    ModerationCreateResponse.model_validate(answer)
    return answer["results"]


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("a kind word", False),
        ("violence", True),
        ("No Violence, please", True),
        ("nonviolence", False),
    ],
)
async def test_the_word_violence_is_flagged_and_nothing_else(text, flagged):
    [result] = await results(text)

    assert result["flagged"] is flagged
    assert [name for name, is_so in result["categories"].items() if is_so] == (
        ["violence"] if flagged else []
    )
    assert (result["category_scores"]["violence"] > 0.5) is flagged
    assert len(result["categories"]) == len(result["category_scores"]) == 13


async def test_each_text_has_its_result_and_parts_have_one_together():
    assert [each["flagged"] for each in await results(["a", "violence"])] == [
        False,
        True,
    ]
    [together] = await results([{"type": "text", "text": "violence"}, IMAGE])
    assert together["flagged"] is True
    read = together["category_applied_input_types"]
    assert (read["violence"], read["hate"]) == (["text", "image"], ["text"])


@pytest.mark.parametrize(
    "value",
    [None, "", [], [1], ["a", 1], [{"type": "text"}], [IMAGE, "a"], ["a"] * 3000],
)
async def test_an_input_that_is_wrong_is_named(value):
    assert await refused_field(MODERATIONS, input=value) == "input"
