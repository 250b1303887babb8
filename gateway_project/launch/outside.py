"""Servers that somebody else runs: do they answer, and are they new enough?"""

import time
from collections.abc import Callable

import psycopg
import redis

from gateway_project.environment import hide_password
from gateway_project.launch.errors import CannotStart

OLDEST_POSTGRES = 15
OLDEST_REDIS = 7


def check_postgres(url: str, *, patience: float, waiting: Callable[[], None]) -> None:
    """Wait for the server of DATABASE_URL; `waiting` is called once if it takes long.

    Raises `CannotStart` with a sentence that names the variable and hides the password.
    """

    def connect() -> int:
        with psycopg.connect(url, connect_timeout=5) as server:
            return server.info.server_version // 10000

    version = _ask(
        connect, _is_starting, patience, waiting, f"DATABASE_URL ({hide_password(url)})"
    )
    if version < OLDEST_POSTGRES:
        raise CannotStart(
            f"DATABASE_URL ({hide_password(url)}) is PostgreSQL {version}; "
            f"{OLDEST_POSTGRES} or newer is needed."
        )


def check_redis(url: str, *, patience: float, waiting: Callable[[], None]) -> None:
    """Wait for the server of REDIS_URL, as `check_postgres` does."""

    def connect() -> int:
        with redis.Redis.from_url(
            url, socket_connect_timeout=5, socket_timeout=5
        ) as server:
            server.ping()
            return int(str(server.info("server")["redis_version"]).partition(".")[0])

    version = _ask(
        connect, _is_away, patience, waiting, f"REDIS_URL ({hide_password(url)})"
    )
    if version < OLDEST_REDIS:
        raise CannotStart(
            f"REDIS_URL ({hide_password(url)}) is Redis {version}; "
            f"Redis {OLDEST_REDIS} or Valkey is needed."
        )


def _ask(
    connect: Callable[[], int],
    may_pass: Callable[[Exception], bool],
    patience: float,
    waiting: Callable[[], None],
    name: str,
) -> int:
    deadline = time.monotonic() + patience
    told = False
    while True:
        try:
            return connect()
        except (psycopg.Error, redis.RedisError) as error:
            if not may_pass(error) or time.monotonic() > deadline:
                reason = " ".join(str(error).split())
                raise CannotStart(f"{name} cannot be used: {reason}") from None
        if not told:
            waiting()
            told = True
        time.sleep(0.5)


def _is_starting(error: Exception) -> bool:
    # A server that answers with FATAL is there and refuses, unless it is still coming up;
    # what libpq calls invalid will not become valid.
    text = str(error)
    refused = "FATAL" in text and "starting up" not in text
    return (
        isinstance(error, psycopg.OperationalError)
        and not refused
        and "invalid" not in text
    )


def _is_away(error: Exception) -> bool:
    refused = isinstance(error, redis.AuthenticationError)
    away = isinstance(error, redis.ConnectionError | redis.TimeoutError)
    return away and not refused
