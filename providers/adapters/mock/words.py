"""The mock's tokens."""

import itertools
import re
from collections.abc import Iterator

from .replies import MOST_ANSWER_BYTES

_PIECE = 2**16

# A word with the blanks before it: joined they are the text again, cut anywhere they end well.
_WORD = re.compile(r"\s*\S+")


def words_of(text: str) -> Iterator[str]:
    """Yield each word with the blanks before it."""
    return (word[0] for word in _WORD.finditer(text))


def words_in(text: str) -> int:
    """Count piece by piece: the words of a large body, in a list, are many times its size."""
    words = 0
    for at in range(0, len(text), _PIECE):
        piece = text[at : at + _PIECE]
        cut = at > 0 and not text[at - 1].isspace() and not piece[0].isspace()
        words += len(piece.split()) - cut
    return words


def start_of(text: str, most_words: int | None) -> str:
    """Return the first words, though never many more than may be said."""
    if most_words is None:
        return text
    end = 0
    for word in itertools.islice(_WORD.finditer(text), most_words):
        end = word.end()
        if end > MOST_ANSWER_BYTES:
            break
    return text[:end]


def size_of(text: str) -> int:
    return len(text.encode(errors="replace"))
