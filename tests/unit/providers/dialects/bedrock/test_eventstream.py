import struct
import zlib

import pytest

from providers.dialects.bedrock.eventstream import MOST_FRAME_BYTES, Frame, Frames
from providers.errors import UpstreamBroken

from .frames import frame, frame_of, text_header

# A frame by botocore's own tests, which took it from AWS's.
PUBLISHED = (
    b"\x00\x00\x00=\x00\x00\x00 \x07\xfd\x83\x96\x0ccontent-type\x07\x00\x10"
    b"application/json{'foo':'bar'}\x8d\x9c\x08\xb1"
)
STREAM = frame({":event-type": "a"}, b'{"n":1}') + frame({}) + frame({"b": "é"}, b"xy")
FRAMES = [
    Frame({":event-type": "a"}, b'{"n":1}'),
    Frame({}, b""),
    Frame({"b": "é"}, b"xy"),
]


def with_prelude(total, headers):
    prelude = struct.pack(">II", total, headers)
    return prelude + struct.pack(">I", zlib.crc32(prelude))


def test_reads_the_frame_aws_published():
    assert Frames().feed(PUBLISHED) == [
        Frame({"content-type": "application/json"}, b"{'foo':'bar'}")
    ]


@pytest.mark.parametrize("cut", range(len(STREAM) + 1))
def test_decodes_the_same_wherever_the_bytes_are_cut(cut):
    frames = Frames()

    assert frames.feed(STREAM[:cut]) + frames.feed(STREAM[cut:]) == FRAMES
    assert not frames.is_inside


def test_decodes_the_same_byte_by_byte():
    frames = Frames()

    found = [each for byte in STREAM for each in frames.feed(bytes([byte]))]

    assert found == FRAMES


def test_knows_that_it_is_inside_a_frame():
    frames = Frames()

    frames.feed(STREAM[:-1])

    assert frames.is_inside


def test_skips_headers_that_are_no_text():
    values = [b"\x00", b"\x01", b"\x02a", b"\x03ab", b"\x04abcd", b"\x05abcdefgh"]
    values += [b"\x06\x00\x02ab", b"\x08abcdefgh", b"\x09" + b"u" * 16]
    headers = b"".join(b"\x01h" + value for value in values) + text_header("t", "x")

    assert Frames().feed(frame_of(headers, b"p")) == [Frame({"t": "x"}, b"p")]


@pytest.mark.parametrize("at", range(len(PUBLISHED)))
def test_a_flipped_bit_anywhere_is_found(at):
    damaged = bytearray(PUBLISHED)
    damaged[at] ^= 1

    with pytest.raises(UpstreamBroken, match="checksum"):
        Frames().feed(bytes(damaged))


@pytest.mark.parametrize(
    ("prelude", "said"),
    [
        (with_prelude(MOST_FRAME_BYTES + 1, 0), "longer than 16777216 bytes"),
        (with_prelude(15, 0), "shorter"),
        (with_prelude(0, 0), "shorter"),
        (with_prelude(100, 85), "shorter"),
        (with_prelude(100, 2**17), "shorter"),
        (with_prelude(2**18, 2**17 + 1), "headers are longer than 131072 bytes"),
    ],
)
def test_refuses_lengths_that_cannot_be_before_it_gathers_them(prelude, said):
    with pytest.raises(UpstreamBroken, match=said):
        Frames().feed(prelude)


@pytest.mark.parametrize(
    "headers",
    [
        b"\x05ab",
        b"\x01a",
        b"\x01a\x07",
        b"\x01a\x07\x00",
        b"\x01a\x07\x00\x05ab",
        b"\x01a\x05ab",
        b"\x01a\x0a",
        b"\x01\xff\x00",
        b"\x01a\x07\x00\x01\xff",
    ],
)
def test_refuses_headers_that_are_none(headers):
    with pytest.raises(UpstreamBroken, match="headers"):
        Frames().feed(frame_of(headers, b""))
