"""What a request for a text completion means."""

import pytest

from providers.dialects.completions.sides import CALLER
from providers.dialects.conversation import Ask, Role, Text, Turn
from providers.dialects.errors import AskError, BadField, MissingField, Unsayable


def ask(**fields):
    return CALLER.parse({"model": "m", "prompt": "Once", **fields})


@pytest.mark.parametrize(
    ("prompt", "at"), [("Once", "prompt"), (["Once"], "prompt[0]")]
)
def test_a_prompt_is_what_a_user_says(prompt, at):
    found = ask(prompt=prompt)

    assert found.model == "m"
    assert found.turns == (Turn(Role.USER, (Text("Once", at),), at="prompt"),)


def test_every_field_is_understood():
    found = ask(
        max_tokens=7,
        temperature=0.5,
        top_p=0.9,
        n=2,
        stop="END",
        seed=3,
        presence_penalty=1,
        frequency_penalty=-1,
        stream=True,
        stream_options={"include_usage": True},
        user="ana",
        suffix="",
        echo=False,
        best_of=1,
        logit_bias={},
        logprobs=None,
    )

    assert found == Ask(
        model="m",
        turns=(Turn(Role.USER, (Text("Once", "prompt"),), at="prompt"),),
        max_tokens=7,
        temperature=0.5,
        top_p=0.9,
        choices=2,
        stop=("END",),
        seed=3,
        presence_penalty=1,
        frequency_penalty=-1,
        stream=True,
        stream_usage=True,
        names={"turns": "prompt", "choices": "n"},
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("suffix", "the end"),
        ("echo", True),
        ("best_of", 2),
        ("logprobs", 0),
        ("logprobs", 5),
        ("logit_bias", {"50256": -100}),
    ],
)
def test_what_only_a_text_completion_can_do_is_kept_to_be_refused(field, value):
    assert ask(**{field: value}).unsaid == {field: value}


@pytest.mark.parametrize(
    ("fields", "field", "kind"),
    [
        ({"model": None}, "model", MissingField),
        ({"prompt": None}, "prompt", MissingField),
        ({"prompt": ""}, "prompt", BadField),
        ({"prompt": []}, "prompt", BadField),
        ({"prompt": [""]}, "prompt[0]", BadField),
        ({"prompt": {"a": 1}}, "prompt", BadField),
        ({"prompt": [1, 2]}, "prompt", Unsayable),
        ({"prompt": [[1, 2]]}, "prompt", Unsayable),
        ({"prompt": ["a", "b"]}, "prompt", Unsayable),
        ({"echo": "yes"}, "echo", BadField),
        ({"suffix": 1}, "suffix", BadField),
        ({"best_of": 0}, "best_of", BadField),
        ({"max_tokens": "7"}, "max_tokens", BadField),
    ],
)
def test_what_is_wrong_is_refused_by_its_name(fields, field, kind):
    with pytest.raises(AskError) as refused:
        ask(**fields)

    assert type(refused.value) is kind
    assert refused.value.field == field
