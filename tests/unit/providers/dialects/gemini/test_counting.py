import orjson
import pytest

from providers.dialects.errors import BadField
from providers.dialects.gemini import counting
from providers.dialects.gemini.sides import CALLER

CONTENTS = [{"parts": [{"text": "Hi"}]}]


def test_contents_alone_are_a_request():
    ask = counting.parse({"contents": CONTENTS, "model": "m"})

    assert ask == CALLER.parse({"contents": CONTENTS, "model": "m", "stream": False})


def test_a_whole_request_is_counted_and_named_by_its_place():
    request = {"model": "models/other", "contents": CONTENTS, "systemInstruction": "Be"}

    ask = counting.parse({"generate_content_request": request, "model": "m"})

    assert ask.model == "m"
    assert [turn.at for turn in ask.turns] == [
        "generate_content_request.systemInstruction",
        "generate_content_request.contents[0]",
    ]
    assert ask.unsaid == {}


def test_only_one_of_both_may_be_given():
    body = {"contents": CONTENTS, "generateContentRequest": {}, "model": "m"}

    with pytest.raises(BadField) as caught:
        counting.parse(body)

    assert caught.value.field == "contents"


def test_the_answer_is_a_number():
    assert orjson.loads(counting.answer(42)) == {"totalTokens": 42}
