"""Settings from the environment, read through helpers that name the variable that is wrong.

The order is: the environment, `.env`, then the secrets a first run made for itself.
"""

import base64
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from redis import ConnectionPool

T = TypeVar("T")

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
# What `manage.py up` makes where it is not given.
MADE = ("SECRET_KEY", "ENCRYPTION_KEYS", "DATABASE_URL", "REDIS_URL")
# libpq itself would wait for ever.
CONNECT_SECONDS = "5"


def load(*files: Path) -> None:
    """Read each file that exists; a variable that is already set stays as it is."""
    forget_blanks()
    for file in files:
        if file.is_file():
            env.read_env(str(file), overwrite=False)
            forget_blanks()


def forget_blanks() -> None:
    """Drop what is set to nothing, as compose files and templates of `.env` do it."""
    for name in MADE:
        if not os.environ.get(name, "-").strip():
            del os.environ[name]


def var_dir() -> Path:
    """Return the folder where a single machine keeps everything, having read `.env`."""
    load(BASE_DIR / ".env")
    return Path(text("VAR_DIR", str(BASE_DIR / "var"))).resolve()


def in_brackets(host: str) -> str:
    """Return the host as it stands before a port."""
    return f"[{host}]" if ":" in host else host


def url_of(host: str, port: int) -> str:
    """Return where a browser on this machine finds what listens on `host`."""
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}
    return f"http://{in_brackets(anywhere.get(host, host))}:{port}"


def hide_password(url: str) -> str:
    """Blank out passwords, also in a URL so wrong that no parser would find them."""
    scheme = r"[a-z+]+://"
    user = rf"(^{scheme}[^:@/]*|^(?!{scheme})[^:@/]*)"
    url = re.sub(rf"{user}:.*@", r"\1:…@", url, flags=re.DOTALL)
    return re.sub(r"(?i)([?&]password=)[^&]*", r"\1…", url)


def _read(
    name: str, convert: Callable[[str], T], expected: str, default: T | None
) -> T:
    # Not through `env`, which takes a leading $ for the name of another variable.
    raw = os.environ.get(name, "").strip()
    if not raw:
        if default is None:
            raise ImproperlyConfigured(f"{name} is not set; it must be {expected}.")
        return default
    try:
        return convert(raw)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is {hide_password(raw)!r}; it must be {expected}."
        ) from None


def text(name: str, default: str | None = None) -> str:
    return _read(name, str, "a text; a first `make run` makes one", default)


def words(name: str, default: list[str]) -> list[str]:
    """Return a comma-separated list, blanks dropped."""
    return _read(
        name,
        lambda raw: [word.strip() for word in raw.split(",") if word.strip()],
        "a comma-separated list",
        default,
    )


def check_given(name: str, value: object) -> None:
    """Raise `ImproperlyConfigured` where a setting that may be empty elsewhere is needed."""
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set; a first `make run` makes it, elsewhere it must be given."
        )


def keys(name: str) -> list[str]:
    """Return the encryption keys, none when none are given; a wrong one is never shown."""
    given = words(name, [])
    for key in given:
        try:
            is_right = len(base64.urlsafe_b64decode(key)) == 32
        except ValueError:
            is_right = False
        if not is_right:
            raise ImproperlyConfigured(
                f"{name} must be 32 random bytes in base64url, or several such, "
                "comma-separated, the first of which seals."
            )
    return given


def number(name: str, default: int, *, low: int, high: int) -> int:
    def convert(raw: str) -> int:
        value = int(raw)
        if not low <= value <= high:
            raise ValueError(raw)
        return value

    return _read(name, convert, f"a whole number from {low} to {high}", default)


def flag(name: str, *, default: bool) -> bool:
    def convert(raw: str) -> bool:
        if raw.lower() in ("1", "true", "yes", "on"):
            return True
        if raw.lower() in ("0", "false", "no", "off"):
            return False
        raise ValueError(raw)

    return _read(name, convert, "true or false", default)


def choice(name: str, options: tuple[str, ...], default: str) -> str:
    def convert(raw: str) -> str:
        if raw not in options:
            raise ValueError(raw)
        return raw

    return _read(name, convert, "one of " + ", ".join(options), default)


def database(name: str) -> dict[str, Any]:
    """Return Django's settings for a PostgreSQL URL; the host may be a socket folder."""

    def convert(raw: str) -> dict[str, Any]:
        parts = urlsplit(raw)
        if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
            raise ValueError(raw)
        query: Mapping[str, str] = dict(
            pair.partition("=")[::2] for pair in parts.query.split("&") if pair
        )
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(query.get("host", "")) or unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": {
                "connect_timeout": CONNECT_SECONDS,
                **{k: unquote(value) for k, value in query.items() if k != "host"},
            },
        }

    return _read(
        name,
        convert,
        "a URL like postgres://user:password@host:5432/name "
        "(`manage.py up` starts a database of its own when it is not set)",
        None,
    )


def redis_url(name: str) -> str:
    def convert(raw: str) -> str:
        ConnectionPool.from_url(raw)  # opens no connection yet
        return raw

    return _read(
        name,
        convert,
        "a URL like redis://host:6379/0, rediss://… or unix:///path/to/socket?db=0 "
        "(`manage.py up` starts a server of its own when it is not set)",
        None,
    )
