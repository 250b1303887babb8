"""A sentence for commands that find no server, instead of a page of traceback."""

import os

import redis
from django.db import OperationalError

from gateway_project import environment as from_env

NOT_RUNNING = "it is not running: start it with `make run`."


def explain(error: OperationalError | redis.ConnectionError) -> str | None:
    """Return the sentence; None when the trouble came after a connection was made."""
    cause = error.__cause__
    is_database = isinstance(error, OperationalError)
    # What the server itself refuses or breaks off carries an SQLSTATE.
    if is_database and (
        getattr(cause, "sqlstate", None) or not str(error).startswith("connection ")
    ):
        return None
    name = "DATABASE_URL" if is_database else "REDIS_URL"
    url = os.environ.get(name, "")
    if _is_our_own(url):
        return NOT_RUNNING
    reason = " ".join(str(error).split())
    return f"{name} ({from_env.hide_password(url)}) cannot be used: {reason}"


def _is_our_own(url: str) -> bool:
    servers = from_env.var_dir() / "servers.env"
    return servers.exists() and url in servers.read_text()
