"""What only OpenAI's client has: answers read by a schema, vectors, and responses."""

import base64
import struct
from datetime import UTC, datetime

import openai
import pytest
from pydantic import BaseModel

from tests.far_side.openai import vector_of
from tests.functional.upstreams import ANTHROPIC, BEDROCK, GEMINI, OPENAI, UPSTREAMS

from .speakers.socket import turn
from .speakers.speaker import HELLO

ASKED = [{"role": "user", "content": HELLO}]
EMBEDDING = pytest.mark.parametrize(
    "upstream", [OPENAI, GEMINI], ids=lambda each: each.slug
)
TRANSLATED = pytest.mark.parametrize(
    "upstream", [ANTHROPIC, GEMINI, BEDROCK], ids=lambda each: each.slug
)


class City(BaseModel):
    city: str
    people: int


ZURICH = City(city="Zürich", people=7)


@pytest.fixture(scope="module")
def client(house, key):
    with openai.OpenAI(
        base_url=f"{house.url}/v1", api_key=key, max_retries=0
    ) as client:
        yield client


def test_an_answer_is_read_by_its_schema(client, upstream):
    asked = {"model": upstream.called(), "messages": ASKED, "response_format": City}

    plain = client.chat.completions.parse(**asked)
    with client.chat.completions.stream(**asked) as events:
        streamed = events.get_final_completion()

    assert plain.choices[0].message.parsed == ZURICH
    assert streamed.choices[0].message.parsed == ZURICH


def test_a_response_is_read_by_its_schema(client, upstream):
    asked = {"model": upstream.called(), "input": HELLO, "text_format": City}

    plain = client.responses.parse(**asked)
    with client.responses.stream(**asked) as events:
        streamed = events.get_final_response()

    assert plain.output_parsed == streamed.output_parsed == ZURICH


def test_what_was_read_by_a_schema_can_be_given_back(client, upstream, far):
    far.forget()
    asked = {"model": upstream.called(), "text_format": City}
    chat = {"model": upstream.called(), "response_format": City}

    answer = client.chat.completions.parse(**chat, messages=ASKED).choices[0].message
    client.chat.completions.parse(**chat, messages=[*ASKED, answer, *ASKED])
    response = client.responses.parse(**asked, input=HELLO)
    client.responses.parse(**asked, input=[*ASKED, *response.output, *ASKED])

    assert far.refusals == []


@EMBEDDING
def test_vectors_are_the_same_as_numbers_and_as_bytes(client, upstream):
    asked = {"model": upstream.called(), "input": ["a", "b c"], "dimensions": 5}

    numbers = client.embeddings.create(**asked, encoding_format="float")
    raw = client.embeddings.with_raw_response.create(**asked, encoding_format="base64")
    unasked = client.embeddings.create(**asked)

    vectors = [vector_of(text, 5) for text in asked["input"]]
    assert [each.embedding for each in numbers.data] == vectors
    # Unless told, the client asks for bytes and reads them itself.
    assert [each.embedding for each in unasked.data] == vectors
    packed = [base64.b64decode(each.embedding) for each in raw.parse().data]
    assert [list(struct.unpack("<5f", each)) for each in packed] == vectors
    assert numbers.usage == unasked.usage == raw.parse().usage
    assert numbers.usage.prompt_tokens > 0


def test_a_provider_without_embeddings_is_told_of(client):
    with pytest.raises(openai.BadRequestError) as refused:
        client.embeddings.create(model=ANTHROPIC.called(), input="a")

    assert refused.value.code == "operation_not_supported"


def test_a_response_goes_on_by_its_id_where_it_is_kept(client, far):
    first = client.responses.create(model=OPENAI.called(), input=HELLO)

    client.responses.create(
        model=OPENAI.called(), input="more", previous_response_id=first.id
    )

    told = far.last.json["previous_response_id"]
    assert told.startswith("resp_")
    assert told != first.id


@TRANSLATED
def test_a_response_goes_on_by_its_id_nowhere_else(client, upstream):
    first = client.responses.create(model=upstream.called(), input=HELLO)

    with pytest.raises(openai.BadRequestError) as refused:
        client.responses.create(
            model=upstream.called(), input="more", previous_response_id=first.id
        )

    assert refused.value.param == "previous_response_id"


def test_each_turn_of_a_socket_is_a_call_of_its_own(client, books):
    began = datetime.now(UTC)

    with client.responses.connect(max_retries=0) as socket:
        for upstream in UPSTREAMS:
            turn(socket, model=upstream.called(), input=HELLO)

    models = [record.model for record in books.since(began, calls=len(UPSTREAMS))]
    assert models == [upstream.called() for upstream in UPSTREAMS]


def test_the_books_tell_of_streams_that_broke(client, books, upstream):
    began = datetime.now(UTC)

    for order in ("cut-after-3", "error-after-3", "stop-after-3"):
        asked = {"model": upstream.called(order), "messages": ASKED, "stream": True}
        with pytest.raises(openai.APIError):
            list(client.chat.completions.create(**asked))

    records = books.since(began, calls=3)
    assert [record.error for record in records] == ["provider_broke_off"] * 3
    assert all(record.prompt_tokens and record.usage_estimated for record in records)


def test_the_models_are_listed(client):
    listed = {model.id for model in client.models.list()}

    assert listed > {upstream.called() for upstream in UPSTREAMS}
