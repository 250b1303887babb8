"""Tells every worker, through the counter store, that the configuration has moved on."""

from functools import cache
from importlib.resources import files

import redis
from django.conf import settings

from gateway_project.dataplane import limits
from gateway_project.dataplane.limits.limiter import REVISION_KEY


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2)


def publish(revision: str) -> None:
    """Announce `revision`, unless a later one is known. Raises `redis.RedisError`."""
    script = files(limits).joinpath("publish.lua").read_text()
    _client().eval(script, 1, REVISION_KEY, revision)
