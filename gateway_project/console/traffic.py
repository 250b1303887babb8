"""The last day's calls in figures: one query, over no more than `CEILING` of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from audit.models import CallRecord
from tenants.models import ApiKey, Tenant

HOURS = 24
# Some tenth of a second's work; where a day brings more, the newest stand for it.
CEILING = 50_000
TOP = 5

_FIGURES = """
WITH recent AS MATERIALIZED (
    SELECT tenant_id, model, status, prompt_tokens, completion_tokens, duration_us,
           usage_estimated, date_trunc('hour', started_at, 'UTC') AS hour
    FROM audit_callrecord WHERE started_at >= %s
    ORDER BY started_at DESC LIMIT %s
)
SELECT GROUPING(hour, model, tenant_id), hour, model, tenant_id,
    count(*),
    count(*) FILTER (WHERE status < 400),
    count(*) FILTER (WHERE status BETWEEN 400 AND 499),
    count(*) FILTER (WHERE status >= 500),
    coalesce(sum(prompt_tokens), 0)::bigint,
    coalesce(sum(completion_tokens), 0)::bigint,
    coalesce(bool_or(usage_estimated), false),
    percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY duration_us)
        FILTER (WHERE status < 400)
FROM recent GROUP BY GROUPING SETS ((), (hour), (model), (tenant_id))
"""
# What GROUPING() says: a bit for each column a row is *not* grouped by.
_ALL, _BY_HOUR, _BY_MODEL, _BY_TENANT = 0b111, 0b011, 0b101, 0b110


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of calls by how they ended, their tokens, and how long the answered ones took."""

    calls: int = 0
    answered: int = 0
    refused: int = 0
    failed: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False
    p50_us: int | None = None
    p95_us: int | None = None

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out


@dataclass(frozen=True, slots=True)
class Day:
    total: Figures
    by_hour: list[tuple[datetime, Figures]]
    by_model: list[tuple[str, Figures]]
    by_tenant: list[tuple[str, Figures]]

    @property
    def is_capped(self) -> bool:
        return self.total.calls >= CEILING


def last_day(*, now: datetime) -> Day:
    """Return the figures of the current hour and the 23 before it."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    hours = [hour - timedelta(hours=back) for back in reversed(range(HOURS))]
    groups: dict[int, dict[Any, Figures]] = {
        _ALL: {}, _BY_HOUR: {}, _BY_MODEL: {}, _BY_TENANT: {}
    }  # fmt: skip
    for grouping, key, figures in _groups(since=hours[0]):
        groups[grouping][key] = figures
    return Day(
        total=groups[_ALL].get(None, Figures()),
        by_hour=[(each, groups[_BY_HOUR].get(each, Figures())) for each in hours],
        by_model=_top(groups[_BY_MODEL]),
        by_tenant=_named(_top(groups[_BY_TENANT])),
    )


def named(calls: QuerySet[CallRecord]) -> QuerySet[CallRecord]:
    """Add `tenant_name` and `key_name` to each call; None where the row is gone.

    No foreign key leads from a call to what it names.
    """
    tenant = Tenant.objects.filter(pk=OuterRef("tenant_id")).values("name")
    key = ApiKey.objects.filter(pk=OuterRef("key_id")).values("name")
    return calls.annotate(tenant_name=Subquery(tenant[:1]), key_name=Subquery(key[:1]))


def _groups(*, since: datetime) -> Iterator[tuple[int, Any, Figures]]:
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, [since, CEILING])
        for grouping, hour, model, tenant_id, *counts, percentiles in cursor.fetchall():
            key = {_BY_HOUR: hour, _BY_MODEL: model, _BY_TENANT: tenant_id}
            yield grouping, key.get(grouping), Figures(*counts, *(percentiles or ()))


def _top(groups: dict[Any, Figures]) -> list[tuple[Any, Figures]]:
    by_calls = sorted(groups.items(), key=lambda each: -each[1].calls)
    return by_calls[:TOP]


def _named(groups: list[tuple[UUID, Figures]]) -> list[tuple[str, Figures]]:
    tenants = Tenant.objects.in_bulk([pk for pk, _ in groups])
    return [
        (tenants[pk].name if pk in tenants else str(pk), figures)
        for pk, figures in groups
    ]
