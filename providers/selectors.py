from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .models import Credential, Provider
from .sealing import KeyRing


def key_ring() -> KeyRing:
    """Return the ring of ENCRYPTION_KEYS. Raises `ImproperlyConfigured`."""
    try:
        return KeyRing(settings.ENCRYPTION_KEYS)
    except ValueError as wrong:
        raise ImproperlyConfigured(
            f"ENCRYPTION_KEYS: {wrong}; give 32 random bytes in base64url, several comma-separated, the first of which seals."
        ) from None


def provider(slug: str) -> Provider | None:
    return Provider.objects.filter(slug=slug).first()


def secret_of(credential: Credential, ring: KeyRing) -> str:
    """Return the credential's secret. Raises `SealBroken`."""
    return ring.open(credential.sealed, row=credential.seal_row)
