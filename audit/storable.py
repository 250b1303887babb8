"""What a text column can hold."""


def storable(text: str, width: int | None = None) -> str:
    """Return the text without what PostgreSQL has no place for, and no longer than `width`.

    NUL and halves of surrogate pairs are replaced, so that nobody keeps himself out of
    the record by putting one into a name.
    """
    if "\0" in text or not text.isascii():
        text = text.replace("\0", "\ufffd")
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text[:width]
