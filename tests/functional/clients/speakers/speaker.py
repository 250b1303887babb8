"""What each client does in these tests, in its own words."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

HELLO = "Hello there you old friend of mine dear"
BOTH = "Use both of them please"
SCHEMAS = {
    "weather": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "clock": {
        "type": "object",
        "properties": {"zone": {"type": "string"}},
        "required": ["zone"],
        "additionalProperties": False,
    },
}
CALLS = [("weather", {"city": "Zürich"}), ("clock", {"zone": "Zürich"})]
RESULTS = {"weather": "22 degrees", "clock": "twelve sharp"}


@dataclass(frozen=True)
class Told:
    """An answer as a client tells of it; of the prompt, `cached` were read from a cache."""

    text: str
    prompt: int
    completion: int
    cached: int


@dataclass(frozen=True)
class Raised:
    """What a client raises when it hears of each of these."""

    wrong_key: type[Exception]
    unknown_model: type[Exception]
    unsayable: type[Exception]
    forbidden: type[Exception]
    limited: type[Exception]
    failing: type[Exception]
    broken: type[Exception] | tuple[type[Exception], ...]


class Speaker(ABC):
    """A client with a key.

    `endpoint` is the path it asks, which may hold a `model` and a `method`. `passes_to` is the kind of provider that speaks its dialect, `native_path` where that
    path is another than the translated calls of others get. `unsaid` is the field that
    `say_what_cannot_be_said` sends, where there is one; `streams`, whether `plain` and
    `streamed` do. `thinking` are the options by which it asks to think and to see it, and
    none where it does not give back what was thought.
    """

    name: ClassVar[str]
    endpoint: ClassVar[str]
    raised: ClassVar[Raised]
    passes_to: ClassVar[str]
    native_path: ClassVar[str] = ""
    unsaid: ClassVar[str] = ""
    streams: ClassVar[tuple[bool, bool]] = (False, True)
    thinking: ClassVar[dict[str, Any]] = {}

    @abstractmethod
    def __init__(self, url: str, key: str) -> None: ...

    @abstractmethod
    def plain(self, model: str) -> Told: ...

    @abstractmethod
    def streamed(self, model: str) -> Told: ...

    @abstractmethod
    def use_tools(
        self, model: str, *, stream: bool, thinking: bool = False, then: str = ""
    ) -> tuple[list[tuple[str, Any]], str]:
        """Have both tools called, give back their results, and return calls and answer.

        The results are told to the model `then`, if another one.
        """

    def say_what_cannot_be_said(self, model: str) -> None:
        raise NotImplementedError

    @abstractmethod
    def close(self) -> None: ...
