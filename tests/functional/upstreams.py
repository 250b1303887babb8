"""The far side's providers as an operator enters them, and how each is reached."""

from dataclasses import dataclass

from tests.far_side import FarSide
from tests.far_side.bedrock import secret_of
from tests.house import House

# What a model's name may order the far side to do.
ORDERS = (
    "",
    "status-403",
    "status-429",
    "status-500",
    "cut-after-3",
    "error-after-3",
    "stop-after-3",
)


@dataclass(frozen=True)
class Upstream:
    """A provider; `base` is its path on the far side, `model` its own name of the model."""

    kind: str
    base: str
    model: str
    secret: str
    path: str
    header: str
    region: str = ""

    @property
    def slug(self) -> str:
        return self.kind.lower()

    def called(self, orders: str = "") -> str:
        """Return the model as callers name it."""
        return "--".join(filter(None, [f"on-{self.slug}", orders]))


OPENAI = Upstream(
    kind="OPENAI",
    base="/openai/v1",
    model="gpt-far",
    secret="sk-of-openai",
    path="/chat/completions",
    header="authorization",
)
ANTHROPIC = Upstream(
    kind="ANTHROPIC",
    base="/anthropic/v1",
    model="claude-far",
    secret="sk-of-anthropic",
    path="/messages",
    header="x-api-key",
)
GEMINI = Upstream(
    kind="GEMINI",
    base="/gemini/v1beta",
    model="gemini-far",
    secret="sk-of-gemini",
    path="/models/gemini-far:generateContent",
    header="x-goog-api-key",
)
BEDROCK = Upstream(
    kind="BEDROCK",
    base="/bedrock",
    model="anthropic.claude-far-v1:0",
    secret="AKIAFARSIDEFARSIDE00:" + secret_of("AKIAFARSIDEFARSIDE00"),
    path="/model/anthropic.claude-far-v1%3A0/converse",
    header="authorization",
    region="us-east-1",
)
UPSTREAMS = (OPENAI, ANTHROPIC, GEMINI, BEDROCK)

_STOCK = """
from django.utils import timezone
from audit.types import Actor
from providers import selectors, services
from providers.models import Credential, Model, Provider

now, by = timezone.now(), Actor("system")
for slug, kind, base_url, region, secret, models in {rows!r}:
    provider = Provider(
        slug=slug, name=slug, kind=kind, base_url=base_url, region=region
    )
    provider.full_clean()
    services.add(row=provider, by=by, now=now)
    services.store_credential(
        credential=Credential(provider=provider, name="main"),
        secret=secret, ring=selectors.key_ring(), by=by, now=now,
    )
    for name, upstream_name in models:
        model = Model(name=name, provider=provider, upstream_name=upstream_name)
        model.full_clean()
        services.add(row=model, by=by, now=now)
"""


def stock(house: House, far: FarSide) -> None:
    """Enter every provider of the far side, each with a model for all orders."""
    rows = [
        (
            each.slug,
            each.kind,
            far.url + each.base,
            each.region,
            each.secret,
            [
                (each.called(orders), "--".join(filter(None, [each.model, orders])))
                for orders in ORDERS
            ],
        )
        for each in UPSTREAMS
    ]
    house.manage("shell", "--no-imports", "-c", _STOCK.format(rows=rows))
