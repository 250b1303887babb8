"""The shape of a body, as far as it is checked before it goes on."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from gateway_project.dataplane.bodies import MOST_VALUES, parse_object
from providers.dialects.errors import BadField, MissingField
from providers.dialects.fields import wrong
from providers.operations import Operation

from .asked import Asked
from .rerouting import check_body

# More than any provider takes, and few enough to be translated in a moment.
MOST_TURNS = 10_000
MOST_TOOLS = 1_000
# OpenAI embeds 300,000 tokens at once, and takes them as numbers.
MOST_VALUES_WITH_TOKENS = 2_000_000

Check = Callable[[Mapping[str, Any]], None]
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """What is checked of one operation's body.

    `ceilings` are the fields that bound the answer's length; `acted_on` those the gateway
    itself goes by: written twice, two parsers could read them differently. `longest` says
    of lists how many items they may hold.
    """

    operation: Operation
    check: Check
    acted_on: Set[str]
    ceilings: Sequence[str] = ()
    ranges: Mapping[str, Range] | None = None
    counts: Sequence[str] = ()
    longest: Mapping[str, int] = field(default_factory=dict)
    most_values: int = MOST_VALUES
    may_stream: bool = True

    def parse(self, body: bytes) -> Asked:
        """Return what the body asks for. Raises `BadRequest` or a `BadField`."""
        fields = parse_object(body, self.acted_on, most_values=self.most_values)
        return self.read(body, fields, model_of(fields))

    def read(self, body: bytes, fields: Mapping[str, Any], model: str) -> Asked:
        """Return the same for a body that is parsed and whose model is known."""
        for name, most in self.longest.items():
            if name in fields:
                check_length(name, fields[name], most)
        self.check(fields)
        check_body(body, fields)
        for name, (low, high) in (self.ranges or {}).items():
            if name in fields:
                check_number(name, fields[name], low, high)
        for name in self.counts:
            if name in fields:
                check_count(name, fields[name])
        stream = self.may_stream and flag(fields, "stream")
        max_tokens, name = largest(fields, self.ceilings)
        return Asked(self.operation, body, fields, model, stream, max_tokens, name)


def model_of(fields: Mapping[str, Any]) -> str:
    model = fields.get("model")
    if isinstance(model, str) and model:
        return model
    if "model" not in fields:
        raise missing("model", "a model name")
    raise wrong("model", "a model name", model)


def largest(fields: Mapping[str, Any], names: Sequence[str]) -> tuple[int | None, str]:
    """Return the largest of these ceilings and its name."""
    given = [(fields[name], name) for name in names if fields.get(name) is not None]
    return max(given) if given else (None, names[0] if names else "max_tokens")


def flag(fields: Mapping[str, Any], name: str) -> bool:
    value = fields.get(name)
    if value is not None and not isinstance(value, bool):
        raise wrong(name, "true or false", value)
    return value is True


def check_number(name: str, value: Any, low: float, high: float) -> None:
    good = isinstance(value, int | float) and not isinstance(value, bool)
    if value is not None and not (good and low <= value <= high):
        raise wrong(name, f"a number from {low:g} to {high:g}", value)


def check_count(name: str, value: Any) -> None:
    if value is not None and (type(value) is not int or value < 1):
        raise wrong(name, "a whole number from 1", value)


def check_length(name: str, value: Any, most: int) -> None:
    if isinstance(value, list) and len(value) > most:
        raise too_many(name, len(value), most)


def too_many(name: str, given: int, most: int, what: str = "items") -> BadField:
    return BadField(
        f"{name} holds {given} {what}, of which it may hold {most} at most.", field=name
    )


def need(fields: Mapping[str, Any], name: str, expected: str) -> Any:
    """Return a field's value. Raises `MissingField` when it is absent."""
    if name not in fields:
        raise missing(name, expected)
    return fields[name]


def missing(name: str, expected: str) -> MissingField:
    return MissingField(f"{name} is missing; it must be {expected}.", field=name)


def some(fields: Mapping[str, Any], name: str, of_what: str) -> list[Any]:
    """Return a list that must hold at least one thing."""
    value = need(fields, name, f"a list with at least one {of_what}")
    if not isinstance(value, list) or not value:
        raise wrong(name, f"a list with at least one {of_what}", value)
    return value
