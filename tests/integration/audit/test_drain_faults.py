"""The drainer as a process: killed, doubled, told to stop, and left without its database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection, transaction

from audit import drain, selectors, spool, types
from audit.chain import PLATFORM
from audit.models import CallRecord, Entry, RefusalTally, SpoolMark
from audit.spool import SpoolWriter
from tests.unit.audit.records import NOON, call, refusals
from tests.unit.audit.test_spool_writer import WRITE_UNTIL_KILLED

from .draining import drain_all, forget, spooled, stored_ids

pytestmark = pytest.mark.django_db(transaction=True)

MANAGE = Path(__file__).parents[3] / "manage.py"


@contextmanager
def drainer(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `manage.py drain` on the test's database; kill it should it be left running."""
    environment = os.environ | {
        "DATABASE_URL": url_of(connection.settings_dict["NAME"]),
        "SPOOL_DIR": str(folder),
    }
    command = [sys.executable, str(MANAGE), "drain", *arguments]
    with (
        log_of(folder).open("ab") as log,
        subprocess.Popen(command, env=environment, stderr=log) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def log_of(folder: Path) -> Path:
    return folder.parent / "drainer.log"


def url_of(database: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()


@contextmanager
def database_away() -> Iterator[None]:
    """Cut every connection to the test's database but our own, and let none in."""
    connection.ensure_connection()
    name = connection.settings_dict["NAME"]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as elsewhere:
        elsewhere.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            elsewhere.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND pid <> %s",
                [name, connection.connection.info.backend_pid],
            )
            yield
        finally:
            elsewhere.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def eventually(condition: Callable[[], object], *, within: float = 20) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.02)


def somebody_waits() -> bool:
    """True when a session waits for a lock another one holds."""
    with connection.cursor() as cursor:
        # Not pg_stat_activity: what that shows stands still within a transaction.
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks waits JOIN pg_locks holds USING (pid)"
            " JOIN pg_database ON pg_database.oid = holds.database"
            " WHERE NOT waits.granted AND datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


class TestKilled:
    @pytest.fixture
    def written(self, folder):
        written = [call() for _ in range(20)]
        lines = [spool.encode(record) for record in written]
        self.path = spooled(folder, *lines, spool.encode(refusals()))
        return {record.id for record in written}

    def test_between_copy_and_commit_nothing_is_lost_and_nothing_doubled(
        self, folder, written
    ):
        with transaction.atomic():
            self.hold_a_tally()
            # The tally is counted after the calls are copied.
            with drainer(folder) as process:
                eventually(somebody_waits)
                process.kill()
            transaction.set_rollback(True)
        after_the_kill = stored_ids(), SpoolMark.objects.get().offset

        drain_all(folder)

        assert after_the_kill == (set(), 0)
        assert stored_ids() == written
        assert Entry.objects.get().detail["count"] == 3

    def test_between_commit_and_removal_nothing_is_doubled(self, folder, written):
        def die(batch: drain.Batch) -> None:
            raise SystemExit("killed")

        with pytest.raises(SystemExit):
            drain.drain_folder(folder, after_batch=die)
        after_the_kill = stored_ids(), self.path.exists()

        drain_all(folder)

        assert after_the_kill == (written, True)
        assert stored_ids() == written
        assert Entry.objects.get().detail["count"] == 3
        assert not self.path.exists()

    def hold_a_tally(self) -> None:
        RefusalTally.objects.create(
            chain=PLATFORM,
            code="invalid_api_key",
            subject="ffffffffffff",
            minute=NOON,
            times=1,
            first_at=NOON,
            last_at=NOON,
        )


def test_a_drainer_that_dies_in_settling_settles_again(folder):
    spooled(folder, spool.encode(refusals()))
    drain.drain_folder(folder, after_batch=forget)

    with transaction.atomic():
        drain.settle(before=NOON + timedelta(minutes=1), now=NOON)
        transaction.set_rollback(True)
    drain_all(folder)

    assert Entry.objects.get().detail["count"] == 3
    assert list(selectors.problems_of(PLATFORM)) == []


def test_a_second_drainer_is_kept_out_of_the_folder(folder):
    with drain.sole_drainer(folder), drainer(folder, "--once") as process:
        ended = process.wait(timeout=30)

    assert ended == 1
    assert f"another drainer is at work in {folder}" in log_of(folder).read_text()


def test_the_folder_is_free_again_after_its_drainer(folder):
    with drain.sole_drainer(folder):
        pass

    with drain.sole_drainer(folder):
        pass


def test_drainers_the_lock_could_not_keep_apart_double_nothing(folder):
    """A folder on a network may have no locks: the mark then decides."""
    written = [call(request_id="x" * 190) for _ in range(6000)]
    spooled(folder, *(spool.encode(record) for record in written))
    lost: list[Exception] = []

    def work() -> None:
        try:
            drain_all(folder)
        except (drain.MarkMoved, OSError) as error:
            lost.append(error)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drain_all(folder)

    assert stored_ids() == {record.id for record in written}
    assert not SpoolMark.objects.exists()


def test_a_stretch_another_drainer_has_taken_is_left_alone(folder):
    path = spooled(folder, spool.encode(refusals()))
    SpoolMark.objects.create(name=path.name, offset=0)
    mark = SpoolMark.objects.filter(pk=path.name)
    told: list[drain.MarkMoved] = []

    def work() -> None:
        try:
            drain.drain_folder(folder, after_batch=forget)
        except drain.MarkMoved as moved:
            told.append(moved)
        finally:
            connection.close()

    thread = Thread(target=work)
    with transaction.atomic():
        mark.update(offset=path.stat().st_size)
        thread.start()
        eventually(somebody_waits)
    thread.join()

    assert "drained past 0 by another" in str(told[0])
    assert not RefusalTally.objects.exists()


def test_sigterm_drains_what_there_is_and_ends(folder):
    writer = SpoolWriter(folder, clock=time.time)
    with drainer(folder) as process:
        writer.append(call())
        eventually(CallRecord.objects.exists)
        written = [call() for _ in range(50)]
        for record in written:
            writer.append(record)
        writer.append(refusals())
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=20) == 0

    assert {record.id for record in written} <= stored_ids()
    assert Entry.objects.get().detail["count"] == 3
    writer.close()


def test_a_killed_writers_file_is_adopted_by_a_running_drainer(folder):
    command = [sys.executable, "-c", WRITE_UNTIL_KILLED, str(folder)]
    with (
        drainer(folder),
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer,
    ):
        assert writer.stdout
        eventually(CallRecord.objects.exists)
        writer.kill()
        told = [f"req-{number}" for number in writer.stdout.read().split()]

        eventually(lambda: not spool.spool_files(folder))

    stored = CallRecord.objects.values_list("request_id", flat=True)
    assert len(stored) == len(set(stored))
    assert set(told) <= set(stored)


def test_a_drainer_killed_over_and_over_loses_and_doubles_nothing(folder):
    writer = SpoolWriter(folder, clock=time.time, rotate_bytes=200_000)
    written: list[types.CallRecord] = []
    for _ in range(3):
        with drainer(folder) as process:
            before = CallRecord.objects.count()
            for _ in range(300):
                written.append(call())
                writer.append(written[-1])
                writer.append(refusals(count=1))
            eventually(lambda before=before: CallRecord.objects.count() > before)
            process.kill()
    writer.close()

    drain_all(folder)

    assert stored_ids() == {record.id for record in written}
    assert sum(entry.detail["count"] for entry in Entry.objects.all()) == len(written)
    assert spool.spool_files(folder) == []


class TestDatabaseAway:
    def test_records_wait_in_the_spool_until_it_is_back(self, folder):
        writer = SpoolWriter(folder, clock=time.time)
        first, second = call(), call()
        with drainer(folder) as process:
            writer.append(first)
            eventually(CallRecord.objects.exists)
            with database_away():
                writer.append(second)
                writer.append(refusals())
                eventually(lambda: "drain.waits" in log_of(folder).read_text())
                waiting = stored_ids()
            eventually(lambda: second.id in stored_ids())
            process.terminate()
            ended = process.wait(timeout=20)
        writer.close()

        assert (waiting, ended) == ({first.id}, 0)
        assert Entry.objects.get().detail["count"] == 3

    def test_a_drainer_may_start_before_its_database(self, folder):
        record = call()
        spooled(folder, spool.encode(record))
        with drainer(folder):
            with database_away():
                eventually(lambda: "drain.waits" in log_of(folder).read_text())

            eventually(lambda: record.id in stored_ids())

    def test_once_says_that_the_records_wait(self, folder):
        spooled(folder, spool.encode(call()))

        with database_away(), drainer(folder, "--once") as process:
            ended = process.wait(timeout=30)

        told = log_of(folder).read_text()
        assert ended == 1
        assert f"the database is away, call records wait in {folder}" in told
        assert len(spool.spool_files(folder)) == 1

    def test_a_drainer_told_to_stop_does_not_wait_for_it(self, folder):
        spooled(folder, spool.encode(call()))
        with drainer(folder) as process:
            eventually(CallRecord.objects.exists)
            with database_away():
                spooled(folder, spool.encode(call()))
                eventually(lambda: "drain.waits" in log_of(folder).read_text())
                process.terminate()

                assert process.wait(timeout=10) == 0

        assert len(spool.spool_files(folder)) == 1
