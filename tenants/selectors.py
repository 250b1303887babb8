from .models import ApiKey, Tenant, Tier


def tier(slug: str) -> Tier | None:
    return Tier.objects.filter(slug=slug).first()


def tenant(slug: str) -> Tenant | None:
    return Tenant.objects.select_related("tier").filter(slug=slug).first()


def api_key(public_id: str) -> ApiKey | None:
    return ApiKey.objects.select_related("tenant").filter(public_id=public_id).first()
