"""The one encoding everything is counted with: OpenAI's o200k_base, from the file beside this one.

Most providers keep theirs to themselves. English comes out the same to about a tenth,
whoever's model it is; other scripts may differ by more.
"""

import gzip
from base64 import b64decode
from functools import cache
from pathlib import Path

import tiktoken

_RANKS = Path(__file__).with_name("o200k_base.tiktoken.gz")
# How a text is cut before the pieces are encoded; it belongs to the ranks.
_PIECES = "|".join(
    (
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    )
)


def load() -> None:
    """Build the encoding now rather than with the first count.

    It takes a third of a second and 50 MB, which processes forked afterwards share.
    """
    encoding()


@cache
def encoding() -> tiktoken.Encoding:
    """Return the encoding of this process, built once. It knows no special tokens."""
    ranks = read_ranks()
    made = tiktoken.Encoding(
        "o200k_base", pat_str=_PIECES, mergeable_ranks=ranks, special_tokens={}
    )
    # It has made its own table of them; this one is 30 MB that nothing reads again.
    ranks.clear()
    return made


def read_ranks() -> dict[bytes, int]:
    lines = gzip.decompress(_RANKS.read_bytes()).splitlines()
    return {b64decode(token): int(rank) for token, rank in map(bytes.split, lines)}
