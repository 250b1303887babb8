"""Writing a request for a chat completion, of what some other dialect asked."""

from typing import Any

import orjson

from providers.dialects import openai_sampling
from providers.dialects.conversation import (
    Ask,
    Choosing,
    OutputSchema,
    Tool,
    ToolChoice,
)
from providers.dialects.errors import Unsayable

from .telling_messages import messages
from .thinking import effort_for

_WORDS = {Choosing.AUTO: "auto", Choosing.NONE: "none", Choosing.ANY: "required"}


def render(ask: Ask, model: str, *, ceiling: str = "max_completion_tokens") -> bytes:
    """Write the body, which calls the answer's ceiling `ceiling`. Raises `Unsayable`."""
    _check_sayable(ask)
    body: dict[str, Any] = {
        "model": model,
        "messages": messages(ask),
        ceiling: ask.max_tokens,
        "temperature": ask.temperature,
        "top_p": ask.top_p,
        "n": ask.choices,
        "stop": list(ask.stop) or None,
        "seed": ask.seed,
        "presence_penalty": ask.presence_penalty,
        "frequency_penalty": ask.frequency_penalty,
        "logprobs": ask.logprobs,
        "top_logprobs": ask.top_logprobs,
        "response_format": _format(ask.output) if ask.output else None,
        "reasoning_effort": effort_for(ask.reasoning) if ask.reasoning else None,
        **_tools(ask),
    }
    if ask.stream:
        # Always with usage, also for a caller who wants none: the call is metered by it.
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return orjson.dumps(
        {name: value for name, value in body.items() if value not in (None, "")}
    )


def _check_sayable(ask: Ask) -> None:
    for field in ask.unsaid:
        raise Unsayable(f"{field} cannot be told to this model.", field=field)
    if ask.top_k is not None:
        field = ask.name_of("top_k")
        raise Unsayable(f"{field} cannot be told to this model.", field=field)
    if len(ask.stop) > openai_sampling.MOST_STOPS:
        field, most = ask.name_of("stop"), openai_sampling.MOST_STOPS
        message = f"{field} may hold {most} texts at most for this model."
        raise Unsayable(message, field=field)


def _tools(ask: Ask) -> dict[str, Any]:
    if not ask.tools:
        return {}
    return {
        "tools": [_tool(tool) for tool in ask.tools],
        "tool_choice": _choice(ask.tool_choice) if ask.tool_choice else None,
        "parallel_tool_calls": ask.parallel_tool_calls,
    }


def _tool(tool: Tool) -> dict[str, Any]:
    function: dict[str, Any] = {"name": tool.name}
    if tool.description:
        function["description"] = tool.description
    if tool.schema is not None:
        function["parameters"] = tool.schema
    if tool.strict is not None:
        function["strict"] = tool.strict
    return {"type": "function", "function": function}


def _choice(choice: ToolChoice) -> str | dict[str, Any]:
    if choice.how is Choosing.NAMED:
        return {"type": "function", "function": {"name": choice.name}}
    return _WORDS[choice.how]


def _format(output: OutputSchema) -> dict[str, Any]:
    if output.schema is None:
        return {"type": "json_object"}
    schema: dict[str, Any] = {"name": output.name or "answer", "schema": output.schema}
    if output.description:
        schema["description"] = output.description
    if output.strict is not None:
        schema["strict"] = output.strict
    return {"type": "json_schema", "json_schema": schema}
