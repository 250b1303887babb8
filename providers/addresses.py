"""Where a base URL leads. What is valid in a row is what a call can be sent to."""

from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ValidationError

from .types import Endpoint

_PORTS = {"http": 80, "https": 443}


def locate(base_url: str) -> tuple[Endpoint, str]:
    """Return the endpoint and the path before each call's own. Raises `ValueError`."""
    parts = urlsplit(base_url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("Give http:// or https:// and a host.")
    return Endpoint(parts.scheme, parts.hostname, _port(parts)), parts.path.rstrip("/")


def check_base_url(base_url: str) -> None:
    """Raises `ValidationError` for what leads nowhere or holds more than an address."""
    try:
        locate(base_url)
    except ValueError as wrong:
        raise ValidationError(str(wrong)) from None
    parts = urlsplit(base_url)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValidationError(
            "Scheme, host, port and path only; a secret belongs into a credential."
        )


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError("The port must be from 1 to 65535.")
    return _PORTS[parts.scheme] if port is None else port
