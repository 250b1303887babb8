"""The event-stream format, on bytes.

A block is what travels through the gateway: one or more whole events, line ends LF, each
ended by a blank line. Everything a provider may legally send becomes blocks here, so that
nothing behind this file has to know CR, byte order marks or where the network cut.
"""

from .errors import UpstreamBroken

MAX_EVENT_BYTES = 16 * 2**20
DONE = b"data: [DONE]\n\n"

_BOM = b"\xef\xbb\xbf"
_END = b"\n\n"


class EventTooLong(UpstreamBroken):
    pass


class Framer:
    """Cut a stream into blocks, wherever the network cut it."""

    __slots__ = ("_after_cr", "_limit", "_rest", "_started")

    def __init__(self, limit: int = MAX_EVENT_BYTES) -> None:
        self._limit = limit
        self._rest = bytearray()
        self._started = False
        self._after_cr = False

    @property
    def is_inside(self) -> bool:
        """True when a stream that ends here ends inside an event.

        The closing `[DONE]` says all it has to say without the blank line behind it.
        """
        return bytes(self._rest).strip() not in (b"", DONE.strip())

    def feed(self, chunk: bytes) -> bytes:
        """Return the block that `chunk` completes; empty when it completes no event.

        Raises `EventTooLong` when an event passes the limit.
        """
        if not self._started:
            chunk = self._without_bom(chunk)
        if self._after_cr or b"\r" in chunk:
            chunk = self._with_lf(chunk)
        # What a provider nearly always sends passes as it came, not copied.
        if not self._rest and chunk.endswith(_END):
            return chunk
        return self._complete(chunk)

    def _without_bom(self, chunk: bytes) -> bytes:
        chunk = bytes(self._rest) + chunk
        self._rest.clear()
        if chunk != _BOM and _BOM.startswith(chunk):
            self._rest += chunk
            return b""
        self._started = True
        return chunk.removeprefix(_BOM)

    def _with_lf(self, chunk: bytes) -> bytes:
        # A CR ends its line at once: the event must not wait for a LF that may never come.
        # A LF that does come first in the next chunk belonged to that CR.
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        self._after_cr = self._after_cr or chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _complete(self, chunk: bytes) -> bytes:
        rest = self._rest
        # Only the new bytes are searched, so that an event in many pieces costs linear time.
        searched = max(len(rest) - 1, 0)
        rest += chunk
        cut = rest.rfind(_END, searched)
        if cut < 0:
            if len(rest) > self._limit:
                raise EventTooLong(f"an event is longer than {self._limit} bytes")
            return b""
        block = bytes(memoryview(rest)[: cut + 2])
        del rest[: cut + 2]
        return block


def payloads(block: bytes) -> list[bytes]:
    """Return the data of each event of the block; events without data are left out."""
    return [data for event in block.split(_END) if event and (data := _data(event))]


def _data(event: bytes) -> bytes:
    # Nearly always there is one line of data, the last, after a name or after nothing.
    head, _, last = event.rpartition(b"\n")
    if last.startswith(b"data: ") and b"data" not in head:
        return last[6:]
    return b"\n".join(
        line[5:].removeprefix(b" ")
        for line in event.split(b"\n")
        if line.startswith(b"data:") or line == b"data"
    )


def has_done(block: bytes) -> bool:
    """True when one of the events is the closing `[DONE]`, not one that merely mentions it."""
    return b"[DONE]" in block and any(
        data.strip() == b"[DONE]" for data in payloads(block)
    )


def encode(data: bytes) -> bytes:
    """Return one event that carries `data`."""
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return b"".join(b"data: %b\n" % line for line in lines) + b"\n"
