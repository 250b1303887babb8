"""Writing a request for a chat completion, of what some other dialect asked."""

from typing import Any

from providers.dialects import openai_sampling
from providers.dialects.calls import schema_of
from providers.dialects.conversation import (
    Ask,
    Choosing,
    OutputSchema,
    Tool,
    ToolChoice,
)
from providers.dialects.errors import Unsayable
from providers.dialects.sayable import check_ends_with_user, check_sayable
from providers.dialects.written import written

from .strictness import is_strict
from .telling_messages import messages
from .thinking import effort_for

_WORDS = {Choosing.AUTO: "auto", Choosing.NONE: "none", Choosing.ANY: "required"}


def render(ask: Ask, model: str, *, compatible: bool = False) -> bytes:
    """Write the body. Raises `Unsayable`.

    Servers that are only `compatible` know the older name of the answer's ceiling, and
    take some things that OpenAI does not.
    """
    _check_sayable(ask, compatible=compatible)
    body: dict[str, Any] = {
        "model": model,
        "messages": messages(ask, with_thoughts=compatible),
        "max_tokens" if compatible else "max_completion_tokens": ask.max_tokens,
        "temperature": ask.temperature,
        "top_p": ask.top_p,
        "top_k": ask.top_k,
        "n": ask.choices,
        "stop": list(ask.stop) or None,
        "seed": ask.seed,
        "presence_penalty": ask.presence_penalty,
        "frequency_penalty": ask.frequency_penalty,
        "logprobs": ask.logprobs,
        "top_logprobs": ask.top_logprobs,
        "response_format": _format(ask.output) if ask.output else None,
        "reasoning_effort": effort_for(ask.reasoning, model) if ask.reasoning else None,
        **_tools(ask),
    }
    if ask.stream:
        # Always with usage, also for a caller who wants none: the call is metered by it.
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return written(
        {name: value for name, value in body.items() if value not in (None, "")}
    )


def _check_sayable(ask: Ask, *, compatible: bool) -> None:
    check_sayable(ask, "This model's provider", () if compatible else ("top_k",))
    check_ends_with_user(ask)
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
        # OpenAI refuses an object that says nothing of its properties.
        function["parameters"] = {"properties": {}, **schema_of(tool)}
    if tool.strict is not None and (not tool.strict or is_strict(tool.schema)):
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
