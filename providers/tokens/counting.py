from .encoding import encoding

# So much is counted in 15 ms at worst (one letter or blank, over and over), English in 3.
MOST_BYTES = 64 * 1024


def count(text: str | bytes) -> int:
    """Return how many tokens the text is.

    Of a text longer than `MOST_BYTES` the beginning is counted, and the rest taken to be
    like it. What reads like a special token is text.
    """
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    return scaled(data[:MOST_BYTES], len(data))


def scaled(beginning: bytes, size: int) -> int:
    """Return how many tokens a text of `size` bytes is, to judge by its beginning.

    The beginning is no longer than `MOST_BYTES`; it may end inside a character.
    """
    if not beginning:
        return 0
    text = beginning.decode("utf-8", "replace")
    counted = len(encoding().encode_ordinary(text))
    return -(-counted * size // len(beginning))
