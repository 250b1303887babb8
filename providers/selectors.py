import logging

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .models import Credential, Provider
from .sealing import KeyRing, SealBroken

log = logging.getLogger("gatehouse.providers")


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


def usable_secret(provider: Provider, ring: KeyRing) -> str | None:
    """Return the secret a call uses: of the first credential that is on and opens.

    Empty where none is stored; None where all that are stored are off or do not open.
    """
    credentials = list(provider.credentials.all())
    for credential in credentials:
        if not credential.enabled:
            continue
        try:
            return secret_of(credential, ring)
        except SealBroken as broken:
            log.error("credential.unusable", extra={"fields": {"reason": str(broken)}})
    # A local server may want no key; one whose keys are all off must not be called bare.
    return None if credentials else ""
