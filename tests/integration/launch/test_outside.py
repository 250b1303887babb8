"""Servers that somebody else runs, here those of this test run."""

import os
import re
from urllib.parse import unquote, urlsplit

import pytest

from gateway_project.launch import outside
from gateway_project.launch.errors import CannotStart

POSTGRES = os.environ["DATABASE_URL"]
REDIS = os.environ["REDIS_URL"]


def changed(url, *, user=None, path=None, query=None):
    """Return the URL with another user and password, another path, one more query."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(
        netloc=f"{user}@{host}" if user else parts.netloc,
        path=path or parts.path,
        query="&".join(filter(None, (parts.query, query))),
    ).geturl()


class Waiting:
    def __init__(self):
        self.told = 0

    def __call__(self):
        self.told += 1


@pytest.fixture
def waiting():
    return Waiting()


def check_postgres(url, waiting, patience=0.0):
    outside.check_postgres(url, patience=patience, waiting=waiting)


def check_redis(url, waiting, patience=0.0):
    outside.check_redis(url, patience=patience, waiting=waiting)


def test_servers_that_answer_are_fine(waiting):
    check_postgres(POSTGRES, waiting)
    check_redis(REDIS, waiting)

    assert waiting.told == 0


@pytest.mark.parametrize(
    ("check", "url", "named"),
    [
        (
            check_postgres,
            "postgres://ana:hush@127.0.0.1:1/d",
            "DATABASE_URL (postgres://ana:…@",
        ),
        (check_redis, "unix:///nowhere/valkey.sock", "REDIS_URL (unix:///nowhere"),
    ],
)
def test_a_server_that_is_away_is_waited_for_and_then_named(check, url, named, waiting):
    with pytest.raises(
        CannotStart, match=f"^{re.escape(named)}.* cannot be used"
    ) as refusal:
        check(url, waiting, patience=0.6)

    assert waiting.told == 1
    assert "hush" not in str(refusal.value)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        # An outside server that trusts everybody refuses a stranger by name.
        (
            changed(POSTGRES, user="stranger:hush"),
            'password authentication failed|role "stranger" does not exist',
        ),
        (
            changed(POSTGRES, path="/missing"),
            'database "missing" does not exist',
        ),
        (changed(POSTGRES, query="sslmode=hardly"), "invalid sslmode value"),
        (changed(POSTGRES, query="sslmod=require"), "invalid URI query parameter"),
    ],
)
def test_a_server_that_refuses_is_named_at_once(wrong, reason, waiting):
    with pytest.raises(CannotStart, match=reason):
        check_postgres(wrong, waiting, patience=60)

    assert waiting.told == 0


def test_a_user_that_valkey_does_not_know_is_named_at_once(waiting):
    wrong = changed(REDIS, user="ana:hush")

    with pytest.raises(CannotStart, match=r"^REDIS_URL") as refusal:
        check_redis(wrong, waiting, patience=60)

    assert "hush" not in str(refusal.value)


def test_servers_that_are_too_old_are_named(waiting, monkeypatch):
    monkeypatch.setattr(outside, "OLDEST_POSTGRES", 99)
    monkeypatch.setattr(outside, "OLDEST_REDIS", 99)

    with pytest.raises(
        CannotStart, match=r"is PostgreSQL 1[0-9]; 99 or newer is needed"
    ):
        check_postgres(POSTGRES, waiting)
    with pytest.raises(
        CannotStart, match=r"is Redis [0-9]+; Redis 99 or Valkey is needed"
    ):
        check_redis(REDIS, waiting)


def test_a_password_may_come_beside_the_url_as_in_containers(waiting, monkeypatch):
    user, password = urlsplit(POSTGRES).username, urlsplit(POSTGRES).password
    if not password:
        pytest.skip("this server asks for no password")
    url = changed(POSTGRES, user=user)

    monkeypatch.setenv("PGPASSWORD", "wrong")
    with pytest.raises(CannotStart, match="password authentication failed"):
        check_postgres(url, waiting)
    monkeypatch.setenv("PGPASSWORD", unquote(password))
    check_postgres(url, waiting)
