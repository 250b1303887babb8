"""How many tokens a text is, counted here: nothing is downloaded, ever."""

from .counting import MOST_BYTES, count, scaled
from .encoding import load

__all__ = ["MOST_BYTES", "count", "load", "scaled"]
