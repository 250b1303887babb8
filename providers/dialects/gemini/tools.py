"""The functions a caller declares, and how the model is to choose among them."""

from dataclasses import replace
from typing import Any

from providers.dialects.conversation import Choosing, Tool, ToolChoice
from providers.dialects.errors import BadField

from .schemas import json_schema
from .spelling import ProtoFields

_MODES = {
    "MODE_UNSPECIFIED": None,
    "AUTO": Choosing.AUTO,
    "VALIDATED": Choosing.AUTO,
    "ANY": Choosing.ANY,
    "NONE": Choosing.NONE,
}


def tools(
    body: ProtoFields, unsaid: dict[str, Any]
) -> tuple[tuple[Tool, ...], ToolChoice | None]:
    """Return the functions and the choice; Google's own tools are added to `unsaid`."""
    declared: list[Tool] = []
    for group in body.objects("tools"):
        declared += [
            _tool(each, unsaid) for each in group.objects("functionDeclarations")
        ]
        unsaid.update(group.rest())
    config = body.object("toolConfig")
    calling = config.object("functionCallingConfig") if config else None
    if config:
        unsaid.update(config.rest())
    if calling is None:
        return tuple(declared), None
    choice, validated = _choice(calling, unsaid)
    if validated:
        declared = [replace(tool, strict=True) for tool in declared]
    return tuple(declared), choice


def _tool(given: ProtoFields, unsaid: dict[str, Any]) -> Tool:
    given.need("name", "a function's name")
    parameters = given.mapping("parameters")
    schema = given.mapping("parametersJsonSchema")
    if parameters is not None and schema is not None:
        path = given.path("parametersJsonSchema")
        raise BadField(f"{path} cannot be given with parameters.", field=path)
    if parameters is not None:
        schema = json_schema(parameters, given.path("parameters"))
    # What comes back is told when it does; Google's own client writes it for any function.
    given.any("response")
    given.any("responseJsonSchema")
    tool = Tool(
        name=given.text("name") or "",
        description=given.text("description") or "",
        schema=schema,
        at=given.at,
    )
    unsaid.update(given.rest())
    return tool


def _choice(
    calling: ProtoFields, unsaid: dict[str, Any]
) -> tuple[ToolChoice | None, bool]:
    """Return the choice, and whether arguments must be valid whatever the model chooses."""
    mode = calling.enum("mode", _MODES)
    how = _MODES[mode] if mode else None
    names = calling.texts("allowedFunctionNames")
    unsaid.update(calling.rest())
    if len(names) == 1 and how is Choosing.ANY:
        at = calling.path("allowedFunctionNames")
        return ToolChoice(Choosing.NAMED, names[0], at=at), False
    if names:
        unsaid[calling.path("allowedFunctionNames")] = names
    choice = ToolChoice(how, at=calling.path("mode")) if how else None
    return choice, mode == "VALIDATED"
