"""Requests for the next turn of a conversation, in the dialects of OpenAI and Anthropic."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from providers.dialects.fields import wrong
from providers.dialects.written import written
from providers.operations import Operation

from .asked import Asked
from .shapes import (
    MOST_TOOLS,
    MOST_TURNS,
    MOST_VALUES_WITH_TOKENS,
    Shape,
    missing,
    need,
    some,
)

_OPENAI_ROLES = frozenset(
    {"system", "developer", "user", "assistant", "tool", "function"}
)
_ANTHROPIC_ROLES = frozenset({"user", "assistant", "system"})


def _check_chat(fields: Mapping[str, Any]) -> None:
    _check_messages(fields, _OPENAI_ROLES, may_be_empty=True)
    _check_object(fields, "stream_options")
    system = fields.get("system")
    if system is not None and not isinstance(system, str):
        raise wrong("system", "a text", system)


def _check_anthropic(fields: Mapping[str, Any]) -> None:
    _check_messages(fields, _ANTHROPIC_ROLES, may_be_empty=False)
    need(fields, "max_tokens", "a whole number from 1")


def _check_count(fields: Mapping[str, Any]) -> None:
    _check_messages(fields, _ANTHROPIC_ROLES, may_be_empty=False)


def _check_messages(
    fields: Mapping[str, Any], roles: Collection[str], *, may_be_empty: bool
) -> None:
    for index, message in enumerate(some(fields, "messages", "message")):
        if not isinstance(message, dict):
            raise wrong(f"messages[{index}]", "an object", message)
        role = message.get("role")
        if not isinstance(role, str) or role not in roles:
            at = f"messages[{index}].role"
            if "role" not in message:
                raise missing(at, _one_of(roles))
            raise wrong(at, _one_of(roles), role)
        content = message.get("content")
        if not isinstance(content, str | list) and not (
            may_be_empty and content is None
        ):
            at = f"messages[{index}].content"
            raise wrong(at, "text or a list of parts", content)


def _one_of(names: Collection[str]) -> str:
    return "one of " + ", ".join(sorted(names))


def _check_completion(fields: Mapping[str, Any]) -> None:
    prompt = need(fields, "prompt", "a text or a list")
    if not isinstance(prompt, str | list):
        raise wrong("prompt", "a text or a list", prompt)
    _check_object(fields, "stream_options")


def _check_response(fields: Mapping[str, Any]) -> None:
    value = fields.get("input")
    if not isinstance(value, str | list | None):
        raise wrong("input", "a text or a list of items", value)
    for name in ("instructions", "previous_response_id"):
        given = fields.get(name)
        if not isinstance(given, str | None):
            raise wrong(name, "a text", given)


def _check_object(fields: Mapping[str, Any], name: str) -> None:
    value = fields.get(name)
    if value is not None and not isinstance(value, dict):
        raise wrong(name, "an object", value)


_PENALTIES = {"presence_penalty": (-2, 2), "frequency_penalty": (-2, 2)}
_OPENAI_RANGES = {"temperature": (0, 2), "top_p": (0, 1)}

CHAT = Shape(
    Operation.CHAT,
    _check_chat,
    acted_on=frozenset(
        {"model", "messages", "system", "tools", "stream", "stream_options", "n"}
        | {"max_tokens", "max_completion_tokens"}
    ),
    ceilings=("max_tokens", "max_completion_tokens"),
    ranges={**_OPENAI_RANGES, **_PENALTIES},
    counts=("max_tokens", "max_completion_tokens", "n"),
    longest={"messages": MOST_TURNS, "tools": MOST_TOOLS, "functions": MOST_TOOLS},
)
COMPLETIONS = Shape(
    Operation.COMPLETIONS,
    _check_completion,
    acted_on=frozenset(
        {"model", "prompt", "suffix", "stream", "stream_options", "n", "max_tokens"}
    ),
    ceilings=("max_tokens",),
    ranges={**_OPENAI_RANGES, **_PENALTIES},
    counts=("max_tokens", "n", "best_of"),
    most_values=MOST_VALUES_WITH_TOKENS,
)
RESPONSES = Shape(
    Operation.RESPONSES,
    _check_response,
    acted_on=frozenset(
        {"model", "input", "instructions", "stream", "background", "conversation"}
        | {"prompt", "previous_response_id", "max_output_tokens", "tools"}
    ),
    ceilings=("max_output_tokens",),
    ranges=_OPENAI_RANGES,
    counts=("max_output_tokens",),
    longest={"input": MOST_TURNS, "tools": MOST_TOOLS},
)
MESSAGES = Shape(
    Operation.MESSAGES,
    _check_anthropic,
    acted_on=frozenset(
        {"model", "messages", "system", "tools", "stream", "max_tokens"}
    ),
    ceilings=("max_tokens",),
    ranges={"temperature": (0, 1), "top_p": (0, 1)},
    counts=("max_tokens",),
    longest={"messages": MOST_TURNS, "tools": MOST_TOOLS},
)
MESSAGES_COUNT = Shape(
    Operation.MESSAGES_COUNT,
    _check_count,
    acted_on=frozenset({"model", "messages", "system", "tools"}),
    longest={"messages": MOST_TURNS, "tools": MOST_TOOLS},
    may_stream=False,
)


def chat(body: bytes) -> Asked:
    """Return what a chat completion asks for. Raises `BadRequest` or a `BadField`.

    A `system` text beside the messages is the first of them, as clients of the first
    platform write it; no provider knows the field.
    """
    asked = CHAT.parse(body)
    if "system" not in asked.fields:
        return asked
    fields = dict(asked.fields)
    if (system := fields.pop("system")) is not None:
        first = {"role": "system", "content": system}
        fields["messages"] = [first, *fields["messages"]]
    return replace(asked, body=written(fields), fields=fields)
