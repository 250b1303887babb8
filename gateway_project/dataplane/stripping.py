"""Taking out of a stream what the provider says because we asked, not the caller."""

import re

import orjson

from providers import sse

_STATED = re.compile(rb'"usage"\s*+:\s*+\{')


def without_usage(block: bytes) -> bytes:
    """Return the block without the chunks that state usage and nothing else."""
    if _STATED.search(block) is None:
        return block
    events = block.removesuffix(b"\n\n").split(b"\n\n")
    return b"".join([event + b"\n\n" for event in events if not _only_usage(event)])


def _only_usage(event: bytes) -> bool:
    if _STATED.search(event) is None:
        return False
    for data in sse.payloads(event + b"\n\n"):
        try:
            chunk = orjson.loads(data)
        except orjson.JSONDecodeError:
            return False
        if isinstance(chunk, dict) and chunk.get("choices") == []:
            return isinstance(chunk.get("usage"), dict)
    return False
