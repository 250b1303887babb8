"""What goes back over the wire, whatever the dialect."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Orders:
    status: int | None = None
    cut_after: int | None = None
    error_after: int | None = None
    stop_after: int | None = None
    no_usage: bool = False
    slow_ms: int = 0

    @classmethod
    def in_name(cls, model: str) -> "Orders":
        found: dict[str, Any] = {}
        for word in model.split("--"):
            if word == "no-usage":
                found["no_usage"] = True
            elif order := re.fullmatch(
                r"(status|(?:cut|error|stop)-after)-(\d+)", word
            ):
                found[order[1].replace("-", "_")] = int(order[2])
            elif order := re.fullmatch(r"slow-(\d+)", word):
                found["slow_ms"] = int(order[1])
        return cls(**found)


@dataclass(frozen=True)
class Plain:
    value: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    orders: Orders = Orders()


@dataclass(frozen=True)
class Stream:
    """`failure` is the event by which this dialect tells of an error in a stream."""

    events: Iterator[bytes]
    failure: bytes
    orders: Orders
    content_type: str = "text/event-stream"


class Wrong(Exception):
    """A request the provider refuses; each dialect shows it in its own shape."""

    def __init__(self, status: int, message: str, field: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.field = field


Route = tuple[re.Pattern[str], Callable[[Received, re.Match[str]], Plain | Stream]]


def check_fields(value: dict[str, Any], allowed: str, at: str = "") -> None:
    """Refuse what the provider does not know, as the real ones do."""
    for name in value:
        if name not in allowed.split():
            raise Wrong(400, f"Unknown field: {at}{name}", f"{at}{name}")


def named(value: dict[str, Any]) -> bytes:
    """Return an event that is named as its `type` is."""
    return f"event: {value['type']}\n".encode() + data(value)


def data(value: Any, end: str = "\n\n") -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"data: {text}{end}".encode()
