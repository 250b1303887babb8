"""What OpenAI has not encrypted does not pass to it; all else passes as it is."""

import json

import pytest

from providers.dialects.responses.passing import own_reasoning_only

OPENAI_ID = "68c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6a7b8c9d0e1f2a3"
ASKED = {"role": "user", "content": "Hello"}
OWN = [
    {"type": "reasoning", "id": f"rs_{OPENAI_ID}", "encrypted_content": "gAAAAAB-_x="},
    {"type": "reasoning", "id": f"rs_{OPENAI_ID}", "summary": []},
    {"type": "message", "id": f"msg_{OPENAI_ID}", "role": "assistant", "content": []},
    {"type": "function_call", "id": f"fc_{OPENAI_ID}", "call_id": "call_a_1"},
    {"type": "item_reference", "id": f"msg_{OPENAI_ID}"},
]
STRANGE = [
    {"type": "reasoning", "id": "rs_a_0", "encrypted_content": "anthropic.EqQB=="},
    {"type": "reasoning", "id": "rs_a_0", "encrypted_content": "call.gemini.EqQB=="},
    {"type": "reasoning", "encrypted_content": "bedrock.EqQB=="},
    {"type": "reasoning", "id": "rs_msg_01A_0", "summary": [], "encrypted_content": ""},
    {"type": "reasoning", "id": "rs_msg_01A_12", "summary": []},
]


def passed(*items):
    fields = {"model": "m", "input": list(items), "store": False}
    body = json.dumps(fields).encode()
    after = own_reasoning_only(body)
    assert json.loads(after) | {"input": 0} == fields | {"input": 0}
    return json.loads(after)["input"], after == body


def test_its_own_items_pass_to_the_byte():
    assert passed(ASKED, *OWN) == ([ASKED, *OWN], True)


@pytest.mark.parametrize("item", STRANGE)
def test_reasoning_of_others_does_not(item):
    assert passed(ASKED, item, *OWN) == ([ASKED, *OWN], False)


@pytest.mark.parametrize("kind", ["message", "function_call"])
def test_an_id_that_we_gave_goes_and_its_item_stays(kind):
    item = {"type": kind, "call_id": "toolu_1", "status": "completed"}

    assert passed({**item, "id": "fc_msg_01A_2"}) == ([item], False)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"input": "Hello", "id": "rs_a_0"},
        {"input": [None, 1, {"id": 5}], "id": "rs_a_0"},
        {"input": [{"type": "reasoning", "encrypted_content": 5}], "id": "rs_a_0"},
        {"input": [], "id": "rs_a_0"},
    ],
)
def test_what_is_not_as_expected_is_left_to_the_provider(fields):
    body = json.dumps(fields, separators=(",", ":")).encode()

    assert own_reasoning_only(body) is body
