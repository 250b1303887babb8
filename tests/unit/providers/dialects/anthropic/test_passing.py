"""What Anthropic has not signed does not pass to it; all else passes as it is."""

import json

import pytest

from providers.dialects.anthropic import seals
from providers.dialects.anthropic.passing import own_reasoning_only
from providers.dialects.conversation import Signature, Thinking

SAID = {"type": "text", "text": "Hello"}
CALL = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"n": 1.0}}
OWN = [
    {"type": "thinking", "thinking": "Hm", "signature": "EqQB+/=="},
    {"type": "redacted_thinking", "data": "EmwKAhgB"},
]
STRANGE = [
    seals.thinking_block(Thinking("Hm", Signature("gemini", "abc="))),
    seals.thinking_block(Thinking("Hm", Signature("bedrock", "abc="))),
    seals.thinking_block(Thinking("", Signature("openai", "abc="))),
    seals.thinking_block(Thinking("Hm", None)),
    seals.call_block(Signature("gemini", "abc=")),
]


def passed(*contents):
    fields = {
        "model": "m",
        "messages": [{"role": "assistant", "content": each} for each in contents],
        "max_tokens": 5,
    }
    body = json.dumps(fields).encode()
    after = own_reasoning_only(body)
    assert json.loads(after) | {"messages": 0} == fields | {"messages": 0}
    return [each["content"] for each in json.loads(after)["messages"]], after == body


@pytest.mark.parametrize("block", OWN)
def test_its_own_reasoning_passes_to_the_byte(block):
    assert passed([block, SAID], "text") == ([[block, SAID], "text"], True)


@pytest.mark.parametrize("block", STRANGE)
def test_that_of_others_does_not(block):
    assert passed([block, *OWN, SAID, CALL]) == ([[*OWN, SAID, CALL]], False)


@pytest.mark.parametrize("block", STRANGE)
def test_a_message_of_nothing_else_goes_whole(block):
    assert passed([block], [SAID]) == ([[SAID]], False)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"messages": None, "data": ""},
        {"messages": "x", "data": ""},
        {"messages": [None, 1, {"content": "x"}], "data": ""},
        {"messages": [{"content": [None, {"type": "image", "data": ""}]}]},
        {"messages": [{"content": [{"type": "thinking", "signature": 5}]}], "data": ""},
        {"messages": [], "data": "gemini.x"},
    ],
)
def test_what_is_not_as_expected_is_left_to_the_provider(fields):
    body = json.dumps(fields, separators=(",", ":")).encode()

    assert own_reasoning_only(body) is body
