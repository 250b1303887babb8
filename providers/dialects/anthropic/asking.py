"""What a caller's request says."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from providers.dialects.caching import cache_of
from providers.dialects.choosing import fitting
from providers.dialects.conversation import (
    Ask,
    Choosing,
    Declined,
    OutputSchema,
    Role,
    Text,
    Thinking,
    Tool,
    ToolChoice,
    Turn,
)
from providers.dialects.fields import Fields

from .blocks import Unsaid, parts_of, text_in
from .thinking import reasoning_in

# They tell the provider about the caller, not the model what to answer.
DROPPED = ("metadata", "service_tier", "diagnostics")

NAMES = {
    "turns": "messages",
    "stop": "stop_sequences",
    "output": "output_config.format",
    "reasoning": "thinking",
    "parallel_tool_calls": "tool_choice.disable_parallel_tool_use",
}

_ROLES = {role.value: role for role in Role}
_CHOOSING = {
    "auto": Choosing.AUTO,
    "any": Choosing.ANY,
    "tool": Choosing.NAMED,
    "none": Choosing.NONE,
}


def parse(body: Mapping[str, Any]) -> Ask:
    """Read a request for a message. Raises a `BadField`."""
    fields = Fields(body)
    fields.need("max_tokens", "a whole number from 1")
    return parsed(fields)


def parsed(fields: Fields) -> Ask:
    """Read a request that need not say how long the answer may be."""
    unsaid: Unsaid = {}
    fields.skip(DROPPED)
    fields.need("messages", "a list of messages")
    config, thinking = fields.object("output_config"), fields.object("thinking")
    choice, parallel = _tool_choice(fields.object("tool_choice"), unsaid)
    ask = Ask(
        model=fields.needed_text("model"),
        turns=_cached(
            cache_of(fields), (*_system(fields, unsaid), *_turns(fields, unsaid))
        ),
        tools=tuple(
            tool
            for each in fields.objects("tools")
            if (tool := _tool(each, unsaid)) is not None
        ),
        tool_choice=choice,
        parallel_tool_calls=parallel,
        output=_output(fields, config, unsaid),
        reasoning=reasoning_in(thinking, config, unsaid),
        max_tokens=_max_tokens(fields, unsaid),
        temperature=fields.number("temperature", 0, 1),
        top_p=fields.number("top_p", 0, 1),
        top_k=fields.count("top_k", 0),
        stop=fields.texts("stop_sequences"),
        stream=fields.flag("stream") or False,
        names=NAMES,
        unsaid=unsaid,
    )
    if fields.any("speed") == "fast":
        unsaid["speed"] = True
    _context(fields, unsaid)
    unsaid.update(config.rest() if config is not None else {})
    unsaid.update(fields.rest())
    # Tools that run at Anthropic are among the unsaid.
    ask.tool_choice = choice if unsaid else fitting(choice, ask.tools)
    return ask


def _context(fields: Fields, unsaid: Unsaid) -> None:
    management = fields.object("context_management")
    if management is None:
        return
    for edit in management.objects("edits"):
        # Which thoughts stay in the prompt: nobody but Anthropic is shown any of them.
        if not edit.needed_text("type").startswith("clear_thinking_"):
            unsaid[edit.at] = True
    unsaid.update(management.rest())


def _max_tokens(fields: Fields, unsaid: Unsaid) -> int | None:
    count = fields.count("max_tokens", 0)
    if count == 0:
        # Here it means to fill the cache and answer nothing.
        unsaid["max_tokens"] = 0
        return None
    return count


def _system(fields: Fields, unsaid: Unsaid) -> tuple[Turn, ...]:
    system = fields.any("system")
    if not system:
        return ()
    if isinstance(system, str):
        return (Turn(Role.SYSTEM, (Text(system, at="system"),), at="system"),)
    parts = []
    for block in fields.objects("system"):
        block.one_of("type", {"text"})
        parts.append(text_in(block, unsaid))
        unsaid.update(block.rest())
    return (Turn(Role.SYSTEM, tuple(parts), at="system"),)


def _turns(fields: Fields, unsaid: Unsaid) -> list[Turn]:
    turns = []
    for message in fields.objects("messages"):
        message.need("role", "one of " + ", ".join(sorted(_ROLES)))
        role = _ROLES[message.one_of("role", _ROLES) or ""]
        turns.append(Turn(role, parts_of(message, unsaid), at=message.at))
        unsaid.update(message.rest())
    return turns


def _cached(cache: str, turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Put the mark meant for the whole prompt on its last part, as Anthropic does."""
    last = turns[-1].parts[-1] if cache and turns and turns[-1].parts else None
    if last is None or isinstance(last, Thinking | Declined) or last.cache:
        return turns
    marked = (*turns[-1].parts[:-1], replace(last, cache=cache))
    return (*turns[:-1], replace(turns[-1], parts=marked))


def _tool(tool: Fields, unsaid: Unsaid) -> Tool | None:
    if tool.text("type") not in (None, "custom"):
        unsaid[tool.at] = True
        return None
    # How the arguments are cut into events is all it changes.
    tool.any("eager_input_streaming")
    if tool.flag("defer_loading"):
        unsaid[tool.path("defer_loading")] = True
    if (tool.items("allowed_callers") or ["direct"]) != ["direct"]:
        unsaid[tool.path("allowed_callers")] = True
    tool.need("input_schema", "an object")
    read = Tool(
        name=tool.needed_text("name"),
        description=tool.text("description") or "",
        schema=tool.mapping("input_schema"),
        strict=tool.flag("strict"),
        at=tool.at,
        cache=cache_of(tool),
    )
    unsaid.update(tool.rest())
    return read


def _tool_choice(
    choice: Fields | None, unsaid: Unsaid
) -> tuple[ToolChoice | None, bool | None]:
    if choice is None:
        return None, None
    choice.need("type", "one of " + ", ".join(sorted(_CHOOSING)))
    how = _CHOOSING[choice.one_of("type", _CHOOSING) or ""]
    name = choice.needed_text("name") if how is Choosing.NAMED else ""
    alone = choice.flag("disable_parallel_tool_use")
    unsaid.update(choice.rest())
    return ToolChoice(how, name, choice.at), None if alone is None else not alone


def _output(
    fields: Fields, config: Fields | None, unsaid: Unsaid
) -> OutputSchema | None:
    # `output_format` is what it was called before it came to stay.
    spoken = config.object("format") if config is not None else None
    spoken = spoken or fields.object("output_format")
    if spoken is None:
        return None
    spoken.one_of("type", {"json_schema"})
    spoken.need("schema", "an object")
    schema = spoken.mapping("schema")
    unsaid.update(spoken.rest())
    return OutputSchema(schema=schema, strict=True, at=spoken.at)
