"""Every subscription in the project. If it is not here, it does not happen."""

import logging
from typing import Any

import redis
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
from gateway_project import announcements, logins

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
