import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from audit import spool
from audit.spool import SpoolWriter

from .records import NOON, call, refusals

CLOCK = NOON.timestamp


@pytest.fixture
def writer(tmp_path):
    writer = SpoolWriter(tmp_path / "spool", clock=CLOCK)
    yield writer
    writer.close()


def records_in(folder: Path) -> list[spool.Record]:
    return [
        spool.decode(line)
        for path in spool.spool_files(folder)
        for line in spool.read(path, 0).lines
    ]


@pytest.fixture
def disk_of():
    """Let files grow to so many bytes and no further, as a full disk would; None is no end."""
    unlimited, most = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(size: int | None) -> None:
        soft = unlimited if size is None else size
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, most))

    yield limit
    limit(None)


def test_what_is_appended_is_in_the_file_at_once(writer, tmp_path):
    written = [call(), refusals(), call()]

    for record in written:
        writer.append(record)

    assert records_in(tmp_path / "spool") == written


def test_the_file_is_for_its_owner_alone_and_named_after_the_process(writer, tmp_path):
    (path,) = spool.spool_files(tmp_path / "spool")

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.name.startswith(f"{os.getpid()}-")


def test_a_folder_that_cannot_be_written_is_told_at_once(tmp_path):
    (tmp_path / "spool").write_text("a file in its place")

    with pytest.raises(OSError, match="File exists"):
        SpoolWriter(tmp_path / "spool", clock=CLOCK)


def test_a_full_file_is_finished_and_the_next_one_goes_on(tmp_path):
    size = len(spool.encode(call()))
    writer = SpoolWriter(tmp_path, clock=CLOCK, rotate_bytes=2 * size)
    written = [call() for _ in range(5)]

    for record in written:
        writer.append(record)

    files = spool.spool_files(tmp_path)
    assert sorted(path.stat().st_size // size for path in files) == [1, 2, 2]
    assert sorted(spool.is_finished(path) for path in files) == [False, True, True]
    assert {each.id for each in records_in(tmp_path)} == {each.id for each in written}
    writer.close()


def test_a_folder_that_takes_no_new_file_keeps_the_old_one_in_use(tmp_path):
    folder = tmp_path / "spool"
    writer = SpoolWriter(folder, clock=CLOCK, rotate_bytes=1)
    folder.rename(tmp_path / "elsewhere")
    written = [call(), call()]

    for record in written:
        writer.append(record)

    assert writer.healthy
    assert records_in(tmp_path / "elsewhere") == written
    writer.close()


@pytest.mark.parametrize("room", [0, 1, 300, 512, 513, 700])
def test_a_full_disk_costs_no_record(writer, tmp_path, disk_of, room):
    """`room` ends before, inside, at the end of and behind a line."""
    written = [call() for _ in range(4)]

    disk_of(room)
    for record in written:
        writer.append(record)
    full = writer.healthy, writer.retry()
    disk_of(None)

    assert full == (False, False)
    assert writer.retry()
    assert writer.healthy
    assert records_in(tmp_path / "spool") == written


def test_a_writer_recovers_with_the_next_record_when_there_is_room_again(
    writer, tmp_path, disk_of
):
    written = [call(), call(), call()]
    disk_of(100)
    writer.append(written[0])
    writer.append(written[1])
    disk_of(None)

    writer.append(written[2])

    assert writer.healthy
    assert records_in(tmp_path / "spool") == written


def test_a_full_disk_is_told_once_and_what_it_cost_at_the_end(writer, caplog, disk_of):
    lost = call()

    disk_of(0)
    for _ in range(3):
        writer.append(lost)
    writer.close()

    assert [record.message for record in caplog.records] == [
        "spool.unwritable",
        "spool.lost",
    ]
    first, last = (vars(record)["fields"] for record in caplog.records)
    assert os.strerror(errno.EFBIG) in first["error"]
    assert [spool.decode(line.encode()) for line in last["lines"]] == [lost] * 3


def test_a_closed_writer_may_be_closed_again(writer):
    writer.close()

    writer.close()


WRITE_UNTIL_KILLED = """
import itertools, sys, time
from pathlib import Path
from audit.spool import SpoolWriter
from tests.unit.audit.records import call

writer = SpoolWriter(Path(sys.argv[1]), clock=time.time)
for number in itertools.count():
    writer.append(call(request_id=f"req-{number}"))
    print(number, flush=True)
"""


def test_a_killed_writer_leaves_every_record_it_had_written(tmp_path):
    command = [sys.executable, "-c", WRITE_UNTIL_KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        told = [int(child.stdout.readline()) for _ in range(200)]
        (path,) = spool.spool_files(tmp_path)
        alive = not spool.is_finished(path)
        child.kill()
        told += [int(number) for number in child.stdout.read().split()]

    numbers = [
        int(each.request_id.removeprefix("req-")) for each in records_in(tmp_path)
    ]
    assert alive
    assert spool.is_finished(path)
    assert numbers == list(range(len(numbers)))
    assert len(numbers) > max(told)
