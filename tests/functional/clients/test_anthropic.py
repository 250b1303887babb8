"""What only Anthropic's client has: counting, blocks of thought, and pages of models."""

import anthropic
import pytest
from pydantic import BaseModel

from tests.functional.upstreams import ANTHROPIC, BEDROCK, GEMINI, UPSTREAMS

from .speakers.speaker import HELLO

ASKED = {"messages": [{"role": "user", "content": HELLO}], "max_tokens": 4000}


class City(BaseModel):
    city: str
    people: int


ZURICH = City(city="Zürich", people=7)


@pytest.fixture(scope="module")
def client(house, key):
    with anthropic.Anthropic(base_url=house.url, api_key=key, max_retries=0) as client:
        yield client


def test_an_answer_is_read_by_its_schema(client, upstream):
    asked = {"model": upstream.called(), "output_format": City, **ASKED}

    plain = client.messages.parse(**asked)
    with client.messages.stream(**asked) as stream:
        streamed = stream.get_final_message()

    assert plain.parsed_output == streamed.parsed_output == ZURICH


@pytest.mark.parametrize(
    "upstream", [ANTHROPIC, GEMINI, BEDROCK], ids=lambda each: each.slug
)
def test_thinking_is_told_the_same_plain_and_streamed(client, upstream):
    thinking = {"type": "adaptive", "display": "summarized"}
    asked = {"model": upstream.called(), "thinking": thinking, **ASKED}

    plain = client.messages.create(**asked)
    with client.messages.stream(**asked) as stream:
        streamed = stream.get_final_message()

    thought, said = plain.content
    assert (thought.type, said.type) == ("thinking", "text")
    assert thought.thinking == "Let me think: naïve café 🤔."
    assert [each.to_dict() for each in streamed.content] == [
        each.to_dict() for each in plain.content
    ]
    assert streamed.usage.output_tokens == plain.usage.output_tokens == 22


def test_tokens_are_counted_without_an_answer(client, upstream, far):
    far.forget()

    counted = client.messages.count_tokens(
        model=upstream.called(), messages=ASKED["messages"], system="Be brief."
    )

    if upstream is ANTHROPIC:
        assert counted.input_tokens == 10
        assert far.last.path == "/anthropic/v1/messages/count_tokens"
    else:
        # By our own tokenizer.
        assert 8 <= counted.input_tokens <= 30
        assert far.requests == []


def test_the_models_are_listed_and_shown(client):
    listed = {model.id for model in client.models.list()}

    assert listed > {upstream.called() for upstream in UPSTREAMS}
    assert client.models.retrieve(ANTHROPIC.called()).id == ANTHROPIC.called()


def test_a_key_may_come_as_a_token(house, key):
    with anthropic.Anthropic(
        base_url=house.url, auth_token=key, max_retries=0
    ) as client:
        answer = client.messages.create(model=ANTHROPIC.called(), **ASKED)

    assert answer.stop_reason == "end_turn"
