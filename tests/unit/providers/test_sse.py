import json

import pytest

from providers import sse

from .streams import STREAMS

streams = pytest.mark.parametrize(
    ("stream", "text"), STREAMS.values(), ids=STREAMS.keys()
)


def framed(*chunks):
    framer = sse.Framer()
    return [framer.feed(chunk) for chunk in chunks], framer.is_inside


def text_of(block):
    """Read as a strict client does that knows only LF and whole events."""
    found = ""
    for event in block.decode().split("\n\n"):
        lines = [
            line[5:].removeprefix(" ")
            for line in event.split("\n")
            if line[:5] == "data:"
        ]
        data = "\n".join(lines)
        if data and data != "[DONE]":
            for choice in json.loads(data)["choices"]:
                found += choice["delta"].get("content", "")
    return found


@streams
def test_a_stream_reads_the_same_wherever_it_is_cut(stream, text):
    raw = stream.encode()
    whole, inside = framed(raw)

    assert text_of(whole[0]) == text
    for cut in range(len(raw) + 1):
        blocks, left = framed(raw[:cut], raw[cut:])
        assert (b"".join(blocks), left) == (whole[0], inside), cut


@streams
def test_a_stream_reads_the_same_byte_by_byte(stream, text):
    raw = stream.encode()

    blocks, _ = framed(*(raw[at : at + 1] for at in range(len(raw))))

    assert text_of(b"".join(blocks)) == text


@streams
def test_every_block_holds_whole_events_with_lf_ends_only(stream, text):
    raw = stream.encode()

    for cut in range(len(raw) + 1):
        for block in framed(raw[:cut], raw[cut:])[0]:
            assert b"\r" not in block
            assert block == b"" or block.endswith(b"\n\n")
            block.decode()


@streams
def test_the_end_is_seen_once(stream, text):
    raw = stream.encode()

    for cut in range(len(raw) + 1):
        blocks, _ = framed(raw[:cut], raw[cut:])
        assert sum(map(sse.has_done, blocks)) == 1


def test_what_needs_no_work_is_not_copied():
    chunk = b"data: x\n\n"

    assert sse.Framer().feed(chunk) is chunk


def test_an_event_that_ends_in_cr_is_not_held_back_for_a_lf():
    framer = sse.Framer()

    assert framer.feed(b"data: x\r\r") == b"data: x\n\n"
    assert framer.feed(b"\ndata: y\r\n\r\n") == b"data: y\n\n"


def test_only_the_first_byte_order_mark_is_dropped():
    blocks, _ = framed(b"\xef\xbb\xbfdata: x\n\n", b"\xef\xbb\xbfdata: y\n\n")

    assert blocks == [b"data: x\n\n", b"\xef\xbb\xbfdata: y\n\n"]


@pytest.mark.parametrize(
    ("end", "is_inside"),
    [
        (b"", False),
        (b"data: y", True),
        (b"data: y\n", True),
        (b"\n", False),
        (b"data: [DONE]", False),
        (b"data: [DONE]\r\n", False),
        (b"data: [DON", True),
    ],
)
def test_it_is_known_whether_a_stream_ends_inside_an_event(end, is_inside):
    assert framed(b"data: x\n\n" + end)[1] is is_inside


def test_an_event_without_end_is_refused_before_it_fills_the_memory():
    framer = sse.Framer(limit=100)
    framer.feed(b"data: " + b"x" * 94)

    with pytest.raises(sse.EventTooLong, match="100 bytes"):
        framer.feed(b"x")


def test_a_long_event_in_many_pieces_takes_linear_time():
    framer = sse.Framer()

    for _ in range(200_000):
        framer.feed(b"data: aaaaaaaaaa\n")

    assert len(framer.feed(b"\n")) == 200_000 * 17 + 1


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (b"data: a\n\n", [b"a"]),
        (b"data:a\n\ndata: b\n\n", [b"a", b"b"]),
        (b"data: a\ndata: b\n\n", [b"a\nb"]),
        (b"data: a\ndata\ndata:\n\n", [b"a\n\n"]),
        (b"event: x\ndata: a\nid: 1\n\n", [b"a"]),
        (b"event: x\ndata: a\n\nevent: y\ndata: b\n\n", [b"a", b"b"]),
        (b"event: data\ndata: a\n\n", [b"a"]),
        (b"event: x\ndata\ndata: a\n\n", [b"\na"]),
        (b"event: x\ndata: a\ndata: b\n\n", [b"a\nb"]),
        (b": only a comment\n\n", []),
        (b"data: \n\ndata\n\n\n\n", []),
        (b"datax: a\n\n", []),
        (b"", []),
    ],
)
def test_payloads_are_the_data_of_each_event(block, expected):
    assert sse.payloads(block) == expected


@pytest.mark.parametrize(
    ("block", "done"),
    [
        (b"data: [DONE]\n\n", True),
        (b"data:[DONE]\n\n", True),
        (b"data: x\n\ndata: [DONE] \n\n", True),
        (b"id: 1\ndata: [DONE]\n\n", True),
        (b'data: {"content":"data: [DONE]"}\n\n', False),
        (b"data: x\ndata: [DONE]\n\n", False),
        (b": [DONE]\n\n", False),
        (b"event: [DONE]\n\n", False),
        (b"", False),
    ],
)
def test_only_the_closing_event_is_the_end(block, done):
    assert sse.has_done(block) is done


@pytest.mark.parametrize("data", [b"", b"x", b"a\nb", b"a\r\nb\rc", b"\n", b"[DONE]"])
def test_what_is_encoded_is_one_event_and_reads_back(data):
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    event = sse.encode(data)

    assert event.endswith(b"\n\n")
    assert sse.payloads(event) == ([lines] if lines else [])
    assert sse.encode(b"[DONE]") == sse.DONE
