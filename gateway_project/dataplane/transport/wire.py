"""The request as bytes."""

import re

from providers.errors import UpstreamUnreachable
from providers.types import Outbound

_NOT_IN_A_TARGET = re.compile(rb"[\x00-\x20\x7f]")


def head(outbound: Outbound, host: bytes) -> bytes:
    """Return the request line and the headers, host and framing among them.

    An answer we could not read would pass unscreened and uncounted, so none may be
    compressed. Raises `UpstreamUnreachable` for a line that would end early: a control
    character in a header or path, most likely in the operator's credential.
    """
    lines = [
        b"%b %b HTTP/1.1" % (outbound.method, outbound.path),
        b"host: " + host,
        b"accept-encoding: identity",
        b"content-length: %d" % len(outbound.body),
    ]
    lines += [b"%b: %b" % header for header in outbound.headers]
    block = b"\r\n".join(lines)
    # Counting over the whole is far cheaper than a look at every value.
    ends = len(lines) - 1
    if (
        block.count(b"\n") != ends
        or block.count(b"\r") != ends
        or b"\0" in block
        or _NOT_IN_A_TARGET.search(outbound.path)
    ):
        raise _unfit(outbound)
    return block + b"\r\n\r\n"


def _unfit(outbound: Outbound) -> UpstreamUnreachable:
    bad = (
        name.decode("latin-1", "replace")
        for name, value in outbound.headers
        if re.search(rb"[\r\n\0]", name + value)
    )
    what = next((f"the header {name!r}" for name in bad), "the path")
    where = outbound.endpoint.authority
    return UpstreamUnreachable(f"{where}: {what} holds a control character; not sent")
