"""How many tokens a call took: what the provider says, or else our own count of the texts.

The answers are a provider's, so nothing in them is believed: whatever is missing, no number,
negative or absurd leads to the count, and nothing here raises.
"""

from providers.operations import Operation
from providers.types import Usage

from .answers import usage_of
from .openai import OpenAIMeter
from .reading import MOST_TOKENS

__all__ = ["MOST_TOKENS", "UsageMeter", "usage_of_answer"]


def usage_of_answer(answer: bytes, request: bytes) -> Usage:
    return usage_of(Operation.CHAT, answer, request)


class UsageMeter(OpenAIMeter):
    @property
    def finished(self) -> bool:
        return self.complete
