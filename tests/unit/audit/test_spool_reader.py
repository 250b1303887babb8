import pytest

from audit import spool

from .records import call, refusals

RECORDS = [call(), refusals(), call(model="é\U0001f600")]
STREAM = b"".join(spool.encode(record) for record in RECORDS)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "1-x.jsonl"


@pytest.mark.parametrize("cut", range(len(STREAM) + 1))
def test_the_same_records_are_read_wherever_the_writer_has_got_to(path, cut):
    path.write_bytes(STREAM[:cut])
    first = spool.read(path, 0)
    path.write_bytes(STREAM)
    second = spool.read(path, first.end)

    assert [spool.decode(line) for line in first.lines + second.lines] == RECORDS
    assert STREAM[first.end : cut] == first.tail
    assert (second.end, second.tail) == (len(STREAM), b"")


@pytest.mark.parametrize("size", [1, 2, 7, 300, len(STREAM), 2 * len(STREAM)])
def test_slices_of_any_size_make_up_the_whole(path, size):
    path.write_bytes(STREAM + b"cut of")
    lines: list[bytes] = []
    part = spool.read(path, 0, size=size)

    while not part.at_end:
        lines += part.lines
        part = spool.read(path, part.end, size=size)
    lines += part.lines

    assert [spool.decode(line) for line in lines] == RECORDS
    assert part.tail == b"cut of"


def test_only_spool_files_are_spool_files(tmp_path):
    for name in ("2-b.jsonl", "1-a.jsonl", "3-c.new", "drain.lock"):
        (tmp_path / name).touch()
    spool.quarantine(tmp_path / "1-a.jsonl", offset=0, line=b"x", reason="")

    assert [path.name for path in spool.spool_files(tmp_path)] == [
        "1-a.jsonl",
        "2-b.jsonl",
    ]


def test_what_is_quarantined_is_kept_and_told_without_its_contents(path, caplog):
    spool.quarantine(path, offset=7, line=b"secret?", reason="odd")
    spool.quarantine(path, offset=99, line=b"\xff\x00", reason="odd")

    kept = path.parent / "quarantine" / "bad-1-x.jsonl"
    assert kept.read_bytes() == b"secret?\n\xff\x00\n"
    assert vars(caplog.records[0])["fields"] == {
        "file": "1-x.jsonl",
        "offset": 7,
        "bytes": 7,
        "reason": "odd",
    }
    assert "secret" not in caplog.text
