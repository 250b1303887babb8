"""AWS's binary frames, `application/vnd.amazon.eventstream`.

A frame is its length, the length of its headers and a checksum of these two; then headers,
payload, and a checksum of everything before it.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from providers.errors import UpstreamBroken

MOST_FRAME_BYTES = 16 * 2**20
# As many as AWS itself allows.
MOST_HEADER_BYTES = 128 * 2**10

_PRELUDE = struct.Struct(">III")
_CHECKSUM = struct.Struct(">I")
_SHORT = struct.Struct(">H")
_LEAST_FRAME_BYTES = _PRELUDE.size + _CHECKSUM.size

_BYTES, _TEXT = 6, 7
# Of each type of header value but the two above, whose lengths stand before them: true,
# false, byte, short, integer, long, timestamp, uuid.
_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}


@dataclass(frozen=True, slots=True)
class Frame:
    """`headers` are those with text in them; all that Bedrock sends are."""

    headers: Mapping[str, str]
    payload: bytes = field(repr=False)


class Frames:
    """Cuts a stream into frames, wherever the network cut it."""

    __slots__ = ("_limit", "_rest")

    def __init__(self, limit: int = MOST_FRAME_BYTES) -> None:
        self._limit = limit
        self._rest = bytearray()

    @property
    def is_inside(self) -> bool:
        """True when a stream that ends here ends inside a frame."""
        return bool(self._rest)

    def feed(self, chunk: bytes) -> list[Frame]:
        """Return the frames that `chunk` completes.

        Raises `UpstreamBroken` for what is no frame or longer than the limit.
        """
        self._rest += chunk
        frames = []
        start = 0
        while end := self._end(start):
            frames.append(_frame(bytes(memoryview(self._rest)[start:end])))
            start = end
        del self._rest[:start]
        return frames

    def _end(self, start: int) -> int:
        """Return where the frame at `start` ends; 0 when it is not all there."""
        if len(self._rest) - start < _PRELUDE.size:
            return 0
        total, headers, checksum = _PRELUDE.unpack_from(self._rest, start)
        if zlib.crc32(self._rest[start : start + 8]) != checksum:
            raise UpstreamBroken("the beginning of a frame does not match its checksum")
        if total > self._limit:
            raise UpstreamBroken(f"a frame is longer than {self._limit} bytes")
        if headers > MOST_HEADER_BYTES:
            raise UpstreamBroken(f"headers are longer than {MOST_HEADER_BYTES} bytes")
        if total < _LEAST_FRAME_BYTES + headers:
            raise UpstreamBroken("a frame is shorter than what it holds")
        end: int = start + total
        return end if end <= len(self._rest) else 0


def _frame(data: bytes) -> Frame:
    body, (checksum,) = data[:-4], _CHECKSUM.unpack(data[-4:])
    if zlib.crc32(body) != checksum:
        raise UpstreamBroken("a frame does not match its checksum")
    _, length, _ = _PRELUDE.unpack_from(body)
    payload_at = _PRELUDE.size + length
    return Frame(_headers(body[_PRELUDE.size : payload_at]), body[payload_at:])


# A stream has few kinds of frames, and each kind has the same headers every time.
@lru_cache(maxsize=32)
def _headers(data: bytes) -> Mapping[str, str]:
    return dict(_header_by_header(data))


def _header_by_header(data: bytes) -> Iterator[tuple[str, str]]:
    at = 0
    try:
        while at < len(data):
            name_at, at = at + 1, at + 1 + data[at]
            name, kind = data[name_at:at].decode(), data[at]
            at += 1
            if kind in (_BYTES, _TEXT):
                (size,) = _SHORT.unpack_from(data, at)
                at += _SHORT.size
            else:
                size = _SIZES[kind]
            value_at, at = at, at + size
            if at > len(data):
                raise IndexError
            if kind == _TEXT:
                yield name, data[value_at:at].decode()
    except (IndexError, KeyError, UnicodeDecodeError, struct.error) as error:
        raise UpstreamBroken("a frame has headers that are none") from error
