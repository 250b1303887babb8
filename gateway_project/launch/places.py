"""Where things live, and as whom the engines run.

PostgreSQL refuses to run as root. As root the engines therefore run as `nobody`, and what
that user must reach (its data, the binaries) may lie below a folder it cannot enter, such as
a checkout in /root. Then a folder of our own outside takes them; the mode of a folder that
we did not make is never changed.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from gateway_project.launch.errors import CannotStart

OUTSIDE = Path("/var/lib/gatehouse")
# The kernel's limit for a socket path is 108 bytes on Linux and 104 on macOS.
LONGEST_SOCKET_PATH = 103
LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432.lock")


@dataclass(frozen=True)
class Owner:
    """The user an engine runs as when we are root."""

    uid: int
    gid: int
    name: str


@dataclass(frozen=True)
class Home:
    var: Path
    engines: Path
    sockets: Path
    owner: Owner | None


def find_home(var: Path, *, outside: Path = OUTSIDE) -> Home:
    """Return where the engines of `var` live, without making anything."""
    engines = var / "engines"
    owner = _unprivileged(engines) if os.geteuid() == 0 else None
    if engines.is_symlink():
        engines = engines.resolve()
    elif owner and not can_enter(owner, _nearest_existing(engines)):
        engines = outside / _mark(var)
    return Home(var=var, engines=engines, sockets=_sockets(engines), owner=owner)


def make(home: Home) -> None:
    """Make the folders of `home`. Raises `CannotStart` when that is not possible."""
    # Others may pass through when the engines are another user; none may look around.
    mode = 0o711 if home.owner else 0o700
    try:
        make_folder(home.var, mode)
        make_folder(home.engines, mode)
        if home.engines.parent != home.var and not (home.var / "engines").exists():
            (home.var / "engines").symlink_to(home.engines)
        make_folder(home.sockets, 0o700, home.owner)
    except OSError as error:
        raise CannotStart(
            f"the folder {error.filename} cannot be made ({error.strerror}); "
            "VAR_DIR names the folder where data is kept."
        ) from None
    _check_private(home.sockets, home.owner)


def make_folder(folder: Path, mode: int, owner: Owner | None = None) -> None:
    """Make the folder and its parents; one that exists stays as it is."""
    if folder.is_dir():
        return
    make_folder(folder.parent, 0o711 if owner or mode == 0o711 else 0o755)
    folder.mkdir(mode=0o700)
    if owner:
        os.chown(folder, owner.uid, owner.gid)
    folder.chmod(mode)


def can_enter(owner: Owner, path: Path) -> bool:
    """Ask the system itself, because access lists and mounts count as much as mode bits."""
    return not subprocess.run(
        ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
        cwd="/",
        user=owner.uid,
        group=owner.gid,
        extra_groups=[],
        check=False,
    ).returncode


def reachable(home: Home, program: Path, *, parts: list[Path], name: str) -> Path:
    """Return `program`, or the same program in a copy the engines' user can reach.

    `parts` are the folders it needs, copied with the layout they have below the folder
    that holds them all, because the loader follows relative paths.
    """
    if not home.owner or can_enter(home.owner, program):
        return program
    base = Path(os.path.commonpath([part.parent for part in parts]))
    copy = home.engines / name
    if not copy.is_dir():
        unfinished = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=home.engines))
        for part in parts:
            make_folder((unfinished / part.relative_to(base)).parent, 0o711)
            shutil.copytree(
                part,
                unfinished / part.relative_to(base),
                ignore=shutil.ignore_patterns("include", "pgxs", "*.a"),
            )
        unfinished.chmod(0o711)
        unfinished.rename(copy)
    return copy / program.relative_to(base)


def write_private(path: Path, text: str, owner: Owner | None = None) -> None:
    """Write the file whole or not at all, readable by its owner only."""
    descriptor, unfinished = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if owner:
        os.chown(unfinished, owner.uid, owner.gid)
    os.replace(unfinished, path)


def _unprivileged(engines: Path) -> Owner:
    data = engines / "postgres"
    try:
        user = pwd.getpwuid(data.stat().st_uid) if data.exists() else None
        if not user or user.pw_uid == 0:
            user = pwd.getpwnam("nobody")
    except KeyError:
        raise CannotStart(
            "PostgreSQL does not run as root and there is no user `nobody`; "
            "start as an ordinary user or set DATABASE_URL and REDIS_URL."
        ) from None
    return Owner(user.pw_uid, user.pw_gid, user.pw_name)


def _sockets(engines: Path) -> Path:
    inside = engines / "run"
    if len(os.fsencode(inside)) + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH:
        return inside
    return Path(tempfile.gettempdir()) / f"gatehouse-{os.geteuid()}-{_mark(engines)}"


def _check_private(folder: Path, owner: Owner | None) -> None:
    # In a shared temporary folder somebody else may have made it first.
    found = folder.lstat()
    uid = owner.uid if owner else os.geteuid()
    if folder.is_symlink() or found.st_uid != uid or found.st_mode & 0o077:
        raise CannotStart(
            f"{folder} must be a folder of user {uid} that nobody else may enter; remove it."
        )


def _nearest_existing(path: Path) -> Path:
    return next(parent for parent in (path, *path.parents) if parent.exists())


def _mark(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
