import pytest
from openai.types import Completion

from providers.operations import Operation

from .asking import ask_json, events_of, refused_field

COMPLETIONS = Operation.COMPLETIONS
SAID = "This is a mock response from mock-1. You said: 'hello there'"


async def test_it_answers_in_openais_shape():
    status, answer = await ask_json(COMPLETIONS, prompt="hello there")

    assert status == 200
    assert answer.pop("id").startswith("cmpl-")
    assert answer == {
        "object": "text_completion",
        "created": 1_800_000_000,
        "model": "mock-1",
        "choices": [
            {"index": 0, "text": SAID, "logprobs": None, "finish_reason": "stop"}
        ],
        "usage": {"prompt_tokens": 2, "completion_tokens": 11, "total_tokens": 13},
    }


@pytest.mark.parametrize(
    ("prompt", "quoted"),
    [
        ("", [""]),
        ([1, 20, 300], ["1 20 300"]),
        (["a", "b c"], ["a", "b c"]),
        ([[1], [2, 3]], ["1", "2 3"]),
    ],
)
async def test_every_prompt_is_answered(prompt, quoted):
    _, answer = await ask_json(COMPLETIONS, prompt=prompt, n=2)

    texts = [choice.text for choice in Completion.model_validate(answer).choices]
    assert texts == [
        f"This is a mock response from mock-1. You said: '{text}'"
        for text in quoted
        for _ in range(2)
    ]


async def test_a_prompt_may_be_repeated_first():
    _, answer = await ask_json(COMPLETIONS, prompt="once", echo=True, max_tokens=3)

    [choice] = answer["choices"]
    assert (choice["text"], choice["finish_reason"]) == ("once This is a", "length")


@pytest.mark.parametrize(
    "fields",
    [{"prompt": "hello there"}, {"prompt": ["a", "b"], "n": 2, "max_tokens": 4}],
)
async def test_streamed_and_plain_answers_agree(fields):
    _, plain = await ask_json(COMPLETIONS, **fields)
    chunks = await events_of(
        COMPLETIONS, **fields, stream_options={"include_usage": True}
    )

    texts, reasons = {}, {}
    for choice in [each for chunk in chunks for each in chunk["choices"]]:
        index = choice["index"]
        texts[index] = texts.get(index, "") + choice["text"]
        reasons[index] = choice["finish_reason"]
    assert texts == {each["index"]: each["text"] for each in plain["choices"]}
    assert reasons == {
        each["index"]: each["finish_reason"] for each in plain["choices"]
    }
    assert chunks[-1]["usage"] == plain["usage"]
    assert {chunk["usage"] for chunk in chunks[:-1]} == {None}


async def test_usage_is_streamed_only_when_it_is_asked_for():
    chunks = await events_of(COMPLETIONS, prompt="hi")

    assert not any("usage" in chunk for chunk in chunks)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "prompt"),
        ({"prompt": []}, "prompt"),
        ({"prompt": [1, "a"]}, "prompt"),
        ({"prompt": ["a", 1]}, "prompt"),
        ({"prompt": [[1], "a"]}, "prompt"),
        ({"prompt": [True]}, "prompt"),
        ({"prompt": ["a"] * 65, "n": 2}, "prompt"),
        ({"prompt": "x" * 2**22}, "prompt"),
        ({"prompt": "a", "n": 0}, "n"),
        ({"prompt": "a", "max_tokens": -1}, "max_tokens"),
        ({"prompt": "a", "echo": "yes"}, "echo"),
    ],
)
async def test_what_is_wrong_is_named(fields, field):
    assert await refused_field(COMPLETIONS, **fields) == field
