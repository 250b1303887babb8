"""Reading a request for a chat completion."""

from collections.abc import Mapping
from typing import Any

from providers.dialects import openai_sampling
from providers.dialects.conversation import Ask, OutputSchema
from providers.dialects.errors import BadField
from providers.dialects.fields import Fields, wrong
from providers.dialects.openai_sampling import Unsaid, leave

from .messages import turns_of
from .thinking import reasoning_of
from .tools import tools_of

_NAMES = {"turns": "messages", "choices": "n", "output": "response_format"}
# Said or not, they mean the same.
_DEFAULTS: Mapping[str, Any] = {"modalities": ["text"], "verbosity": "medium"}
_MOST_LOGPROBS = 20


def parse(body: Mapping[str, Any]) -> Ask:
    """Read the request. Raises an `AskError`."""
    fields = Fields(body)
    unsaid: Unsaid = {}
    tools, names = tools_of(fields, unsaid)
    names = {**_NAMES, **names}
    max_tokens, names["max_tokens"] = _max_tokens(fields)
    reasoning = reasoning_of(fields, unsaid)
    if reasoning:
        names["reasoning"] = reasoning.at
    logprobs, top_logprobs = _logprobs(fields)
    ask = Ask(
        model=fields.needed_text("model"),
        turns=turns_of(fields, unsaid),
        output=_output(fields, unsaid),
        reasoning=reasoning,
        max_tokens=max_tokens,
        logprobs=logprobs,
        top_logprobs=top_logprobs,
        names=names,
        unsaid=unsaid,
        **tools,
        **openai_sampling.sampling(fields),
    )
    leave(fields, unsaid)
    for name, default in _DEFAULTS.items():
        if unsaid.get(name) == default:
            del unsaid[name]
    return ask


def _max_tokens(fields: Fields) -> tuple[int | None, str]:
    old, new = fields.count("max_tokens"), fields.count("max_completion_tokens")
    if old is not None and new is not None and old != new:
        message = "max_tokens and max_completion_tokens must not differ."
        raise BadField(message, field="max_tokens")
    if new is None:
        return old, "max_tokens"
    return new, "max_completion_tokens"


def _logprobs(fields: Fields) -> tuple[bool | None, int | None]:
    logprobs = fields.flag("logprobs") or None
    top = fields.count("top_logprobs", 0) or None
    if top is not None and top > _MOST_LOGPROBS:
        raise wrong("top_logprobs", f"a whole number from 0 to {_MOST_LOGPROBS}", top)
    if top and not logprobs:
        message = "top_logprobs needs logprobs to be true."
        raise BadField(message, field="top_logprobs")
    return logprobs, top


def _output(fields: Fields, unsaid: Unsaid) -> OutputSchema | None:
    output = fields.object("response_format")
    if output is None:
        return None
    output.need("type", "text, json_object or json_schema")
    kind = output.one_of("type", ("text", "json_object", "json_schema"))
    if kind == "text":
        return None
    if kind == "json_object":
        return OutputSchema(at="response_format")
    output.need("json_schema", "an object")
    schema = Fields(output.any("json_schema"), output.path("json_schema"))
    found = OutputSchema(
        # Without a schema any object will do, as OpenAI has it.
        schema=schema.mapping("schema"),
        name=schema.needed_text("name"),
        description=schema.text("description") or "",
        strict=schema.flag("strict"),
        at="response_format",
    )
    leave(schema, unsaid)
    leave(output, unsaid)
    return found
