"""Identifiers that sort by the time they were made."""

import os
import time
from uuid import UUID


def uuid7(unix_ms: int | None = None) -> UUID:
    """Return a version 7 UUID (RFC 9562, section 5.7): 48 bits of time, 74 of chance."""
    ms = time.time_ns() // 1_000_000 if unix_ms is None else unix_ms
    value = (ms & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def new_epoch() -> str:
    """Return a text that tells this database from any other."""
    return os.urandom(8).hex()
