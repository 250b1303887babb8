import json

import pytest

from providers.operations import Operation
from providers.types import Usage
from providers.usage.answers import usage_of

from .wire import REQUEST, plain

ASKED = b'{"input":["Where is the harbour?"]}'
COUNTED = Usage(5, 0, estimated=True)
VECTORS = [
    {"index": 0, "embedding": [0.25, -1.5e-3]},
    {"index": 1, "embedding": "AAA="},
]
TOKENS = {"total_tokens": 100, "input_tokens": 60, "output_tokens": 40}


@pytest.mark.parametrize(
    ("operation", "answer", "usage"),
    [
        ("EMBEDDINGS", {"data": VECTORS, "usage": {"prompt_tokens": 8, "total_tokens": 8}}, Usage(8)),
        ("EMBEDDINGS", {"usage": {"total_tokens": 8}, "data": VECTORS}, Usage(8)),
        ("EMBEDDINGS", {"usage": {"prompt_tokens": 8, "prompt_tokens_details": {"audio": 0}}}, Usage(8)),
        ("EMBEDDINGS", {"usage": {"prompt_tokens": 0}}, Usage(0)),
        ("EMBEDDINGS", {"usage": {"prompt_tokens": "8"}}, COUNTED),
        ("EMBEDDINGS", {"usage": [8]}, COUNTED),
        ("EMBEDDINGS", {"data": VECTORS}, COUNTED),
        ("GEMINI_EMBED", {"embedding": {"values": [1.0]}}, COUNTED),
        ("GEMINI_EMBED_BATCH", {"usageMetadata": {"promptTokenCount": 8}}, Usage(8)),
        ("RERANK", {"results": [], "usage": {"total_tokens": 15}}, Usage(15)),
        ("RERANK", {"results": [], "meta": {"billed_units": {"search_units": 1}}}, Usage()),
        ("RERANK", {"results": []}, COUNTED),
        ("IMAGES", {"data": [{"b64_json": "AAAA"}], "usage": TOKENS}, Usage(60, 40)),
        ("IMAGES", {"data": [{"revised_prompt": '"usage": {}', "url": "x"}]}, COUNTED),
        ("IMAGE_EDITS", {"usage": {**TOKENS, "input_tokens_details": {"image_tokens": 50}}}, Usage(60, 40)),
        ("TRANSCRIPTIONS", {"text": "hello", "usage": {"type": "tokens", **TOKENS}}, Usage(60, 40)),
        ("TRANSCRIPTIONS", {"text": "hello world"}, Usage(5, 2, estimated=True)),
        ("TRANSLATIONS", {"text": "hello world", "segments": [{"text": "hello"}]}, Usage(5, 2, estimated=True)),
        ("MODERATIONS", {"results": [{"flagged": False}]}, COUNTED),
        ("MESSAGES_COUNT", {"input_tokens": 12}, Usage()),
        ("GENERATE_COUNT", {"totalTokens": 12}, Usage()),
    ],
)  # fmt: skip
def test_an_answer_takes_what_it_says_or_what_was_asked(operation, answer, usage):
    assert plain(Operation[operation], answer, ASKED) == usage


@pytest.mark.parametrize(
    "answer", [b"", b"\xff\xfb\x90\x44", b'"usage":{', b'{"usage":' + b"{" * 9000]
)
@pytest.mark.parametrize("operation", Operation)
def test_every_operation_has_an_answer_for_anything(operation, answer):
    usage = usage_of(operation, answer, REQUEST)

    counts_nothing = operation in (Operation.MESSAGES_COUNT, Operation.GENERATE_COUNT)
    assert usage.estimated is not counts_nothing


def test_subtitles_count_as_text():
    answer = b"1\n00:00:00,000 --> 00:00:01,000\nhello world\n"

    assert usage_of(Operation.TRANSCRIPTIONS, answer, b"").completion_tokens > 2


def test_speech_is_counted_by_what_was_to_be_said():
    request = b'{"input":"Where is the harbour?","voice":"alloy"}'

    assert usage_of(Operation.SPEECH, b"RIFF....", request) == COUNTED


def test_what_a_user_wrote_states_no_usage():
    said = {"revised_prompt": 'a sign: "usage":{"input_tokens":1,"output_tokens":1}'}

    assert usage_of(Operation.IMAGES, json.dumps(said).encode(), ASKED) == COUNTED
