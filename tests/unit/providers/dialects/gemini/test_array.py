import orjson

from providers.dialects.gemini.array import ArrayStream
from providers.dialects.gemini.sides import ERRORS
from providers.types import Failure


def array_of(*blocks: bytes) -> bytes:
    stream = ArrayStream()
    return b"".join(stream.feed(block) for block in blocks) + stream.end()


def test_events_become_the_elements_of_an_array():
    blocks = (b'data: {"a":1}\n\ndata: {"a":2}\n\n', b"", b'data: {"a":3}\n\n')

    assert orjson.loads(array_of(*blocks)) == [{"a": 1}, {"a": 2}, {"a": 3}]


def test_each_element_goes_out_at_once():
    stream = ArrayStream()

    assert stream.feed(b'data: {"a":1}\n\n') == b'[{"a":1}'
    assert stream.feed(b'data: {"a":2}\n\n') == b',\r\n{"a":2}'
    assert stream.end() == b"]"


def test_no_event_is_an_empty_array():
    assert array_of() == b"[]"


def test_a_failure_is_the_last_element():
    failure = Failure(502, "It broke.", "provider_error", "provider_error")

    found = orjson.loads(
        array_of(b'data: {"a":1}\n\n', ERRORS.event(failure, sequence=0))
    )

    assert found == [{"a": 1}, orjson.loads(ERRORS.body(failure))]
