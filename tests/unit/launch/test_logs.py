import pytest

from gateway_project.launch import logs
from gateway_project.launch.logs import LogFile


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(logs, "BIGGEST", 100)


def test_a_log_that_grew_is_put_aside_under_the_hand_that_writes_it(tmp_path):
    log = LogFile(tmp_path / "drain.log")
    with log.open() as child:
        child.write(b"before\n" * 20)
        child.flush()

        log.rotate()
        child.write(b"after\n")
        child.flush()

    assert (tmp_path / "drain.log.1").read_bytes() == b"before\n" * 20
    assert log.path.read_bytes() == b"after\n"
    assert log.last_words(lines=5) == ["after"]


def test_a_small_log_stays_as_it_is(tmp_path):
    log = LogFile(tmp_path / "drain.log")
    with log.open() as child:
        child.write(b"before\n")

    log.rotate()

    assert log.path.read_bytes() == b"before\n"
    assert not (tmp_path / "drain.log.1").exists()


def test_a_log_that_somebody_removed_is_no_trouble(tmp_path):
    LogFile(tmp_path / "drain.log").rotate()


def test_a_disk_without_room_for_the_copy_stops_nobody(tmp_path):
    log = LogFile(tmp_path / "drain.log")
    log.path.write_bytes(b"before\n" * 20)
    (tmp_path / "drain.log.1").mkdir()

    log.rotate()

    assert log.path.read_bytes() == b""
