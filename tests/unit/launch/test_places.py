import os
import stat
import tempfile
from pathlib import Path

import pytest

from gateway_project.launch import places
from gateway_project.launch.errors import CannotStart

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes users")
as_user = pytest.mark.skipif(os.geteuid() == 0, reason="root changes users")


@pytest.fixture
def folder():
    """A folder everybody may pass through, which pytest's own is not."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o711)
        yield Path(name)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@as_root
def test_as_root_the_engines_are_nobody_inside_the_data_folder(folder):
    home = places.find_home(folder / "var")

    assert home.owner.name == "nobody"
    assert home.engines == folder / "var" / "engines"


@as_root
def test_below_a_private_folder_the_engines_move_outside(folder):
    private = folder / "private"
    private.mkdir(mode=0o700)

    home = places.find_home(private / "var", outside=folder / "outside")
    places.make(home)

    assert home.engines.parent == folder / "outside"
    assert places.can_enter(home.owner, home.sockets)
    assert mode(private) == 0o700


@as_root
def test_engines_outside_are_found_again_after_a_move(folder):
    private = folder / "private"
    private.mkdir(mode=0o700)
    home = places.find_home(private / "var", outside=folder / "outside")
    places.make(home)

    (private / "var").rename(private / "moved")

    assert (
        places.find_home(private / "moved", outside=folder / "outside").engines
        == home.engines
    )


@as_root
def test_data_of_an_ordinary_user_is_served_as_that_user(folder):
    data = folder / "var" / "engines" / "postgres"
    data.mkdir(parents=True)
    os.chown(data, 1, 1)

    assert places.find_home(folder / "var").owner.uid == 1


@as_root
def test_programs_below_a_private_folder_are_copied_with_their_layout(folder):
    private = folder / "private"
    (private / "package" / "bin").mkdir(parents=True)
    (private / "package.libs").mkdir()
    private.chmod(0o700)
    program = private / "package" / "bin" / "serve"
    program.write_text("#!/bin/sh\ncat $(dirname $0)/../../package.libs/words\n")
    program.chmod(0o755)
    (private / "package.libs" / "words").write_text("hello")
    home = places.find_home(folder / "var")
    places.make(home)

    copy = places.reachable(
        home,
        program,
        parts=[private / "package", private / "package.libs"],
        name="package-1",
    )

    assert copy == home.engines / "package-1" / "package" / "bin" / "serve"
    assert places.can_enter(home.owner, copy)
    assert (copy.parents[2] / "package.libs" / "words").read_text() == "hello"


@as_root
def test_programs_that_can_be_reached_stay_where_they_are(folder):
    home = places.find_home(folder / "var")
    places.make(home)

    assert places.reachable(home, Path("/bin/sh"), parts=[], name="sh") == Path(
        "/bin/sh"
    )


@as_user
def test_as_an_ordinary_user_the_engines_are_ourselves(folder):
    home = places.find_home(folder / "var")

    assert home.owner is None
    assert home.engines == folder / "var" / "engines"


def test_a_long_path_gets_its_sockets_in_a_short_one(folder):
    home = places.find_home(folder / ("long" * 25) / "var")

    assert len(str(home.sockets / ".s.PGSQL.5432.lock")) <= places.LONGEST_SOCKET_PATH
    assert home.sockets == places.find_home(folder / ("long" * 25) / "var").sockets


def test_a_socket_folder_that_others_may_enter_is_refused(folder):
    home = places.find_home(folder / "var")
    places.make(home)
    home.sockets.chmod(0o755)

    with pytest.raises(CannotStart, match=f"^{home.sockets} must be a folder"):
        places.make(home)


def test_finding_makes_nothing(folder):
    places.find_home(folder / "var")

    assert list(folder.iterdir()) == []


def test_folders_that_exist_keep_their_modes(folder):
    (folder / "var").mkdir()
    (folder / "var").chmod(0o755)

    places.make(places.find_home(folder / "var"))

    assert mode(folder / "var") == 0o755


def test_a_folder_that_cannot_be_made_is_named(folder):
    (folder / "file").write_text("")

    with pytest.raises(
        CannotStart, match=f"^the folder {folder / 'file'}.* VAR_DIR names"
    ):
        places.make(places.find_home(folder / "file" / "var"))


def test_a_private_file_is_private_from_the_start(tmp_path):
    places.write_private(tmp_path / "secret", "word")

    assert mode(tmp_path / "secret") == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
