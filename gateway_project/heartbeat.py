"""Whether a Celery worker is at work, as readiness and the console ask."""

from django.core.cache import cache

_KEY = "worker:heartbeat"
# Three beats of the schedule: one may be lost without an alarm.
_LASTS_SECONDS = 90


def beat() -> None:
    cache.set(_KEY, "alive", _LASTS_SECONDS)


def is_beating() -> bool:
    return cache.get(_KEY) is not None
