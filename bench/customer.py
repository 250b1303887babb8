"""Make what a call needs: providers, their models, a tenant and its key. Prints the key.

A program of its own, because Django's settings are those of the throwaway server:
`python -m bench.customer BASE_URL DIALECT [DIALECT ...]`.
"""

import os
import sys
from collections.abc import Sequence
from datetime import datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gateway_project.settings")
django.setup()

# Models can be imported only now.
from django.utils import timezone  # noqa: E402

from audit.types import Actor  # noqa: E402
from bench.requests import model_of  # noqa: E402
from bench.ways import Dialect  # noqa: E402
from providers import selectors as providers  # noqa: E402
from providers import services as providers_services  # noqa: E402
from providers.models import Credential, Model, Provider  # noqa: E402
from tenants import services as tenants  # noqa: E402
from tenants.models import Tier  # noqa: E402

# Limits that are checked on every call and never reached.
PLENTY = 1_000_000_000
BY = Actor("command:bench")


def make(*, base_url: str, dialects: Sequence[Dialect], now: datetime) -> str:
    """Return the text of a key that may call the models behind `base_url`."""
    for dialect in dialects:
        _make_model(dialect, base_url=base_url, now=now)
    tier = Tier(
        slug="bench",
        name="Bench",
        requests_per_minute=PLENTY,
        requests_per_month=PLENTY,
        max_tokens_per_request=128_000,
    )
    tenants.add(row=tier, by=BY, now=now)
    tenant = tenants.open_tenant(slug="bench", name="Bench", tier=tier, by=BY, now=now)
    _, text = tenants.issue_api_key(
        tenant=tenant,
        name="Load",
        by=BY,
        now=now,
        requests_per_minute=PLENTY,
        requests_per_month=PLENTY,
    )
    return text


def _make_model(dialect: Dialect, *, base_url: str, now: datetime) -> None:
    provider = Provider(
        slug=f"bench-{dialect}",
        name=f"Bench, {dialect}",
        kind=Provider.Kind[dialect.upper()],
        base_url=base_url,
    )
    providers_services.add(row=provider, by=BY, now=now)
    providers_services.store_credential(
        credential=Credential(provider=provider, name="bench"),
        secret="sk-bench-000000000000000000000000000000000000",
        ring=providers.key_ring(),
        by=BY,
        now=now,
    )
    name = model_of(dialect)
    model = Model(name=name, provider=provider, upstream_name="bench-upstream")
    providers_services.add(row=model, by=BY, now=now)


if __name__ == "__main__":
    print(make(base_url=sys.argv[1], dialects=sys.argv[2:], now=timezone.now()))
