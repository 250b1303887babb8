"""Which tools the mock calls: those it must, and those a prompt names: `call get_weather`."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from providers.dialects.errors import BadField
from providers.dialects.fields import Fields

from .schemas import example

# Of the prompt: what is to be called is named first.
_READ = 4096


@dataclass(frozen=True, slots=True)
class Call:
    id: str
    name: str
    arguments: str

    def as_json(self) -> dict[str, Any]:
        function = {"name": self.name, "arguments": self.arguments}
        return {"id": self.id, "type": "function", "function": function}


def calls_for(fields: Fields, prompt: str) -> tuple[Call, ...]:
    """Return the calls to make, none for an answer in words. Raises `BadField`."""
    tools = _tools(fields)
    must, allowed = _chosen(fields.any("tool_choice"), tools)
    names = [name for name in _named(prompt, tools) if name in allowed]
    if must and not names:
        names = allowed[:1]
    if fields.flag("parallel_tool_calls") is False:
        names = names[:1]
    return tuple(_call(name, tools[name]) for name in names)


def _tools(fields: Fields) -> dict[str, Any]:
    """Return the functions' parameters by their names."""
    found = {}
    for tool in fields.objects("tools"):
        function = tool.object("function")
        name = function.text("name") if function else None
        if function and name:
            found[name] = function.any("parameters")
    return found


def _chosen(choice: Any, tools: Mapping[str, Any]) -> tuple[bool, list[str]]:
    """Return whether a tool must be called, and which may be."""
    every = list(tools)
    match choice:
        case None | "auto":
            return False, every
        case "none":
            return False, []
        case "required" if tools:
            return True, every
        case {"type": "function", "function": {"name": name}} if name in every:
            return True, [name]
        case {
            "type": "allowed_tools",
            "allowed_tools": {"mode": mode, "tools": list() as among},
        }:
            names = [_name_in(tool) for tool in among if _name_in(tool) in every]
            return mode == "required", names
        case _:
            raise BadField(
                "tool_choice must be none, auto, required or name one of the tools.",
                field="tool_choice",
            )


def _name_in(tool: Any) -> Any:
    match tool:
        case {"function": {"name": name}} | {"name": name}:
            return name
        case _:
            return None


def _named(prompt: str, tools: Mapping[str, Any]) -> list[str]:
    verb, *words = prompt[:_READ].split() or [""]
    if verb.lower() != "call":
        return []
    names = []
    for word in words:
        name = word.strip(",;.:!?`'\"()")
        if name in tools:
            names.append(name)
        elif name != "and":
            break
    return names


def _call(name: str, parameters: Any) -> Call:
    arguments = {} if parameters is None else example(parameters, "tools")
    return Call(f"call_{secrets.token_hex(12)}", name, orjson.dumps(arguments).decode())
