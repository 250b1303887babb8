"""Filters of the lists: by day in UTC, and by names that no foreign key leads to."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter

from audit.chain import PLATFORM
from tenants.models import Tenant


class DaysFilter(RangeDateFilter):
    """From the first moment of one day to the last of another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "day (UTC)"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first = _day(self.used_parameters.get(f"{self.field_path}_from"))
        last = _day(self.used_parameters.get(f"{self.field_path}_to"))
        if first is not None:
            began = datetime.combine(first, time.min, UTC)
            queryset = queryset.filter(**{f"{self.field_path}__gte": began})
        if last is not None:
            ended = datetime.combine(last, time.max, UTC)
            queryset = queryset.filter(**{f"{self.field_path}__lte": ended})
        return queryset


class TenantFilter(DropdownFilter):
    title = "tenant"
    parameter_name = "tenant"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names = Tenant.objects.order_by("name").values_list("pk", "name")
        return [(str(pk), name) for pk, name in names]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(tenant_id=_uuid(self.value()))


class ChainFilter(TenantFilter):
    """A chain is a tenant's, or the platform's."""

    title = "chain"
    parameter_name = "chain"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(PLATFORM), "Platform"), *super().lookups(request, model_admin)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(chain=_uuid(self.value()))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise IncorrectLookupParameters(f"{text[:50]!r} names no row") from None


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise IncorrectLookupParameters(f"{text[:50]!r} is no day") from None
