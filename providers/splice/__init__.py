"""Surgery on a caller's JSON without writing it anew: every byte we do not mean to change stays.

Bodies given here have already been parsed once, so they are valid JSON objects. Two views of
them are at work: regular expressions over the raw bytes, which may see a key where there is
none (inside a nested object) but never miss one, and for the cases they cannot settle the
JSON decoder itself, led along the members.
"""

from .members import MOST_MEMBERS, TooManyMembers
from .model import replace_model, replace_named
from .repeats import repeated_below, repeated_keys
from .sizes import holds_more_values
from .usage import with_stream_usage

__all__ = [
    "MOST_MEMBERS",
    "TooManyMembers",
    "holds_more_values",
    "repeated_below",
    "repeated_keys",
    "replace_model",
    "replace_named",
    "with_stream_usage",
]
