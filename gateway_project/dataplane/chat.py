"""The body of a chat completion: what we must know of it, and what we refuse early.

Only what the gateway acts on, or what every provider would refuse, is checked; all other
fields, unknown ones too, go on as they came.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .bodies import parse_object
from .errors import BadRequest

ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
_RANGES = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
}
_COUNTS = ("max_tokens", "max_completion_tokens", "n")
PROTECTED = frozenset({"model", "messages", "stream", "stream_options", *_COUNTS})


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat completion as asked for. `max_tokens` is the largest answer it allows, if any."""

    body: bytes = field(repr=False)
    model: str
    stream: bool
    max_tokens: int | None


def parse(body: bytes) -> Chat:
    """Return what the body asks for. Raises `BadRequest` naming the field that is wrong."""
    fields = parse_object(body, PROTECTED)
    model = fields.get("model")
    if not isinstance(model, str) or not model:
        raise _wrong("model", "a model name", model, missing="model" not in fields)
    _check_messages(fields)
    for name, (low, high) in _RANGES.items():
        if name in fields:
            _check_number(name, fields[name], low, high)
    for name in _COUNTS:
        if name in fields:
            _check_count(name, fields[name])
    _check_stream(fields)
    ceilings = [fields.get("max_tokens"), fields.get("max_completion_tokens")]
    return Chat(
        body=body,
        model=model,
        stream=fields.get("stream") is True,
        max_tokens=max((each for each in ceilings if each is not None), default=None),
    )


def _check_messages(fields: Mapping[str, Any]) -> None:
    messages = fields.get("messages")
    if not isinstance(messages, list) or not messages:
        raise _wrong(
            "messages",
            "a list with at least one message",
            messages,
            missing="messages" not in fields,
        )
    for index, message in enumerate(messages):
        at = f"messages[{index}]"
        if not isinstance(message, dict):
            raise _wrong(at, "an object", message)
        role = message.get("role")
        if not isinstance(role, str) or role not in ROLES:
            raise _wrong(
                f"{at}.role",
                "one of " + ", ".join(sorted(ROLES)),
                role,
                missing="role" not in message,
            )
        if not isinstance(message.get("content"), str | list | None):
            raise _wrong(f"{at}.content", "text or a list of parts", message["content"])


def _check_number(name: str, value: Any, low: int, high: int) -> None:
    good = _is_number(value) and low <= value <= high
    if value is not None and not good:
        raise _wrong(name, f"a number from {low} to {high}", value)


def _check_count(name: str, value: Any) -> None:
    good = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    if value is not None and not good:
        raise _wrong(name, "a whole number from 1", value)


def _check_stream(fields: Mapping[str, Any]) -> None:
    kinds: list[tuple[str, Callable[[Any], bool], str]] = [
        ("stream", lambda value: isinstance(value, bool), "true or false"),
        ("stream_options", lambda value: isinstance(value, dict), "an object"),
    ]
    for name, fits, expected in kinds:
        value = fields.get(name)
        if value is not None and not fits(value):
            raise _wrong(name, expected, value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _wrong(
    field: str, expected: str, value: Any, *, missing: bool = False
) -> BadRequest:
    if missing:
        return BadRequest(
            f"{field} is missing; it must be {expected}.",
            param=field,
            code="missing_required_parameter",
        )
    return BadRequest(
        f"{field} must be {expected}, not {_shown(value)}.",
        param=field,
        code="invalid_value",
    )


def _shown(value: Any) -> str:
    """Name a value by its kind; only numbers and booleans are repeated, never text."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)[:40]
        case str():
            return "an empty text" if not value else "that text"
        case list():
            return "an empty list" if not value else "a list"
        case _:
            return "an object"
