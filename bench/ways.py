"""From which dialect into which a call goes: as it is, or translated on the way there and back."""

from typing import Literal, NamedTuple

Dialect = Literal["openai", "anthropic"]


class Way(NamedTuple):
    caller: Dialect
    provider: Dialect

    def __str__(self) -> str:
        return f"{self.caller}-{self.provider}"


PASSING = Way("openai", "openai")
WAYS = (
    PASSING,
    Way("anthropic", "anthropic"),
    Way("openai", "anthropic"),
    Way("anthropic", "openai"),
)
