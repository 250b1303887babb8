"""What Gemini has not signed does not pass to it; all else passes as it is."""

import base64
import json

import pytest

from providers.dialects.conversation import Signature
from providers.dialects.gemini.passing import own_reasoning_only
from providers.dialects.gemini.signatures import to_caller

SAID = {"text": "Hello"}
CALL = {"functionCall": {"name": "weather", "args": {"n": 1.0}}}
OWN = base64.b64encode(bytes(range(250, 256)) * 4).decode()
OTHERS = ["anthropic", "bedrock", "openai"]
NAMES = ["thoughtSignature", "thought_signature"]

signed = pytest.mark.parametrize(
    ("issuer", "name"), [(issuer, name) for issuer in OTHERS for name in NAMES]
)


def strange(issuer: str) -> str:
    return to_caller(Signature(issuer, "EqQB+/=="))


MARK = {"thoughtSignature": strange("openai")}


def passed(*parts):
    fields = {
        "contents": [{"role": "model", "parts": each} for each in parts],
        "generationConfig": {"topK": 5},
    }
    body = json.dumps(fields).encode()
    after = own_reasoning_only(body)
    assert json.loads(after) | {"contents": 0} == fields | {"contents": 0}
    return [each["parts"] for each in json.loads(after)["contents"]], after == body


@pytest.mark.parametrize("name", NAMES)
def test_its_own_signatures_pass_to_the_byte(name):
    parts = [{**CALL, name: OWN}, {"text": "Hm", "thought": True, name: OWN}]

    assert passed(parts) == ([parts], True)


@signed
def test_reasoning_signed_by_another_goes(issuer, name):
    thought = {"text": "Hm", "thought": True, name: strange(issuer)}
    end = {"text": "", name: strange(issuer)}

    assert passed([thought, SAID, end, CALL]) == ([[SAID, CALL]], False)


@signed
def test_of_what_else_another_signed_the_signature_goes(issuer, name):
    parts = [{**CALL, name: strange(issuer)}, {**SAID, name: strange(issuer)}]

    assert passed(parts) == ([[CALL, SAID]], False)


@signed
def test_the_alphabet_for_urls_is_read_too(issuer, name):
    value = strange(issuer).replace("+", "-").replace("/", "_")

    assert passed([{**CALL, name: value}]) == ([[CALL]], False)


@signed
def test_a_content_of_nothing_else_goes_whole(issuer, name):
    thought = {"text": "Hm", "thought": True, name: strange(issuer)}

    assert passed([thought], [SAID]) == ([[SAID]], False)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"contents": {"parts": [CALL]}, **MARK},
        {"contents": [None, 1, {"parts": "x"}, {"parts": [None, 2]}], **MARK},
        {"contents": [{"parts": [{"thoughtSignature": 5, "text": "x"}]}], **MARK},
        {"contents": [], **MARK},
    ],
)
def test_what_is_not_as_expected_is_left_to_the_provider(fields):
    body = json.dumps(fields, separators=(",", ":")).encode()

    assert own_reasoning_only(body) is body
