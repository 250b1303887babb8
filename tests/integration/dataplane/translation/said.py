"""What is said in an answer, in nobody's dialect: by a provider, and as a caller hears it."""

from dataclasses import dataclass

from providers.dialects.conversation import Stop
from providers.types import Usage

THOUGHT = "Two cities, naïvely."
SIGNATURE = "RXFvQkNrWUlCeGdDS2tBK2ZyWQ=="
# No number of it is another's, and no part of it is nought.
SPENT = Usage(
    40, 25, cached_tokens=12, cache_write_tokens=5, reasoning_tokens=7, estimated=False
)


@dataclass(frozen=True)
class Called:
    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Said:
    """`seal` is the provider's signature on what it thought, or on what came of it."""

    text: str
    stop: Stop
    calls: tuple[Called, ...] = ()
    thought: str = THOUGHT
    seal: str = SIGNATURE


TEXT = Said("Grüße aus 日本 🚀, “quoted”\nand \\ more.", Stop.END)
CALLS = Said(
    "Let me look.",
    Stop.TOOL_CALLS,
    (
        Called("call_weather1", "weather", '{"city":"Zürich","days":[1,2]}'),
        Called("call_time1", "time", "{}"),
    ),
)
CUT = Said("It was a dark and", Stop.LENGTH)
CONTENTS = {"text": TEXT, "calls": CALLS, "cut": CUT}


@dataclass
class Heard:
    """What a caller makes of an answer. `broke` is the error it ends in, empty for a whole one.

    `turn` is the answer as its caller sends it back in the next request.
    """

    text: str = ""
    thought: str = ""
    seals: tuple[str, ...] = ()
    calls: tuple[Called, ...] = ()
    stop: Stop | None = None
    usage: Usage | None = None
    broke: str = ""
    turn: object = None

    @property
    def gist(self) -> tuple[object, ...]:
        """All that must be the same whether the answer was streamed or not."""
        return (self.text, self.thought, self.seals, self.calls, self.stop, self.usage)


def halves(text: str) -> tuple[str, str]:
    """Cut a text as a stream does, not between words."""
    return text[: len(text) // 2], text[len(text) // 2 :]
