"""PNG files of one colour."""

import hashlib
import struct
import zlib


def png(width: int, height: int, prompt: str) -> bytes:
    """Return a picture whose colour the prompt decides."""
    # One bit a pixel, all of them 0, which is the only colour of the palette.
    head = struct.pack(">IIBBBBB", width, height, 1, 3, 0, 0, 0)
    row = bytes(1 + (width + 7) // 8)
    colour = hashlib.sha256(prompt.encode()).digest()[:3]
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", head),
            _chunk(b"PLTE", colour),
            _chunk(b"IDAT", zlib.compress(row * height)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
