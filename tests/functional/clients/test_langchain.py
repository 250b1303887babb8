"""What LangChain makes of OpenAI's dialect: objects, and the newer endpoint."""

import pytest
from langchain_openai import OpenAIEmbeddings
from pydantic import BaseModel

from tests.far_side.openai import vector_of
from tests.functional.upstreams import GEMINI, OPENAI

from .speakers.langchain import LangChain, told, whole
from .speakers.speaker import HELLO


class City(BaseModel):
    """A city."""

    city: str
    people: int


ZURICH = City(city="Zürich", people=7)


@pytest.fixture
def chat(house, key):
    return LangChain(house.url, key).chat


def test_an_object_is_made_by_its_schema(chat, upstream):
    asked = chat(upstream.called()).with_structured_output(City)

    assert asked.invoke(HELLO) == ZURICH


def test_an_object_is_made_of_a_call(chat, upstream):
    model = chat(upstream.called())
    asked = model.with_structured_output(City, method="function_calling")

    assert asked.invoke(HELLO) == ZURICH


def test_responses_say_and_cost_the_same(chat, upstream):
    asked = chat(upstream.called(), use_responses_api=True)

    assert told(whole(asked, HELLO)) == told(asked.invoke(HELLO))


@pytest.mark.parametrize("upstream", [OPENAI, GEMINI], ids=lambda each: each.slug)
def test_vectors_are_made_of_texts(house, key, upstream):
    embeddings = OpenAIEmbeddings(
        model=upstream.called(),
        base_url=f"{house.url}/v1",
        api_key=key,
        dimensions=4,
        max_retries=0,
        # With the length checked it would split texts into tokens of OpenAI's.
        check_embedding_ctx_length=False,
    )

    assert embeddings.embed_documents(["a", "b c"]) == [
        vector_of("a", 4),
        vector_of("b c", 4),
    ]
