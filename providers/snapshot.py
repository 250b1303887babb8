"""The providers' share of the hot path's snapshot."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from .models import Model, Provider
from .sealing import KeyRing
from .selectors import usable_secret
from .types import Endpoint, ModelEntry, Target, Timeouts

_MOCK = Endpoint("mock", "mock", 0)


def models(ring: KeyRing) -> Mapping[str, ModelEntry]:
    """Return every model that is switched on, by the name callers use.

    A model whose provider is off, or has no credential that opens, is there without a
    target: a caller learns that it is out of service rather than misspelt.
    """
    rows = Model.objects.filter(enabled=True).select_related("provider")
    secrets: dict[str, str | None] = {}
    entries = {}
    for row in rows.prefetch_related("provider__credentials"):
        slug = row.provider.slug
        if slug not in secrets:
            secrets[slug] = usable_secret(row.provider, ring)
        entries[row.name] = _entry(row, secrets[slug])
    return entries


def _entry(row: Model, secret: str | None) -> ModelEntry:
    provider = row.provider
    target = None
    if provider.enabled and secret is not None:
        target = _target(provider, row.upstream_name or row.name, secret)
    return ModelEntry(
        name=row.name,
        owned_by=provider.slug,
        created=int(row.created_at.timestamp()),
        provider=provider.slug,
        target=target,
    )


def _target(provider: Provider, upstream_model: str, secret: str) -> Target:
    endpoint, base_path = _MOCK, ""
    if provider.kind != Provider.Kind.MOCK:
        endpoint, base_path = _locate(provider.base_url)
    return Target(
        provider=provider.slug,
        kind=provider.kind,
        endpoint=endpoint,
        base_path=base_path,
        upstream_model=upstream_model,
        timeouts=Timeouts(
            connect=provider.connect_timeout_s,
            first_byte=provider.first_byte_timeout_s,
            idle=provider.idle_timeout_s,
            total=provider.total_timeout_s,
        ),
        secret=secret,
    )


def _locate(base_url: str) -> tuple[Endpoint, str]:
    parts = urlsplit(base_url)
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    return Endpoint(parts.scheme, parts.hostname or "", port), parts.path.rstrip("/")
