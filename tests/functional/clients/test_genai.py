"""What only Google's client has: functions it calls itself, counting, and vectors."""

import pytest
from google import genai
from google.genai import errors, types
from pydantic import BaseModel

from tests.far_side.openai import vector_of
from tests.functional.upstreams import ANTHROPIC, BEDROCK, GEMINI, OPENAI, UPSTREAMS

from .speakers.speaker import HELLO, RESULTS


class City(BaseModel):
    city: str
    people: int


ZURICH = City(city="Zürich", people=7)


@pytest.fixture(scope="module")
def models(house, key):
    options = types.HttpOptions(base_url=house.url)
    with genai.Client(api_key=key, http_options=options) as client:
        yield client.models


@pytest.mark.parametrize("words", ["response_schema", "response_json_schema"])
def test_an_answer_is_read_by_its_schema(models, upstream, words):
    schema = City if words == "response_schema" else City.model_json_schema()
    config = types.GenerateContentConfig(
        response_mime_type="application/json", **{words: schema}
    )

    answer = models.generate_content(
        model=upstream.called(), contents=HELLO, config=config
    )

    assert City.model_validate_json(answer.text) == ZURICH


def test_a_function_is_called_by_the_client_itself(models, upstream, far):
    asked = []

    def weather(city: str) -> str:
        """Tell the weather."""
        asked.append(city)
        return RESULTS["weather"]

    far.forget()
    config = types.GenerateContentConfig(tools=[weather])
    answer = models.generate_content(
        model=upstream.called(), contents=HELLO, config=config
    )

    assert asked == ["Zürich"]
    assert answer.text.startswith("The far side heard: ")
    assert RESULTS["weather"] in far.last.body.decode()
    assert far.refusals == []


@pytest.mark.parametrize(
    "upstream", [ANTHROPIC, GEMINI, BEDROCK], ids=lambda each: each.slug
)
def test_thoughts_are_told_apart_from_the_answer(models, upstream):
    thinking = types.ThinkingConfig(include_thoughts=True)
    config = types.GenerateContentConfig(thinking_config=thinking)
    asked = {"model": upstream.called(), "contents": HELLO, "config": config}

    chunks = [models.generate_content(**asked)]
    streamed = list(models.generate_content_stream(**asked))

    told = [
        "".join(
            part.text or ""
            for chunk in each
            for part in chunk.candidates[0].content.parts or []
            if part.thought
        )
        for each in (chunks, streamed)
    ]
    assert told == ["Let me think: naïve café 🤔."] * 2


def test_tokens_are_counted_without_an_answer(models, upstream, far):
    far.forget()

    counted = models.count_tokens(model=upstream.called(), contents=HELLO)

    if upstream is GEMINI:
        assert counted.total_tokens == 8
        assert far.last.path.endswith("/models/gemini-far:countTokens")
    else:
        # By our own tokenizer.
        assert 8 <= counted.total_tokens <= 20
        assert far.requests == []


def test_vectors_come_from_a_provider_of_the_dialect(models, far):
    config = types.EmbedContentConfig(output_dimensionality=3)
    # Texts beside each other would be one content and have one vector.
    contents = [types.Content(parts=[types.Part(text=text)]) for text in ("a", "b c")]

    found = models.embed_content(
        model=GEMINI.called(), contents=contents, config=config
    )

    vectors = [each.values for each in found.embeddings]
    assert vectors == [vector_of("a", 3), vector_of("b c", 3)]
    assert far.last.path.startswith("/gemini/v1beta/models/gemini-far:")


def test_vectors_come_from_no_other(models):
    with pytest.raises(errors.ClientError, match="operation_not_supported"):
        models.embed_content(model=OPENAI.called(), contents="a")


def test_the_models_are_listed_and_shown(models):
    listed = {model.name for model in models.list()}

    assert listed > {f"models/{upstream.called()}" for upstream in UPSTREAMS}
    assert models.get(model=GEMINI.called()).name == f"models/{GEMINI.called()}"
