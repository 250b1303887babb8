"""The providers' share of the hot path's snapshot."""

import logging
from collections.abc import Mapping
from dataclasses import replace

from .addresses import locate
from .kinds import region_in
from .models import Model, Provider
from .sealing import KeyRing
from .selectors import usable_secret
from .types import Endpoint, ModelEntry, Target, Timeouts

log = logging.getLogger("gatehouse.providers")

_MOCK = Endpoint("mock", "mock", 0)


def models(ring: KeyRing) -> Mapping[str, ModelEntry]:
    """Return every model that is switched on, by the name callers use.

    A model whose provider is off, has no credential that opens or an address that leads
    nowhere, is there without a target: a caller learns that it is out of service rather than misspelt.
    """
    rows = Model.objects.filter(enabled=True).select_related("provider")
    targets: dict[str, Target | None] = {}
    entries = {}
    for row in rows.prefetch_related("provider__credentials"):
        slug = row.provider.slug
        if slug not in targets:
            targets[slug] = _target(row.provider, ring)
        entries[row.name] = _entry(row, targets[slug])
    return entries


def _entry(row: Model, target: Target | None) -> ModelEntry:
    if target is not None:
        target = replace(target, upstream_model=row.upstream_name or row.name)
    return ModelEntry(
        name=row.name,
        owned_by=row.provider.slug,
        created=int(row.created_at.timestamp()),
        provider=row.provider.slug,
        target=target,
    )


def _target(provider: Provider, ring: KeyRing) -> Target | None:
    """Return what the targets of all its models have in common."""
    place = _place(provider)
    secret = usable_secret(provider, ring)
    if not provider.enabled or place is None or secret is None:
        return None
    endpoint, base_path = place
    return Target(
        provider=provider.slug,
        kind=provider.kind,
        endpoint=endpoint,
        base_path=base_path,
        upstream_model="",
        timeouts=Timeouts(
            connect=provider.connect_timeout_s,
            first_byte=provider.first_byte_timeout_s,
            idle=provider.idle_timeout_s,
            total=provider.total_timeout_s,
        ),
        secret=secret,
        region=provider.region or region_in(provider.base_url),
        api_version=provider.api_version,
    )


def _place(provider: Provider) -> tuple[Endpoint, str] | None:
    try:
        # A newer release may have known more, and been taken back.
        kind = Provider.Kind(provider.kind)
        return (_MOCK, "") if kind == Provider.Kind.MOCK else locate(provider.base_url)
    except ValueError as wrong:
        # One bad row must not keep all the others from being read.
        fields = {"provider": provider.slug, "reason": f"kind or base_url: {wrong}"}
        log.error("provider.unusable", extra={"fields": fields})
        return None
