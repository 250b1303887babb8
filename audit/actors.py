"""Names, for the ledger, whoever is at the other end of a request or a terminal."""

import getpass

from django.http import HttpRequest

from .types import Actor


def of_request(request: HttpRequest) -> Actor:
    """Return the signed-in person, or `anonymous`."""
    user = request.user
    name = f"user:{user.get_username()}" if user.is_authenticated else "anonymous"
    return named(name, request)


def named(name: str, request: HttpRequest | None) -> Actor:
    """Return an actor of that name at the address the request came from."""
    if request is None:
        return Actor(name)
    return Actor(
        name,
        ip=request.META.get("REMOTE_ADDR") or "",
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:300],
    )


def of_terminal() -> Actor:
    """Return the system's user who runs a command."""
    try:
        return Actor(f"command:{getpass.getuser()}")
    except (KeyError, OSError):
        # A container may run as a user id that has no name.
        return Actor("command:unknown")
