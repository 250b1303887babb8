"""A conversation and its answer, in nobody's dialect: what every dialect translates into.

Each part of a request remembers under `at` what its caller calls it (`messages[2].content`),
so that whatever a provider cannot be told is refused by the name the caller knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from providers.types import Usage


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class Stop(StrEnum):
    """Why an answer ended.

    A reason we do not know is `FILTERED`: it must not pass for a whole answer.
    """

    END = "end"
    LENGTH = "length"
    CONTEXT_FULL = "context_full"
    SEQUENCE = "sequence"
    TOOL_CALLS = "tool_calls"
    DECLINED = "declined"
    FILTERED = "filtered"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Text:
    """`cache` is how long the provider is asked to keep the prompt up to here: `5m`, `1h` or empty."""

    text: str
    at: str = ""
    cache: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """Either `data` (base64) with its `media_type`, or a `url`."""

    data: str = field(default="", repr=False)
    media_type: str = ""
    url: str = ""
    detail: str = ""
    at: str = ""
    cache: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A document: `data` (base64), a `url`, or the `id` of one the provider keeps."""

    data: str = field(default="", repr=False)
    media_type: str = ""
    url: str = ""
    id: str = ""
    name: str = ""
    at: str = ""
    cache: str = ""


@dataclass(frozen=True, slots=True)
class Audio:
    """`data` is base64, `form` the name of its encoding: `wav`, `mp3` …"""

    data: str = field(repr=False)
    form: str
    at: str = ""
    cache: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A provider's seal on its own reasoning, worth something to that provider alone.

    `issuer` is the dialect whose providers can check it: `anthropic`, `gemini`, `openai`.
    """

    issuer: str
    value: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """Reasoning the provider showed. Empty text with a signature is reasoning it hid."""

    text: str
    signature: Signature | None = None
    at: str = ""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """`arguments` is JSON text as the model wrote it, valid or not."""

    id: str
    name: str
    arguments: str
    signature: Signature | None = None
    at: str = ""
    cache: str = ""


@dataclass(frozen=True, slots=True)
class ToolResult:
    call_id: str
    parts: "tuple[Text | Image | File, ...]"
    failed: bool = False
    name: str = ""
    at: str = ""
    cache: str = ""


@dataclass(frozen=True, slots=True)
class Declined:
    """What the model said when it would not answer."""

    text: str
    at: str = ""


Part = Text | Image | File | Audio | Thinking | ToolCall | ToolResult | Declined


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said. `name` tells speakers of one role apart."""

    role: Role
    parts: tuple[Part, ...]
    name: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """A function the model may call. `schema` is JSON Schema for its arguments."""

    name: str
    description: str = ""
    schema: Mapping[str, Any] | None = None
    strict: bool | None = None
    at: str = ""
    cache: str = ""


class Choosing(StrEnum):
    AUTO = "auto"
    NONE = "none"
    ANY = "any"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class ToolChoice:
    how: Choosing
    name: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class OutputSchema:
    """The answer must be JSON: any object when `schema` is None, else what it describes."""

    schema: Mapping[str, Any] | None = None
    name: str = ""
    description: str = ""
    strict: bool | None = None
    at: str = ""


@dataclass(frozen=True, slots=True)
class Reasoning:
    """How much to think: by `effort` (none, minimal, low, medium, high, xhigh, max) or by `budget` in tokens.

    A budget of 0 or the effort `none` asks for none; -1 leaves it to the model. `shown`
    asks for the reasoning, or a summary of it, in the answer; None says nothing about it.
    """

    effort: str = ""
    budget: int | None = None
    shown: bool | None = None
    at: str = ""


# Not frozen: with so many fields that would double what one costs.
@dataclass(slots=True, kw_only=True)
class Ask:
    """A request for the next turn of a conversation.

    `names` says what the caller's dialect calls a field, for those it calls otherwise.
    `unsaid` holds what the caller said and this class has no field for, by its name in the
    caller's dialect: no provider of another dialect can be told. `echo` is what the caller's
    dialect repeats in its answers.
    """

    model: str
    turns: tuple[Turn, ...]
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    output: OutputSchema | None = None
    reasoning: Reasoning | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    choices: int | None = None
    stream: bool = False
    stream_usage: bool = True
    names: Mapping[str, str] = field(default_factory=dict)
    unsaid: Mapping[str, Any] = field(default_factory=dict)
    echo: Mapping[str, Any] = field(default_factory=dict)

    def name_of(self, attribute: str) -> str:
        """Return what the caller calls one of these fields."""
        return self.names.get(attribute, attribute)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer. `logprobs` is the list OpenAI calls `logprobs.content`."""

    parts: tuple[Text | Thinking | ToolCall | Declined, ...]
    stop: Stop
    stop_sequence: str = ""
    logprobs: tuple[Mapping[str, Any], ...] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`usage` is None when the provider stated none. `created` is unix seconds, 0 when unknown."""

    id: str
    model: str
    choices: tuple[Choice, ...]
    usage: Usage | None
    created: int = 0
