"""A provider's request for what was asked."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import orjson

from providers.dialects.claude import takes_later_system
from providers.dialects.conversation import Ask, Choosing, Role, Tool, Turn
from providers.dialects.errors import Unsayable
from providers.dialects.grammars import told_arguments, told_output
from providers.dialects.sayable import (
    check_ends_with_user,
    check_holds_messages,
    check_sayable,
    check_temperature,
)
from providers.dialects.written import written

from .content import Block, blocks_of, cached, system_blocks
from .thinking import tell_reasoning

_CHOOSING = {
    Choosing.AUTO: "auto",
    Choosing.ANY: "any",
    Choosing.NAMED: "tool",
    Choosing.NONE: "none",
}
_LACKS = (
    "choices",
    "seed",
    "presence_penalty",
    "frequency_penalty",
    "logprobs",
    "top_logprobs",
)


def render(ask: Ask, model: str) -> bytes:
    """Write the request. Raises `Unsayable`."""
    check(ask)
    return written(_body(ask, model))


def check(ask: Ask) -> None:
    """Raise `Unsayable` for what there is no word for here."""
    check_sayable(ask, "Anthropic", _LACKS)
    check_temperature(ask, "Anthropic", most=1)
    # Claude would go on with it, and whoever asks in another dialect does not mean that.
    check_ends_with_user(ask)
    if any(not stop.strip() for stop in ask.stop):
        field = ask.name_of("stop")
        raise Unsayable(f"Anthropic takes no white space as {field}.", field=field)


def _body(ask: Ask, model: str) -> dict[str, Any]:
    body: dict[str, Any] = {"model": model}
    tell_reasoning(ask, model, body)
    _tell_turns(ask, model, body)
    _tell_tools(ask, body)
    _tell_output(ask, body)
    sampling = {
        "temperature": ask.temperature,
        "top_p": ask.top_p,
        "top_k": ask.top_k,
    }
    body |= {name: value for name, value in sampling.items() if value is not None}
    if ask.stop:
        body["stop_sequences"] = ask.stop
    if ask.stream:
        body["stream"] = True
    return body


def _tell_turns(ask: Ask, model: str, body: dict[str, Any]) -> None:
    # Turns of one role in a row are one to Anthropic, and some things must be in one.
    groups = [(role, tuple(turns)) for role, turns in groupby(ask.turns, _role)]
    if groups and groups[0][0] is Role.SYSTEM:
        body["system"] = system_blocks(_parts(groups.pop(0)[1]))
    messages: list[Block] = []
    for index, (role, turns) in enumerate(groups):
        if role is Role.SYSTEM:
            following = groups[index + 1][0] if index + 1 < len(groups) else None
            _check_later_system(turns[0], following, messages, model)
            content = system_blocks(_parts(turns))
        else:
            content = blocks_of(_parts(turns))
        if content:
            messages.append({"role": role.value, "content": content})
    check_holds_messages(ask, len(messages))
    body["messages"] = messages


def _check_later_system(
    turn: Turn, following: Role | None, before: Sequence[Block], model: str
) -> None:
    if not takes_later_system(model):
        raise Unsayable(
            "This model takes instructions only at the beginning.", field=turn.at
        )
    after_user = bool(before) and before[-1]["role"] == "user"
    if not after_user or following is Role.USER:
        raise Unsayable(
            "Anthropic takes later instructions only where the model answers next:"
            " after what the user said.",
            field=turn.at,
        )


def _role(turn: Turn) -> Role:
    return turn.role


def _parts(turns: Sequence[Turn]) -> list[Any]:
    return [part for turn in turns for part in turn.parts]


def _tell_tools(ask: Ask, body: dict[str, Any]) -> None:
    if ask.tools:
        body["tools"] = [_tool(tool) for tool in ask.tools]
    choice = ask.tool_choice
    how = choice.how if choice else Choosing.AUTO
    told: Block = {"type": _CHOOSING[how]}
    if choice and how is Choosing.NAMED:
        told["name"] = choice.name
    if ask.parallel_tool_calls is False and how is not Choosing.NONE:
        told["disable_parallel_tool_use"] = True
    # Without tools Anthropic refuses any choice, so one that changes nothing is left out.
    if (choice or len(told) > 1) and (
        ask.tools or how in (Choosing.ANY, Choosing.NAMED)
    ):
        body["tool_choice"] = told


def _tool(tool: Tool) -> Block:
    block: Block = {"name": tool.name}
    if tool.description:
        block["description"] = tool.description
    schema, strict = told_arguments(tool)
    block["input_schema"] = _schema(schema, tool.at)
    if strict:
        # Not every model can be, and not to be is what holds anyway.
        block["strict"] = True
    return cached(block, tool.cache)


def _tell_output(ask: Ask, body: dict[str, Any]) -> None:
    output = ask.output
    if output is None:
        return
    at = output.at or ask.name_of("output")
    if output.schema is None:
        raise Unsayable("Anthropic writes JSON only to a schema.", field=at)
    schema = dict(output.schema)
    if output.description:
        schema.setdefault("description", output.description)
    body.setdefault("output_config", {})["format"] = {
        "type": "json_schema",
        "schema": _schema(told_output(schema, "Anthropic", at), at),
    }


def _schema(schema: Mapping[str, Any], at: str) -> orjson.Fragment:
    return orjson.Fragment(written(schema, at))
