import pytest

from providers.dialects.choosing import fitting
from providers.dialects.conversation import Choosing, Tool, ToolChoice
from providers.dialects.errors import BadField

TOOLS = (Tool("look"),)


@pytest.mark.parametrize("how", [Choosing.ANY, Choosing.NAMED])
def test_a_call_cannot_be_demanded_where_there_are_no_tools(how: Choosing) -> None:
    with pytest.raises(BadField) as refusal:
        fitting(ToolChoice(how, "look", at="tool_choice"), ())

    assert refusal.value.field == "tool_choice"


@pytest.mark.parametrize("how", [Choosing.AUTO, Choosing.NONE])
def test_without_tools_there_is_nothing_to_choose(how: Choosing) -> None:
    assert fitting(ToolChoice(how), ()) is None


def test_a_choice_must_name_one_of_the_tools() -> None:
    with pytest.raises(BadField):
        fitting(ToolChoice(Choosing.NAMED, "search"), TOOLS)


@pytest.mark.parametrize("how", Choosing)
def test_a_choice_among_tools_is_as_it_was(how: Choosing) -> None:
    choice = ToolChoice(how, "look")

    assert fitting(choice, TOOLS) is choice
