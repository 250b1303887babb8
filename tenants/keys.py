"""The shape of an API key: `gh-<12 public characters>-<48 secret ones>`.

The public part finds the row and may be shown, logged and counted by; the secret decides.
A secret is 285 bits of chance, so one round of SHA-256 is enough: there is nothing to
guess, and the hot path cannot afford a password hash per request.
"""

import hashlib
import hmac
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass, field

from .types import Digest

PUBLIC_LENGTH = 12
SECRET_LENGTH = 48
_PUBLIC = string.ascii_lowercase + string.digits
_SECRET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class PresentedKey:
    public_id: str
    secret: str = field(repr=False)


def generate() -> PresentedKey:
    return PresentedKey(
        "".join(secrets.choice(_PUBLIC) for _ in range(PUBLIC_LENGTH)),
        "".join(secrets.choice(_SECRET) for _ in range(SECRET_LENGTH)),
    )


def render(key: PresentedKey, prefix: str) -> str:
    return f"{prefix}{key.public_id}-{key.secret}"


def parse(presented: str, prefixes: Sequence[str]) -> PresentedKey | None:
    """Return the parts of a well-formed key, or None for anything else."""
    for prefix in prefixes:
        if presented.startswith(prefix):
            public_id, _, secret = presented[len(prefix) :].partition("-")
            if (
                len(public_id) == PUBLIC_LENGTH
                and len(secret) == SECRET_LENGTH
                and public_id.isascii()
                and secret.isascii()
            ):
                return PresentedKey(public_id, secret)
    return None


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def opens(key: PresentedKey, digests: Sequence[Digest], now: float) -> bool:
    """True when the secret fits one of the digests that is still good at unix time `now`."""
    presented = digest(key.secret)
    fits = False
    for known in digests:
        # Every digest is compared, so the time taken tells nothing about which one fits.
        same = hmac.compare_digest(presented, known.value)
        fits |= same and (known.until is None or now < known.until)
    return fits
