import json

import pytest

from audit.spool import Undecodable, decode, encode

from .records import call, refusals

CALL = json.loads(encode(call()))["call"]


def line(**changes: object) -> bytes:
    return json.dumps({"call": CALL | changes}).encode()


@pytest.mark.parametrize(
    "record",
    [
        call(),
        call(upstream_status=None, first_byte_us=None),
        call(model='"quoted"\n\x00\x7f é \U0001f600'),
        call(model="half a pair: \ud83d"),
        call(prompt_tokens=10**30),
        call(cached_tokens=8, cache_write_tokens=3, reasoning_tokens=21),
        refusals(),
        refusals(tenant_id=call().tenant_id, subject=""),
    ],
)
def test_a_record_reads_back_as_it_was_written(record):
    assert decode(encode(record).removesuffix(b"\n")) == record


@pytest.mark.parametrize("model", ["a\nb", "a\r\nb", "a\u2028b", "\ud83d\n"])
def test_a_record_is_one_line_whatever_it_says(model):
    written = encode(call(model=model))

    assert written.count(b"\n") == 1
    assert written.endswith(b"\n")


def test_a_field_of_a_newer_release_is_passed_over():
    assert decode(line(cost_micro_usd=12)) == decode(line())


def test_a_record_of_a_release_that_knew_no_parts_of_tokens_is_read():
    parts = ("cached_tokens", "cache_write_tokens", "reasoning_tokens")
    older = {name: value for name, value in CALL.items() if name not in parts}

    record = decode(json.dumps({"call": older}).encode())

    assert [getattr(record, name) for name in parts] == [0, 0, 0]


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (b"", "Expecting value"),
        (b"\x00" * 40, "."),
        (b'{"call":{', "."),
        (b"[" * 100_000, "."),
        (b"\xff\xfe", "."),
        (b"null", "not an object with one member"),
        (b"{}", "not an object with one member"),
        (b'{"other":{}}', "neither a call nor refusals"),
        (b'{"call":[]}', "neither a call nor refusals"),
        (b'{"call":{}}', "id is missing"),
        (b'{"refusals":{}}', "code is missing"),
        (line(id="no uuid"), "badly formed"),
        (line(id=None), "id is a NoneType"),
        (line(status="200"), "status is a str"),
        (line(status=True), "status is a bool"),
        (line(status=200.0), "status is a float"),
        (line(stream=0), "stream is a int"),
        (line(model=None), "model is a NoneType"),
    ],
)
def test_what_is_no_record_is_undecodable(bad, told):
    with pytest.raises(Undecodable, match=told):
        decode(bad)
