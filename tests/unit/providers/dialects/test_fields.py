import pytest

from providers.dialects.errors import BadField, MissingField
from providers.dialects.fields import MOST_COUNTED, Fields


@pytest.mark.parametrize("value", [0, -1, True, 1.0, "1", MOST_COUNTED + 1, 10**40])
def test_a_count_is_a_whole_number_that_can_be_written_again(value: object) -> None:
    with pytest.raises(BadField) as refusal:
        Fields({"n": value}, "at").count("n")

    assert refusal.value.field == "at.n"


@pytest.mark.parametrize("value", [-(2**63) - 1, 2**63, True, 1.0, "1"])
def test_a_whole_number_has_64_bits_at_most(value: object) -> None:
    with pytest.raises(BadField) as refusal:
        Fields({"seed": value}).whole("seed")

    assert refusal.value.field == "seed"


@pytest.mark.parametrize("value", [-(2**63), -1, 0, 2**63 - 1])
def test_a_seed_of_64_bits_is_read_as_it_is(value: int) -> None:
    assert Fields({"seed": value}).whole("seed") == value


def test_a_text_that_must_be_there_may_be_empty() -> None:
    assert Fields({"name": ""}).needed_text("name") == ""


def test_a_text_that_must_be_there_is_missed_by_its_path() -> None:
    with pytest.raises(MissingField) as refusal:
        Fields({"name": None}, "tools[0]").needed_text("name")

    assert refusal.value.field == "tools[0].name"
