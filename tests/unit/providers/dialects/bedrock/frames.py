"""Makes the frames a provider sends."""

import struct
import zlib

import orjson


def text_header(name, value):
    encoded = value.encode()
    return (
        bytes([len(name)])
        + name.encode()
        + b"\x07"
        + struct.pack(">H", len(encoded))
        + encoded
    )


def frame_of(headers, payload):
    """Return a frame with these bytes for headers."""
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    head = prelude + struct.pack(">I", zlib.crc32(prelude))
    body = head + headers + payload
    return body + struct.pack(">I", zlib.crc32(body))


def frame(headers, payload=b""):
    return frame_of(
        b"".join(text_header(name, value) for name, value in headers.items()), payload
    )


def event(kind, **fields):
    headers = {
        ":event-type": kind,
        ":content-type": "application/json",
        ":message-type": "event",
    }
    # Bedrock pads its payloads, so that lengths tell nothing about tokens.
    return frame(headers, orjson.dumps({**fields, "p": "abcdefghijklm"}))


def exception(kind, message):
    headers = {
        ":exception-type": kind,
        ":content-type": "application/json",
        ":message-type": "exception",
    }
    return frame(headers, orjson.dumps({"message": message}))
