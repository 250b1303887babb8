"""Usage by our own count, for what the provider does not say."""

from dataclasses import replace

from providers import tokens
from providers.types import Usage

from .prompts import prompt_tokens


def estimate(request: bytes, completion: str) -> Usage:
    """Return about what a call took, from its request in any dialect and the answer's text."""
    return Usage(prompt_tokens(request), tokens.count(completion), estimated=True)


def completed(
    request: bytes, completion_tokens: int, begun: Usage | None = None
) -> Usage:
    """Return about what a call took whose answer we counted.

    `begun` is what the provider had said when its answer was cut off: of the prompt all.
    """
    if begun is None:
        return Usage(prompt_tokens(request), completion_tokens, estimated=True)
    more = max(begun.completion_tokens, completion_tokens)
    return replace(begun, completion_tokens=more, estimated=True)
