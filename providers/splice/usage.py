import re
from typing import Any

import orjson

from .members import Member, members, plain_value
from .spelling import is_escaped

_OPTIONS = b'"stream_options"'
_ASKED = b'"include_usage":true'
# An object that holds no other, and no string that holds an escape.
_SIMPLE = re.compile(rb'\{[^{}\[\]"\\]*+(?:"[^"\\]*+"[^{}\[\]"\\]*+)*+\}|null')

_EMPTY = re.compile(rb"[ \t\r\n]*+\}")


def with_stream_usage(body: bytes) -> bytes:
    """Return the body with `stream_options.include_usage` true, so that a stream tells its usage.

    The same object comes back when it says so already, or says what is no boolean: that is
    for the provider to refuse.
    """
    span = _options(body)
    if span is None:
        return _with_first_member(body, b'"stream_options":{%b}' % _ASKED)
    start, end = span
    said = body[start:end]
    asking = _asking(said)
    return body if asking is said else b"".join((body[:start], asking, body[end:]))


def _options(body: bytes) -> tuple[int, int] | None:
    """Find the top-level value; None where it is absent."""
    if _OPTIONS not in body and not is_escaped(body, "stream_options"):
        return None
    if plain := plain_value(body, _OPTIONS, _SIMPLE):
        return plain
    found = _last(body, "stream_options")
    return (found.start, found.end) if found else None


def _asking(said: bytes) -> bytes:
    options: Any = orjson.loads(said)
    if options is None:
        return b"{%b}" % _ASKED
    if not isinstance(options, dict):
        return said
    asked = options.get("include_usage")
    member = _last(said, "include_usage")
    if member is None:
        return _with_first_member(said, _ASKED)
    if asked is None or asked is False:
        return b"".join((said[: member.start], b"true", said[member.end :]))
    return said


def _last(text: bytes, key: str) -> Member | None:
    # Of keys that are repeated the last one counts, for us as for all we know of.
    found = [each for each in members(text.decode("latin-1")) if each.key == key]
    return found[-1] if found else None


def _with_first_member(text: bytes, member: bytes) -> bytes:
    at = text.index(b"{") + 1
    comma = b"" if _EMPTY.match(text, at) else b","
    return b"".join((text[:at], member, comma, text[at:]))
