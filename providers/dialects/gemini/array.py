"""The other form of a stream: one JSON array, for callers that did not ask for events."""

from providers.sse import payloads


class ArrayStream:
    """Makes elements of an array of a caller's events; an error is the last of them."""

    def __init__(self) -> None:
        self._before = b"["

    def feed(self, block: bytes) -> bytes:
        """Return the elements for a block of whole events."""
        written = bytearray()
        for data in payloads(block):
            written += self._before
            written += data
            self._before = b",\r\n"
        return bytes(written)

    def end(self) -> bytes:
        """Return what closes the array, also after an error."""
        return b"[]" if self._before == b"[" else b"]"
