"""What happens where the apps meet: every subscription, and the data plane put together.

If a subscription is not here, it does not exist.
"""

import logging
import time
from typing import Any

import redis
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from audit import actors
from audit.signals import ConfigurationRevised, configuration_revised
from audit.spool import SpoolWriter
from gateway_project import announcements, logins, snapshots
from gateway_project.dataplane.limits.limiter import Limiter
from gateway_project.dataplane.limits.valkey import Valkey
from gateway_project.dataplane.plane import Plane
from gateway_project.dataplane.refusals import RefusalTally
from gateway_project.dataplane.snapshot import SnapshotStore
from gateway_project.dataplane.transport import HTTPTransport
from providers.adapters.mock import MockTransport

log = logging.getLogger("gatehouse.wiring")


@receiver(configuration_revised)
def announce_revision(sender: Any, event: ConfigurationRevised, **_: Any) -> None:
    """Make the change count on every worker's next request."""
    try:
        announcements.publish(str(event))
    except redis.RedisError as error:
        # The change is committed; each worker finds it when it reconciles.
        log.error("revision.not_announced", extra={"fields": {"why": str(error)}})


@receiver(user_logged_in)
def note_login(
    sender: Any, request: HttpRequest | None, user: AbstractBaseUser, **_: Any
) -> None:
    _note("succeeded", user.get_username(), request)


@receiver(user_login_failed)
def note_failed_login(
    sender: Any,
    credentials: dict[str, Any],
    request: HttpRequest | None = None,
    **_: Any,
) -> None:
    _note("failed", str(credentials.get("username", "")), request)


@receiver(user_logged_out)
def note_logout(
    sender: Any, request: HttpRequest | None, user: AbstractBaseUser | None, **_: Any
) -> None:
    if user is not None:
        _note("ended", user.get_username(), request)


def _note(what: str, username: str, request: HttpRequest | None) -> None:
    by = actors.named(f"user:{username[:150]}", request)
    logins.note_attempt(what=what, username=username, by=by, now=timezone.now())


def build_plane() -> Plane:
    """Return a data plane for this worker; its connections open with the first calls."""
    valkey = Valkey(settings.REDIS_URL)
    limiter = Limiter(valkey, snapshots.count_calls)
    store = SnapshotStore(snapshots.load, limiter)
    valkey.on_reconnect = store.distrust
    spool = SpoolWriter(settings.SPOOL_DIR, clock=time.time)
    return Plane(
        store=store,
        limiter=limiter,
        transports={"MOCK": MockTransport(clock=time.time), "OPENAI": HTTPTransport()},
        spool=spool,
        refusals=RefusalTally(spool, time.time),
        clock=time.time,
        key_prefixes=tuple(dict.fromkeys(settings.ACCEPTED_KEY_PREFIXES)),
        max_body_bytes=settings.MAX_BODY_BYTES,
        body_seconds=settings.BODY_SECONDS,
    )
