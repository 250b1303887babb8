"""What litellm has of its own: JSON by a schema, and vectors."""

import litellm
import pytest
from pydantic import BaseModel

from tests.far_side.openai import vector_of
from tests.functional.upstreams import GEMINI, OPENAI

from .speakers.chat import ASKED
from .speakers.litellm import LiteLLMAnthropic, LiteLLMOpenAI


class City(BaseModel):
    city: str
    people: int


ZURICH = City(city="Zürich", people=7)


@pytest.mark.parametrize(
    "speaker",
    [LiteLLMOpenAI, LiteLLMAnthropic],
    ids=lambda each: each.name,
    indirect=True,
)
def test_an_answer_keeps_to_its_schema(speaker, upstream):
    answer = speaker.complete(upstream.called(), ASKED, response_format=City)

    assert City.model_validate_json(answer.choices[0].message.content) == ZURICH


@pytest.mark.parametrize("upstream", [OPENAI, GEMINI], ids=lambda each: each.slug)
def test_vectors_are_made_of_texts(house, key, upstream):
    found = litellm.embedding(
        model=f"openai/{upstream.called()}",
        input=["a", "b c"],
        api_base=f"{house.url}/v1",
        api_key=key,
        encoding_format="float",
    )

    vectors = [each["embedding"] for each in found.data]
    assert vectors == [vector_of("a", 8), vector_of("b c", 8)]
