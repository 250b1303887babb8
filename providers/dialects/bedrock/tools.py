"""The tools a model may call, and whether it must."""

import re
from typing import Any

from providers.dialects.conversation import Ask, Choosing, Tool
from providers.dialects.errors import Unsayable
from providers.dialects.grammars import told_arguments

from .content import cache_point
from .models import Family, caches_tools

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def tell_tools(ask: Ask, family: Family, body: dict[str, Any]) -> None:
    """Add the tools and the choice to the body. Raises `Unsayable`."""
    if not ask.tools:
        return
    tools: list[dict[str, Any]] = []
    for tool in ask.tools:
        tools.append({"toolSpec": _spec(tool)})
        if tool.cache and caches_tools(family):
            tools += cache_point(tool.cache, family)
    body["toolConfig"] = {"tools": tools}
    # Others cannot be kept from calling several tools at once, which callers that ask for
    # one can read: their clients ask for it always.
    if ask.parallel_tool_calls is False and family is Family.CLAUDE:
        _tell_one_at_a_time(ask, body)
    elif choice := _choice(ask):
        body["toolConfig"]["toolChoice"] = choice


def _spec(tool: Tool) -> dict[str, Any]:
    if not _NAME.fullmatch(tool.name):
        raise Unsayable(
            "Amazon Bedrock takes up to 64 letters, digits, underscores and hyphens as"
            " the name of a tool.",
            field=f"{tool.at}.name",
        )
    spec: dict[str, Any] = {"name": tool.name}
    if tool.description:
        spec["description"] = tool.description
    schema, strict = told_arguments(tool)
    spec["inputSchema"] = {"json": schema}
    if strict:
        spec["strict"] = True
    return spec


def _choice(ask: Ask) -> dict[str, Any] | None:
    """Return the choice; None for the usual one, which not every model can be told."""
    choice = ask.tool_choice
    match choice.how if choice else Choosing.AUTO:
        case Choosing.AUTO:
            return None
        case Choosing.ANY:
            return {"any": {}}
        case Choosing.NAMED:
            return {"tool": {"name": choice.name if choice else ""}}
        case Choosing.NONE:
            raise Unsayable(
                "Amazon Bedrock cannot keep a model from calling the tools it is given;"
                " leave the tools out.",
                field=choice.at if choice else ask.name_of("tool_choice"),
            )


def _tell_one_at_a_time(ask: Ask, body: dict[str, Any]) -> None:
    # Anthropic's own choice says both, and must not meet another one in `toolConfig`.
    match _choice(ask):
        case {"any": _}:
            choice: dict[str, Any] = {"type": "any"}
        case {"tool": {"name": name}}:
            choice = {"type": "tool", "name": name}
        case _:
            choice = {"type": "auto"}
    fields = body.setdefault("additionalModelRequestFields", {})
    fields["tool_choice"] = {**choice, "disable_parallel_tool_use": True}
