"""The calls: what was asked of which model, by whom, how it ended and what it took."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import (
    BooleanRadioFilter,
    DropdownFilter,
    RadioFilter,
)
from unfold.decorators import display

from audit.models import CallRecord
from providers.models import Model, Provider
from tenants import selectors as tenants

from . import traffic, words
from .base import ReadOnly
from .filters import DaysFilter, TenantFilter
from .paging import BoundedChangeList, BoundedPaginator

# Status classes, as the list and the dashboard speak of them.
OUTCOMES = {
    "answered": ("Answered", Q(status__lt=400)),
    "refused": ("Refused (4xx)", Q(status__gte=400, status__lt=500)),
    "failed": ("Failed (5xx)", Q(status__gte=500)),
}


class OutcomeFilter(RadioFilter):
    title = "outcome"
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, label) for name, (label, _) in OUTCOMES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in OUTCOMES:
            return queryset.filter(OUTCOMES[self.value()][1])
        return queryset


class ModelNameFilter(DropdownFilter):
    # Names out of the configuration: the distinct ones of all calls take a scan to find.
    title = "model"
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names = Model.objects.order_by("name").values_list("name", flat=True)
        return [(name, name) for name in names]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(model=self.value()) if self.value() else queryset


class ProviderFilter(DropdownFilter):
    title = "provider"
    parameter_name = "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Provider.objects.order_by("name").values_list("slug", "name"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(provider=self.value()) if self.value() else queryset


@admin.register(CallRecord)
class CallRecordAdmin(ReadOnly):
    list_display = (
        "when",
        "tenant",
        "key",
        "called_model",
        "served_by",
        "outcome",
        "tokens_in",
        "tokens_out",
        "took",
        "first_byte",
    )
    list_filter = (
        ("started_at", DaysFilter),
        OutcomeFilter,
        TenantFilter,
        ModelNameFilter,
        ProviderFilter,
        ("stream", BooleanRadioFilter),
    )
    # Says that there is a search; `get_search_results` does it.
    search_fields = ("request_id",)
    search_help_text = "Request id, or public part of a key"
    ordering = ("-started_at", "-id")
    # The only order there is an index for.
    sortable_by = ("when",)
    paginator = BoundedPaginator
    show_full_result_count = False
    list_fullwidth = True
    fieldsets = (
        ("Outcome", {"fields": (("outcome_in_words", "upstream_status"), "error")}),
        (
            "What was asked",
            {"fields": (("endpoint", "shape"), ("model", "provider"), "counts")},
        ),
        ("By whom", {"fields": (("tenant_link", "key_link", "from_ip"),)}),
        (
            "Tokens",
            {
                "fields": (
                    ("input_tokens", "output_tokens", "counted"),
                    ("from_cache", "into_cache", "reasoned"),
                )
            },
        ),
        ("Time", {"fields": ("started", ("first_byte", "took"))}),
        ("Ids", {"fields": (("request_id", "id"),)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[CallRecord]:
        return traffic.named(super().get_queryset(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        key = tenants.api_key(term)
        if key is not None:
            return queryset.filter(key_id=key.pk), False
        return queryset.filter(request_id=term), False

    def get_changelist(
        self, request: HttpRequest, **kwargs: Any
    ) -> type[BoundedChangeList]:
        return BoundedChangeList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request, {"title": "Calls", **(extra_context or {})}
        )

    @display(description="Time (UTC)", ordering="started_at")
    def when(self, call: CallRecord) -> str:
        return f"{call.started_at:%-d %b, %H:%M:%S}"

    @display(description="Tenant")
    def tenant(self, call: CallRecord) -> str:
        return _name(call, "tenant_name", call.tenant_id)

    @display(description="Key")
    def key(self, call: CallRecord) -> str:
        name = getattr(call, "key_name", None) or call.key_public_id
        return format_html('<span title="{}">{}</span>', call.key_public_id, name)

    @display(description="Model", empty_value="-")
    def called_model(self, call: CallRecord) -> str | None:
        return call.model or None

    @display(description="Provider", empty_value="-")
    def served_by(self, call: CallRecord) -> str | None:
        return call.provider or None

    @display(
        description="Status",
        label={"answered": "success", "refused": "warning", "failed": "danger"},
    )
    def outcome(self, call: CallRecord) -> tuple[str, str]:
        return _outcome(call), str(call.status)

    @display(description="Status")
    def outcome_in_words(self, call: CallRecord) -> str:
        return f"{call.status}, {_outcome(call)}"

    @display(description="Answered as")
    def shape(self, call: CallRecord) -> str:
        return "a stream" if call.stream else "one piece"

    @display(description="Counts")
    def counts(self, call: CallRecord) -> str:
        if call.admitted:
            return "towards the quotas"
        return "towards no quota: turned away before it took anything"

    @display(description="IP address", empty_value="-")
    def from_ip(self, call: CallRecord) -> str | None:
        return call.client_ip or None

    @display(description="Tokens in")
    def tokens_in(self, call: CallRecord) -> str:
        return _with_part(self.input_tokens(call), call.cached_tokens, "cached")

    @display(description="Tokens out")
    def tokens_out(self, call: CallRecord) -> str:
        return _with_part(self.output_tokens(call), call.reasoning_tokens, "reasoning")

    @display(description="Tokens in")
    def input_tokens(self, call: CallRecord) -> str:
        return _tokens(call, call.prompt_tokens)

    @display(description="Tokens out")
    def output_tokens(self, call: CallRecord) -> str:
        return _tokens(call, call.completion_tokens)

    @display(description="Of those in, read from the provider's cache")
    def from_cache(self, call: CallRecord) -> str:
        return f"{call.cached_tokens or 0:,}"

    @display(description="Of those in, written to the provider's cache")
    def into_cache(self, call: CallRecord) -> str:
        return f"{call.cache_write_tokens or 0:,}"

    @display(description="Of those out, reasoning")
    def reasoned(self, call: CallRecord) -> str:
        return f"{call.reasoning_tokens or 0:,}"

    @display(description="Counted by")
    def counted(self, call: CallRecord) -> str:
        return (
            "us: the provider did not say" if call.usage_estimated else "the provider"
        )

    @display(description="Took")
    def took(self, call: CallRecord) -> str:
        return words.duration(call.duration_us)

    @display(description="First byte", empty_value="-")
    def first_byte(self, call: CallRecord) -> str | None:
        return words.duration(call.first_byte_us) or None

    @display(description="Started")
    def started(self, call: CallRecord) -> str:
        return f"{call.started_at:%Y-%m-%d %H:%M:%S.%f} UTC"

    @display(description="Tenant")
    def tenant_link(self, call: CallRecord) -> str:
        name = _name(call, "tenant_name", call.tenant_id)
        return _link("tenants_tenant", call.tenant_id, name)

    @display(description="Key")
    def key_link(self, call: CallRecord) -> str:
        name = getattr(call, "key_name", None) or "a key no longer there"
        return _link("tenants_apikey", call.key_id, f"{name} ({call.key_public_id})")


def _outcome(call: CallRecord) -> str:
    if call.status < 400:
        return "answered"
    return "refused" if call.status < 500 else "failed"


def _tokens(call: CallRecord, count: int) -> str:
    return f"≈ {count:,}" if call.usage_estimated else f"{count:,}"


def _with_part(tokens: str, part: int | None, what: str) -> str:
    return f"{tokens} ({part:,} {what})" if part else tokens


def _name(call: CallRecord, annotation: str, pk: UUID) -> str:
    return getattr(call, annotation, None) or str(pk)


def _link(page: str, pk: UUID, text: str) -> str:
    url = reverse(f"admin:{page}_change", args=[pk])
    return format_html('<a class="gh-link" href="{}">{}</a>', url, text)
