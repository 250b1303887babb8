import json

import pytest

from gateway_project.dataplane.asks.asked import Asked
from gateway_project.dataplane.passages import Passing
from providers.dialects.openai.sides import ERRORS
from providers.errors import UpstreamBroken
from providers.operations import Operation
from providers.types import Endpoint, Target, Timeouts, Usage

TARGET = Target(
    provider="acme",
    kind="OPENAI",
    endpoint=Endpoint("http", "127.0.0.1", 1),
    base_path="/v1",
    upstream_model="m",
    timeouts=Timeouts(),
    secret="",
)
USAGE = {"prompt_tokens": 3, "total_tokens": 3}
SHORT = json.dumps({"data": [], "usage": USAGE}).encode()
LONG = json.dumps({"data": [0.5] * 50_000, "usage": USAGE}).encode()


def passing(operation: Operation) -> Passing:
    body = b'{"model":"m","input":"hello"}'
    return Passing(Asked(operation, body, json.loads(body), "m"), ERRORS, TARGET)


@pytest.mark.parametrize("body", [SHORT, LONG, b"\n" + LONG + b"\n"])
def test_vectors_pass_as_they_are_and_are_metered(body):
    assert passing(Operation.EMBEDDINGS).whole(body) == (body, Usage(3))


@pytest.mark.parametrize(
    "body",
    [SHORT[:-1], LONG[:99_999], LONG[1:], b'"' + LONG, b'{"error":{"message":"no"}}'],
    ids=["half", "half of much", "other half of much", "much else", "error"],
)
def test_what_is_no_answer_is_the_providers_failure(body):
    with pytest.raises(UpstreamBroken):
        passing(Operation.EMBEDDINGS).whole(body)


@pytest.mark.parametrize("operation", [Operation.SPEECH, Operation.TRANSCRIPTIONS])
def test_sound_and_subtitles_need_be_no_json(operation):
    body, _ = passing(operation).whole(b"WEBVTT")

    assert body == b"WEBVTT"
