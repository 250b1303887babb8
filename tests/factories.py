"""Rows made the way the product makes them, so that no test starts where it could not be."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from audit.types import Actor
from providers import selectors as providers_selectors
from providers import services as providers_services
from providers.models import Credential, Model, Provider
from tenants import services
from tenants.models import ApiKey, Tenant, Tier

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANA = Actor("user:ana", ip="192.0.2.1", user_agent="browser")
_numbers = count(1)


def make_tier(**fields: Any) -> Tier:
    number = next(_numbers)
    values = {"name": f"Tier {number}", "slug": f"tier-{number}"}
    limits = {"requests_per_minute": 100, "requests_per_month": 1000}
    tier = Tier(**{**values, **limits, **fields})
    services.add(row=tier, by=ANA, now=NOON)
    return tier


def make_tenant(**fields: Any) -> Tenant:
    number = next(_numbers)
    tier = fields.pop("tier", None) or make_tier()
    tenant = Tenant(
        **{"name": f"Tenant {number}", "slug": f"tenant-{number}", **fields}, tier=tier
    )
    services.add(row=tenant, by=ANA, now=NOON)
    return tenant


def make_key(**fields: Any) -> tuple[ApiKey, str]:
    """Return a key and its text."""
    tenant = fields.pop("tenant", None) or make_tenant()
    name = fields.pop("name", "ci")
    return services.issue_api_key(
        tenant=tenant, name=name, by=ANA, now=fields.pop("now", NOON), **fields
    )


def make_provider(**fields: Any) -> Provider:
    number = next(_numbers)
    values = {
        "slug": f"provider-{number}",
        "name": f"Provider {number}",
        "kind": Provider.Kind.OPENAI,
        "base_url": "https://api.example.com/v1",
    }
    provider = Provider(**{**values, **fields})
    providers_services.add(row=provider, by=ANA, now=NOON)
    return provider


def make_credential(provider: Provider, secret: str, **fields: Any) -> Credential:
    credential = Credential(
        **{"provider": provider, "name": f"credential {next(_numbers)}", **fields}
    )
    providers_services.store_credential(
        credential=credential,
        secret=secret,
        ring=providers_selectors.key_ring(),
        by=ANA,
        now=NOON,
    )
    return credential


def make_model(provider: Provider, **fields: Any) -> Model:
    model = Model(**{"provider": provider, "name": f"model-{next(_numbers)}", **fields})
    providers_services.add(row=model, by=ANA, now=NOON)
    return model
