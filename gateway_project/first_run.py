"""What a fresh installation holds, so that its first call answers with no account anywhere."""

import json
import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from audit import services as audit
from audit.types import Actor
from providers import selectors as providers
from providers import services as providers_services
from providers.models import Model, Provider
from tenants import selectors as tenants
from tenants import services as tenants_services
from tenants.models import Tier

TIERS = {
    "free": ("Free", 10, 1_000, 2_048),
    "pro": ("Pro", 100, 50_000, 8_192),
    "enterprise": ("Enterprise", 500, None, 128_000),
}
MOCK_MODELS = ("mock-gpt-4", "mock-claude")
OPERATOR, TENANT = "operator", "demo"


@transaction.atomic
def seed_tiers(*, by: Actor, now: datetime) -> None:
    """Add the three tiers where they are missing; ones that were changed stay as they are."""
    for slug, (name, per_minute, per_month, max_tokens) in TIERS.items():
        if tenants.tier(slug) is None:
            tier = Tier(
                slug=slug,
                name=name,
                requests_per_minute=per_minute,
                requests_per_month=per_month,
                max_tokens_per_request=max_tokens,
            )
            tenants_services.add(row=tier, by=by, now=now)


@transaction.atomic
def seed(*, by: Actor, now: datetime) -> dict[str, str] | None:
    """Fill a fresh installation and return what its owner must know; None if it is not fresh.

    Fresh means that there is nobody who could sign in as an operator.
    """
    seed_tiers(by=by, now=now)
    if get_user_model().objects.filter(is_superuser=True).exists():
        return None
    password = _make_operator(by=by, now=now)
    _make_mock_provider(by=by, now=now)
    return {
        "operator": OPERATOR,
        "password": password,
        "tenant": TENANT,
        "api_key": _make_demo_key(by=by, now=now),
    }


def write(known: dict[str, str], *, url: str, to: Path) -> None:
    """Write the first run's facts to a file only its owner can read."""
    facts = {"url": url, "admin_url": f"{url}/admin/", **known}
    to.parent.mkdir(parents=True, exist_ok=True)
    draft = to.with_suffix(".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(facts, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(to)


def _make_operator(*, by: Actor, now: datetime) -> str:
    password = secrets.token_urlsafe(15)
    get_user_model().objects.create_superuser(OPERATOR, password=password)
    audit.record(
        action="console.operator.added",
        by=by,
        subject=f"user:{OPERATOR}",
        tenant_id=None,
        now=now,
    )
    return password


def _make_mock_provider(*, by: Actor, now: datetime) -> None:
    if providers.provider("mock") is not None:
        return
    mock = Provider(slug="mock", name="Built-in mock", kind=Provider.Kind.MOCK)
    rows: list[Any] = [mock, *(Model(name=name, provider=mock) for name in MOCK_MODELS)]
    for row in rows:
        providers_services.add(row=row, by=by, now=now)


def _make_demo_key(*, by: Actor, now: datetime) -> str:
    tenant = tenants.tenant(TENANT)
    if tenant is None:
        # What clients ask for by default, 64,000 tokens for one, must not be too much here.
        enterprise = tenants.tier("enterprise")
        assert enterprise is not None
        tenant = tenants_services.open_tenant(
            slug=TENANT, name="Demo", tier=enterprise, by=by, now=now
        )
    _, text = tenants_services.issue_api_key(
        tenant=tenant, name="First key", by=by, now=now
    )
    return text
