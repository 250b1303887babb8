"""A request for a response, as an ask."""

from collections.abc import Mapping
from typing import Any

from providers.dialects.choosing import fitting
from providers.dialects.conversation import (
    Ask,
    Choosing,
    OutputSchema,
    Reasoning,
    Role,
    Text,
    Tool,
    ToolChoice,
    Turn,
)
from providers.dialects.errors import Unsayable
from providers.dialects.fields import Fields, wrong
from providers.dialects.openai_sampling import DROPPED, Unsaid, leave

from . import echo, items

NAMES = {
    "max_tokens": "max_output_tokens",
    "output": "text.format",
    "logprobs": "include",
}
EFFORTS = frozenset({"none", "minimal", "low", "medium", "high", "xhigh", "max"})
SUMMARIES = frozenset({"auto", "concise", "detailed"})
ENCRYPTED = "reasoning.encrypted_content"
LOGPROBS = "message.output_text.logprobs"

_CHOOSING = {
    "auto": Choosing.AUTO,
    "none": Choosing.NONE,
    "required": Choosing.ANY,
}


def parse(body: Mapping[str, Any]) -> Ask:
    """Read the request. Raises an `AskError`."""
    fields = Fields(body)
    unsaid: Unsaid = {}
    model = fields.needed_text("model")
    _refuse_kept_state(fields)
    turns = _instructions(fields) + items.turns(fields, unsaid)
    tools = tuple(_tool(each, unsaid) for each in fields.objects("tools"))
    logprobs = _includes_logprobs(fields, unsaid)
    ranks = fields.count("top_logprobs", 0)
    parallel = fields.flag("parallel_tool_calls")
    output = _text(fields, unsaid)
    reasoning = _reasoning(fields, unsaid)
    choice = fitting(_tool_choice(fields), tools)
    _read_past(fields, unsaid)
    ask = Ask(
        model=model,
        turns=turns,
        tools=tools,
        tool_choice=choice,
        parallel_tool_calls=parallel if tools else None,
        output=output,
        reasoning=reasoning,
        max_tokens=fields.count("max_output_tokens"),
        temperature=fields.number("temperature", 0, 2),
        top_p=fields.number("top_p", 0, 1),
        presence_penalty=fields.number("presence_penalty", -2, 2) or None,
        frequency_penalty=fields.number("frequency_penalty", -2, 2) or None,
        logprobs=logprobs,
        # Without the logprobs included, their ranks are shown nowhere.
        top_logprobs=ranks if logprobs else None,
        stream=fields.flag("stream") or False,
        names=NAMES,
        unsaid=unsaid,
        echo=echo.of(body),
    )
    leave(fields, unsaid)
    return ask


def _refuse_kept_state(fields: Fields) -> None:
    if "previous_response_id" in fields:
        raise Unsayable(
            "previous_response_id names a response that this model's provider does not "
            "keep; send the whole conversation in input instead.",
            field="previous_response_id",
        )
    for name in ("conversation", "prompt"):
        if name in fields:
            raise Unsayable(
                f"{name} names what only the provider that keeps it can look up; "
                "this model's provider does not.",
                field=name,
            )


def _instructions(fields: Fields) -> tuple[Turn, ...]:
    text = fields.text("instructions")
    if not text:
        return ()
    part = Text(text, at="instructions")
    return (Turn(Role.SYSTEM, (part,), at="instructions"),)


def _tool(tool: Fields, unsaid: Unsaid) -> Tool:
    tool.need("type", "the type of a tool")
    if tool.text("type") != "function":
        raise Unsayable(
            f"{tool.at} is no function of the caller's; this model's provider has no "
            "tool of that type.",
            field=tool.path("type"),
        )
    tool.need("name", "the name of a function")
    read = Tool(
        name=tool.text("name") or "",
        description=tool.text("description") or "",
        schema=tool.mapping("parameters"),
        strict=tool.flag("strict"),
        at=tool.at,
    )
    leave(tool, unsaid)
    return read


def _tool_choice(fields: Fields) -> ToolChoice | None:
    value = fields.any("tool_choice")
    if value is None:
        return None
    if isinstance(value, dict):
        return _named(Fields(value, "tool_choice"))
    if not isinstance(value, str) or value not in _CHOOSING:
        raise wrong("tool_choice", "one of auto, none, required or an object", value)
    return ToolChoice(_CHOOSING[value], at="tool_choice")


def _named(choice: Fields) -> ToolChoice:
    choice.need("type", "function")
    if choice.text("type") != "function":
        raise Unsayable(
            "tool_choice asks for what this model's provider cannot be told; it takes "
            "auto, none, required or one function.",
            field="tool_choice.type",
        )
    choice.need("name", "the name of a function")
    return ToolChoice(Choosing.NAMED, choice.text("name") or "", at="tool_choice")


def _text(fields: Fields, unsaid: Unsaid) -> OutputSchema | None:
    text = fields.object("text")
    if text is None:
        return None
    if text.one_of("verbosity", {"low", "medium", "high"}) not in (None, "medium"):
        unsaid["text.verbosity"] = text.any("verbosity")
    form = text.object("format")
    leave(text, unsaid)
    if form is None:
        return None
    form.need("type", "one of json_object, json_schema, text")
    match form.one_of("type", {"text", "json_object", "json_schema"}):
        case "json_object":
            return OutputSchema(at="text.format")
        case "json_schema":
            return _schema(form, unsaid)
    return None


def _schema(form: Fields, unsaid: Unsaid) -> OutputSchema:
    form.need("name", "a text")
    form.need("schema", "a JSON Schema")
    read = OutputSchema(
        schema=form.mapping("schema"),
        name=form.text("name") or "",
        description=form.text("description") or "",
        strict=form.flag("strict"),
        at="text.format",
    )
    leave(form, unsaid)
    return read


def _reasoning(fields: Fields, unsaid: Unsaid) -> Reasoning | None:
    given = fields.object("reasoning")
    if given is None:
        return None
    effort = given.one_of("effort", EFFORTS) or ""
    # How long a summary is was never promised: any of these asks for one.
    summary = given.one_of("summary", SUMMARIES)
    summary = given.one_of("generate_summary", SUMMARIES) or summary
    for name, usual in (("context", "auto"), ("mode", "standard")):
        if given.any(name) not in (None, usual):
            unsaid[given.path(name)] = given.any(name)
    leave(given, unsaid)
    if not effort and not summary:
        return None
    at = "reasoning.effort" if effort else "reasoning.summary"
    return Reasoning(effort=effort, shown=True if summary else None, at=at)


def _includes_logprobs(fields: Fields, unsaid: Unsaid) -> bool | None:
    included = fields.texts("include")
    for index, each in enumerate(included):
        # What encrypts reasoning comes with every answer here, asked for or not.
        if each not in (ENCRYPTED, LOGPROBS):
            unsaid[f"include[{index}]"] = each
    return True if LOGPROBS in included else None


def _read_past(fields: Fields, unsaid: Unsaid) -> None:
    """Read what is dropped, and what asks for nothing at its usual value."""
    fields.skip(DROPPED)
    caching = fields.object("prompt_cache_options")
    if caching and caching.flag("prewarm"):
        unsaid["prompt_cache_options.prewarm"] = True
    options = fields.object("stream_options")
    if options:
        options.flag("include_obfuscation")
        leave(options, unsaid)
    if fields.flag("generate") is False:
        unsaid["generate"] = False
    if fields.one_of("truncation", {"auto", "disabled"}) == "auto":
        unsaid["truncation"] = "auto"
