"""The ledger, to be read. It is written by the verbs and by nobody here."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import TextFilter
from unfold.decorators import display

from audit.chain import PLATFORM
from audit.models import Entry
from tenants.models import Tenant

from .base import ReadOnly
from .filters import ChainFilter, DaysFilter
from .paging import BoundedChangeList, BoundedPaginator


class ActionFilter(TextFilter):
    title = "action, from its start"
    parameter_name = "action"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(action__startswith=self.value())


class SubjectFilter(TextFilter):
    title = "subject"
    parameter_name = "subject"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(subject=self.value()) if self.value() else queryset


class ActorFilter(TextFilter):
    title = "actor"
    parameter_name = "actor"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(actor=self.value()) if self.value() else queryset


@admin.register(Entry)
class EntryAdmin(ReadOnly):
    list_display = ("seq", "at", "chain_name", "action", "actor", "subject", "from_ip")
    list_filter = (
        ("at", DaysFilter),
        ChainFilter,
        ActionFilter,
        ActorFilter,
        SubjectFilter,
    )
    ordering = ("-at", "-id")
    # The only order there is an index for.
    sortable_by = ("at",)
    paginator = BoundedPaginator
    show_full_result_count = False
    fieldsets = (
        (
            "What happened",
            {"fields": (("action", "subject"), ("actor", "happened_at"))},
        ),
        ("From where", {"fields": (("from_ip", "user_agent"),)}),
        ("Detail", {"fields": ("detail",)}),
        (
            "Place in the chain",
            {"fields": (("chain_name", "seq"), "prev_hash", "hash", "id")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        name = Tenant.objects.filter(pk=OuterRef("tenant_id")).values("name")
        return super().get_queryset(request).annotate(tenant_name=Subquery(name[:1]))

    def get_changelist(
        self, request: HttpRequest, **kwargs: Any
    ) -> type[BoundedChangeList]:
        return BoundedChangeList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request, {"title": "Ledger", **(extra_context or {})}
        )

    @display(description="Chain")
    def chain_name(self, entry: Entry) -> str:
        if entry.chain == PLATFORM:
            return "Platform"
        return getattr(entry, "tenant_name", None) or str(entry.chain)

    @display(description="IP address", empty_value="-")
    def from_ip(self, entry: Entry) -> str | None:
        return entry.ip or None

    @display(description="At")
    def happened_at(self, entry: Entry) -> str:
        return f"{entry.at:%Y-%m-%d %H:%M:%S.%f} UTC"
