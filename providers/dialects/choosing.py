"""Whether what a caller says of its tools' choice fits the tools it gives."""

from collections.abc import Sequence

from .conversation import Choosing, Tool, ToolChoice
from .errors import BadField


def fitting(choice: ToolChoice | None, tools: Sequence[Tool]) -> ToolChoice | None:
    """Return the choice; None where there is nothing to choose. Raises `BadField`."""
    if choice is None:
        return None
    if not tools:
        if choice.how in (Choosing.ANY, Choosing.NAMED):
            raise BadField(
                f"{choice.at} asks for a call, but there are no tools.", field=choice.at
            )
        return None
    if choice.how is Choosing.NAMED and all(t.name != choice.name for t in tools):
        raise BadField(f"{choice.at} names none of the tools.", field=choice.at)
    return choice
