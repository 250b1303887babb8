from django.conf import settings

from .keys import PUBLIC_LENGTH
from .models import ApiKey, Tenant, Tier


def tier(slug: str) -> Tier | None:
    return Tier.objects.filter(slug=slug).first()


def tenant(slug: str) -> Tenant | None:
    return Tenant.objects.select_related("tier").filter(slug=slug).first()


def api_key(text: str) -> ApiKey | None:
    """Return the key that `text` names: its public part, with or without prefix and secret."""
    for prefix in settings.ACCEPTED_KEY_PREFIXES:
        text = text.removeprefix(prefix)
    return (
        ApiKey.objects.select_related("tenant")
        .filter(public_id=text[:PUBLIC_LENGTH])
        .first()
    )
