"""A conversation as the body of a request to the Converse API."""

from itertools import dropwhile, takewhile
from typing import Any

from providers.dialects.claude import takes_later_system
from providers.dialects.conversation import Ask, OutputSchema, Role, Text, Turn
from providers.dialects.errors import Unsayable
from providers.dialects.grammars import told_output
from providers.dialects.sayable import (
    check_ends_with_user,
    check_holds_messages,
    check_sayable,
    check_temperature,
)
from providers.dialects.written import written

from .content import Writer
from .models import Family, family_of
from .thinking import tell_reasoning
from .tools import tell_tools

_LACKS = (
    "seed",
    "presence_penalty",
    "frequency_penalty",
    "logprobs",
    "top_logprobs",
    "choices",
)


def render(ask: Ask, model: str) -> bytes:
    """Return the body; the model's name stands in the path, not in it."""
    check_sayable(ask, "Amazon Bedrock", _LACKS)
    check_temperature(ask, "Amazon Bedrock", most=1)
    # Claude would go on with it, others answer it.
    check_ends_with_user(ask)
    family = family_of(model)
    body: dict[str, Any] = {}
    _tell_turns(ask, model, family, body)
    _tell_sampling(ask, family, body)
    tell_tools(ask, family, body)
    tell_reasoning(ask, model, family, body)
    if ask.output is not None:
        _tell_output(ask.output, body)
    return written(body)


def _tell_turns(ask: Ask, model: str, family: Family, body: dict[str, Any]) -> None:
    writer = Writer(family)
    system = [
        block
        for turn in takewhile(_is_system, ask.turns)
        for block in writer.blocks(_checked(turn).parts)
    ]
    if system:
        body["system"] = system
    messages: list[dict[str, Any]] = []
    for turn in dropwhile(_is_system, ask.turns):
        _check_role(turn, messages, model, family)
        blocks = writer.blocks(_checked(turn).parts)
        if messages and messages[-1]["role"] == turn.role:
            # Roles must alternate; what one says in two turns is one message.
            messages[-1]["content"] += blocks
        elif blocks:
            messages.append({"role": turn.role, "content": blocks})
    check_holds_messages(ask, len(messages))
    body["messages"] = messages


def _is_system(turn: Turn) -> bool:
    return turn.role is Role.SYSTEM


def _checked(turn: Turn) -> Turn:
    if turn.role is Role.SYSTEM:
        for part in turn.parts:
            if not isinstance(part, Text):
                raise Unsayable(
                    "Amazon Bedrock takes only text as instructions.", field=part.at
                )
    return turn


def _check_role(
    turn: Turn, before: list[dict[str, Any]], model: str, family: Family
) -> None:
    if turn.role is Role.ASSISTANT and not before:
        raise Unsayable(
            "Amazon Bedrock takes a conversation only when the user begins it.",
            field=turn.at,
        )
    if turn.role is Role.SYSTEM and not (
        family is Family.CLAUDE and takes_later_system(model)
    ):
        raise Unsayable(
            "This model takes instructions only before the first turn.", field=turn.at
        )


def _tell_sampling(ask: Ask, family: Family, body: dict[str, Any]) -> None:
    said = {
        "maxTokens": ask.max_tokens,
        "temperature": ask.temperature,
        "topP": ask.top_p,
        "stopSequences": list(ask.stop) or None,
    }
    config = {name: value for name, value in said.items() if value is not None}
    if config:
        body["inferenceConfig"] = config
    if ask.stop and family is Family.CLAUDE:
        # The answer says that one of them was met, and only when asked to, which.
        body["additionalModelResponseFieldPaths"] = ["/stop_sequence"]
    if ask.top_k is not None:
        _tell_top_k(ask, ask.top_k, family, body)


def _tell_top_k(ask: Ask, top_k: int, family: Family, body: dict[str, Any]) -> None:
    match family:
        case Family.CLAUDE:
            fields: dict[str, Any] = {"top_k": top_k}
        case Family.NOVA | Family.NOVA_2:
            fields = {"inferenceConfig": {"topK": top_k}}
        case _:
            field = ask.name_of("top_k")
            raise Unsayable(
                f"Amazon Bedrock cannot tell this model {field}.", field=field
            )
    body.setdefault("additionalModelRequestFields", {}).update(fields)


def _tell_output(output: OutputSchema, body: dict[str, Any]) -> None:
    if output.schema is None:
        raise Unsayable(
            "Amazon Bedrock holds a model to a JSON schema, but not to JSON of any kind.",
            field=output.at,
        )
    told = told_output(output.schema, "Amazon Bedrock", output.at)
    schema = {"schema": written(told, output.at).decode()}
    if output.name:
        schema["name"] = output.name
    if output.description:
        schema["description"] = output.description
    body.setdefault("outputConfig", {})["textFormat"] = {
        "type": "json_schema",
        "structure": {"jsonSchema": schema},
    }
