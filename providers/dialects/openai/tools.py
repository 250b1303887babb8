"""Reading the functions a model may call, and which of them it must."""

from typing import TypedDict

from providers.dialects.caching import cache_of
from providers.dialects.choosing import fitting
from providers.dialects.conversation import Choosing, Tool, ToolChoice
from providers.dialects.errors import BadField, Unsayable
from providers.dialects.fields import Fields, wrong
from providers.dialects.openai_sampling import Unsaid, leave

_WORDS = {"auto": Choosing.AUTO, "none": Choosing.NONE, "required": Choosing.ANY}


class Tools(TypedDict):
    tools: tuple[Tool, ...]
    tool_choice: ToolChoice | None
    parallel_tool_calls: bool | None


def tools_of(fields: Fields, unsaid: Unsaid) -> tuple[Tools, dict[str, str]]:
    """Return the tools, and what the caller calls them when in the words of before 2023."""
    if "functions" in fields:
        if "tools" in fields:
            raise BadField("Give tools or functions, not both.", field="functions")
        return _functions(fields), {
            "tools": "functions",
            "tool_choice": "function_call",
        }
    tools = tuple(_tool(each, unsaid) for each in fields.objects("tools"))
    # Several calls at once are what every dialect allows unless told otherwise.
    parallel = False if fields.flag("parallel_tool_calls") is False else None
    return {
        "tools": tools,
        "tool_choice": _choice(fields, "tool_choice", tools),
        "parallel_tool_calls": parallel if tools else None,
    }, {}


def _functions(fields: Fields) -> Tools:
    tools = tuple(_function(each, each.at) for each in fields.objects("functions"))
    return {
        "tools": tools,
        "tool_choice": _choice(fields, "function_call", tools),
        # An answer of that time has room for one call, and is shown the first.
        "parallel_tool_calls": None,
    }


def _tool(fields: Fields, unsaid: Unsaid) -> Tool:
    kind = fields.needed_text("type")
    if kind != "function":
        at = fields.path("type")
        raise Unsayable(f"{at}: only functions can be told as tools.", field=at)
    fields.need("function", "an object")
    function = Fields(fields.any("function"), fields.path("function"))
    tool = _function(function, fields.at, cache_of(fields) or cache_of(function))
    leave(function, unsaid)
    leave(fields, unsaid)
    return tool


def _function(fields: Fields, at: str, cache: str = "") -> Tool:
    return Tool(
        name=fields.needed_text("name"),
        description=fields.text("description") or "",
        schema=fields.mapping("parameters"),
        strict=fields.flag("strict"),
        at=at,
        cache=cache,
    )


def _choice(fields: Fields, name: str, tools: tuple[Tool, ...]) -> ToolChoice | None:
    value = fields.any(name)
    return None if value is None else fitting(_chosen(value, name), tools)


def _chosen(value: object, name: str) -> ToolChoice:
    if isinstance(value, str) and value in _WORDS:
        return ToolChoice(_WORDS[value], at=name)
    if not isinstance(value, dict):
        raise wrong(name, "auto, none, required or an object", value)
    fields = Fields(value, name)
    if name == "function_call":
        return ToolChoice(Choosing.NAMED, fields.needed_text("name"), name)
    kind = fields.needed_text("type")
    if kind != "function":
        at = fields.path("type")
        raise Unsayable(f"{at}: only one function can be chosen.", field=at)
    fields.need("function", "an object")
    function = Fields(fields.any("function"), fields.path("function"))
    return ToolChoice(Choosing.NAMED, function.needed_text("name"), name)
