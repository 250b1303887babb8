"""What every client is told, whoever serves the model, and what is sent and written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from tests.far_side import FarSide, Received
from tests.functional.upstreams import BEDROCK, GEMINI, UPSTREAMS, Upstream

from .books import Books, Record
from .speakers.speaker import HELLO, Speaker, Told

# What the far side says to it, and counts: a quarter of the prompt comes from its cache.
ANSWER = Told(
    text=f"The far side heard: {HELLO} Ça va, 日本 🚀?",
    prompt=8,
    completion=16,
    cached=2,
)


@dataclass(frozen=True)
class Exchange:
    """The same question asked twice: plain and streamed."""

    answers: tuple[Told, Told]
    sent: tuple[Received, Received]
    records: tuple[Record, Record]


@pytest.fixture(scope="module")
def exchanges(
    speaker: Speaker, far: FarSide, books: Books
) -> Mapping[Upstream, Exchange]:
    """Ask every upstream, and wait for the books once."""
    began = datetime.now(UTC)
    far.forget()
    answers = {
        upstream: (
            speaker.plain(upstream.called()),
            speaker.streamed(upstream.called()),
        )
        for upstream in UPSTREAMS
    }
    records = iter(books.since(began, calls=2 * len(UPSTREAMS)))
    sent = iter(far.requests)
    return {
        upstream: Exchange(
            both, (next(sent), next(sent)), (next(records), next(records))
        )
        for upstream, both in answers.items()
    }


@pytest.fixture
def exchange(exchanges: Mapping[Upstream, Exchange], upstream: Upstream) -> Exchange:
    return exchanges[upstream]


def test_the_whole_answer_is_told_with_its_usage(exchange):
    plain, _ = exchange.answers

    assert plain == ANSWER


def test_a_streamed_answer_says_and_costs_the_same(exchange):
    plain, streamed = exchange.answers

    assert streamed == plain


def test_the_provider_is_asked_in_its_own_way(exchange, speaker, upstream, key):
    for received, stream in zip(exchange.sent, speaker.streams, strict=True):
        assert received.method == "POST"
        assert received.path == upstream.base + path_of(speaker, upstream, stream)
        assert model_in(received, upstream) == upstream.model
        # How Bedrock is signed, the far side verifies.
        if upstream is not BEDROCK:
            secret = received.headers[upstream.header]
            assert secret.removeprefix("Bearer ") == upstream.secret
        assert key not in str(received) + received.body.decode()


def path_of(speaker: Speaker, upstream: Upstream, stream: bool) -> str:
    if speaker.native_path and speaker.passes_to == upstream.kind:
        return speaker.native_path
    if upstream is GEMINI and stream:
        return upstream.path.replace("generateContent", "streamGenerateContent")
    if upstream is BEDROCK and stream:
        return f"{upstream.path}-stream"
    return upstream.path


def model_in(received: Received, upstream: Upstream) -> str:
    if upstream in (GEMINI, BEDROCK):
        # It stands in the path, which was compared.
        assert "model" not in received.json
        return upstream.model
    return received.json["model"]


def test_the_books_say_what_the_client_was_told(exchange, speaker, upstream):
    told = zip(exchange.answers, exchange.records, speaker.streams, strict=True)
    for answer, record, stream in told:
        assert record == Record(
            endpoint=speaker.endpoint.format(
                model=upstream.called(),
                method="streamGenerateContent" if stream else "generateContent",
            ),
            model=upstream.called(),
            provider=upstream.slug,
            stream=stream,
            status=200,
            error="",
            prompt_tokens=answer.prompt,
            completion_tokens=answer.completion,
            cached_tokens=answer.cached,
            reasoning_tokens=0,
            usage_estimated=False,
        )
