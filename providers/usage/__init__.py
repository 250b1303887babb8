"""How many tokens a call took: what the provider says, or else our own count of the texts.

The answers are a provider's, so nothing in them is believed: whatever is missing, no number,
negative or absurd leads to the count, and nothing here raises.
"""

from .reading import MOST_TOKENS

__all__ = ["MOST_TOKENS"]
