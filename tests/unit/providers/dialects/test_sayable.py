from typing import Any

import pytest

from providers.dialects.conversation import Ask, Role, Text, Turn
from providers.dialects.errors import Unsayable
from providers.dialects.sayable import (
    check_ends_with_user,
    check_holds_messages,
    check_sayable,
    check_temperature,
)

NAMES = {"choices": "n", "turns": "messages"}


def ask(*roles: Role, **said: Any) -> Ask:
    turns = tuple(
        Turn(role, (Text("a"),), at=f"messages[{index}]")
        for index, role in enumerate(roles)
    )
    return Ask(model="m", turns=turns, names=NAMES, **said)


def test_what_only_the_callers_dialect_has_is_refused_by_its_path() -> None:
    with pytest.raises(Unsayable, match=r"Gemini cannot be told audio\.voice\.") as no:
        check_sayable(ask(unsaid={"audio.voice": "x"}), "Gemini")

    assert no.value.field == "audio.voice"


@pytest.mark.parametrize(
    ("attribute", "value", "field"),
    [
        ("choices", 2, "n"),
        ("frequency_penalty", 0.5, "frequency_penalty"),
        ("logprobs", True, "logprobs"),
        ("presence_penalty", -0.5, "presence_penalty"),
        ("seed", 0, "seed"),
        ("top_k", 1, "top_k"),
        ("top_logprobs", 1, "top_logprobs"),
    ],
)
def test_what_a_provider_lacks_is_refused_when_it_is_said(
    attribute: str, value: object, field: str
) -> None:
    asked = ask(**{attribute: value})

    check_sayable(asked, "Gemini")
    with pytest.raises(Unsayable, match=f"Gemini has nothing like {field}") as refusal:
        check_sayable(asked, "Gemini", (attribute,))

    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("choices", 1), ("frequency_penalty", 0.0), ("logprobs", False), ("seed", None)],
)
def test_what_says_nothing_is_not_refused(attribute: str, value: object) -> None:
    check_sayable(ask(**{attribute: value}), "Gemini", (attribute,))


def test_a_temperature_is_refused_above_what_the_provider_takes() -> None:
    check_temperature(ask(temperature=1), "Anthropic", 1)
    with pytest.raises(Unsayable) as refusal:
        check_temperature(ask(temperature=1.1), "Anthropic", 1)

    assert refusal.value.field == "temperature"


@pytest.mark.parametrize("last", [Role.USER, Role.SYSTEM])
def test_a_conversation_may_end_with_all_but_the_models_own_turn(last: Role) -> None:
    check_ends_with_user(ask(Role.USER, Role.ASSISTANT, last))


def test_a_turn_of_the_model_that_it_would_go_on_with_is_refused() -> None:
    with pytest.raises(Unsayable) as refusal:
        check_ends_with_user(ask(Role.USER, Role.ASSISTANT))

    assert refusal.value.field == "messages[1]"


def test_a_conversation_of_which_nothing_is_left_is_refused() -> None:
    check_holds_messages(ask(Role.USER), 1)
    with pytest.raises(Unsayable) as refusal:
        check_holds_messages(ask(Role.USER), 0)

    assert refusal.value.field == "messages"
