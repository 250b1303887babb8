from typing import Any

from django.contrib import admin, messages
from django.db.models import ProtectedError, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.contrib.filters.admin import (
    ChoicesDropdownFilter,
    RadioFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import action, display

from tenants import services
from tenants.errors import TenantsError
from tenants.models import ApiKey, Membership, Tenant, Tier

from . import words
from .base import ConsoleAdmin, Question
from .counting import count_of
from .filters import TenantFilter

ACTIVE, SUSPENDED = "Active", "Suspended"

SUSPEND = Question(
    title="Suspend {}?",
    text="From the next request on, every key of this tenant is refused, until the tenant is reinstated.",
    submit="Suspend",
    done="{} is suspended.",
    refusals=(TenantsError,),
    danger=True,
)
REINSTATE = Question(
    title="Reinstate {}?",
    text="Its keys that are neither revoked nor expired work again from the next request on.",
    submit="Reinstate",
    done="{} is reinstated.",
    refusals=(TenantsError,),
)


class TenantStatusFilter(RadioFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("active", ACTIVE), ("suspended", SUSPENDED)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "active":
                return queryset.filter(suspended_at=None)
            case "suspended":
                return queryset.exclude(suspended_at=None)
            case _:
                return queryset


@admin.register(Tenant)
class TenantAdmin(ConsoleAdmin):
    list_display = ("name", "slug", "tier", "status", "limits", "keys", "created_at")
    list_filter = (TenantStatusFilter, ("tier", RelatedDropdownFilter))
    list_select_related = ("tier",)
    search_fields = ("name", "slug")
    actions = ("suspend_selected", "reinstate_selected")
    actions_detail = ("suspend", "reinstate")
    fieldsets = (
        (None, {"fields": ("name", "slug", "tier")}),
        (
            "Limits of its own",
            {
                "fields": (
                    "requests_per_minute",
                    "requests_per_month",
                    "parallel_calls",
                )
            },
        ),
        ("State", {"fields": ("status_now", "keys", "id", "created_at")}),
    )
    add_fieldsets = fieldsets[:2]
    readonly_fields = ("status_now", "keys", "id", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        in_force = ApiKey.objects.filter(revoked_at=None).exclude(
            expires_at__lte=timezone.now()
        )
        rows = super().get_queryset(request)
        return rows.annotate(key_count=count_of(in_force, "tenant"))

    def has_delete_permission(
        self, request: HttpRequest, obj: Tenant | None = None
    ) -> bool:
        # Its calls and its chain of the ledger name it for ever; it can be suspended.
        return False

    def save_model(
        self, request: HttpRequest, obj: Tenant, form: ModelForm, change: bool
    ) -> None:
        verb = services.amend if change else services.add
        verb(row=obj, **self.who_and_when(request))

    @display(
        description="Status",
        ordering="suspended_at",
        label={ACTIVE: "success", SUSPENDED: "danger"},
    )
    def status(self, tenant: Tenant) -> str:
        return SUSPENDED if tenant.suspended_at else ACTIVE

    @display(description="Status")
    def status_now(self, tenant: Tenant) -> str:
        if tenant.suspended_at is None:
            return ACTIVE
        since = words.moment(tenant.suspended_at)
        return f"{SUSPENDED} since {since} by {tenant.suspended_by}"

    @display(description="Requests in force")
    def limits(self, tenant: Tenant) -> str:
        tier = tenant.tier
        minute = tenant.requests_per_minute
        month = tenant.requests_per_month
        parallel = tenant.parallel_calls
        return words.limits(
            tier.requests_per_minute if minute is None else minute,
            tier.requests_per_month if month is None else month,
            tier.parallel_calls if parallel is None else parallel,
        )

    @display(description="Keys in force", ordering="key_count")
    def keys(self, tenant: Tenant) -> str:
        url = reverse("admin:tenants_apikey_changelist")
        return format_html(
            '<a class="gh-link" href="{}?tenant={}">{}</a>',
            url,
            tenant.pk,
            getattr(tenant, "key_count", 0),
        )

    @admin.action(description="Suspend")
    def suspend_selected(self, request: HttpRequest, tenants: QuerySet[Tenant]) -> None:
        self.do_to_each(
            request,
            tenants,
            lambda tenant: services.suspend_tenant(
                tenant=tenant, **self.who_and_when(request)
            ),
            done="Tenants suspended",
            refusals=(TenantsError,),
        )

    @admin.action(description="Reinstate")
    def reinstate_selected(
        self, request: HttpRequest, tenants: QuerySet[Tenant]
    ) -> None:
        self.do_to_each(
            request,
            tenants,
            lambda tenant: services.reinstate_tenant(
                tenant=tenant, **self.who_and_when(request)
            ),
            done="Tenants reinstated",
            refusals=(TenantsError,),
        )

    @action(description="Suspend", url_path="suspend", icon="block")
    def suspend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask_then_do(
            request,
            object_id,
            SUSPEND,
            lambda tenant: services.suspend_tenant(
                tenant=tenant, **self.who_and_when(request)
            ),
        )

    @action(description="Reinstate", url_path="reinstate", icon="undo")
    def reinstate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask_then_do(
            request,
            object_id,
            REINSTATE,
            lambda tenant: services.reinstate_tenant(
                tenant=tenant, **self.who_and_when(request)
            ),
        )

    def is_offered(self, action: str, row: Tenant) -> bool:
        return action == ("reinstate" if row.suspended_at else "suspend")


@admin.register(Tier)
class TierAdmin(ConsoleAdmin):
    list_display = ("name", "slug", "limits", "longest", "tenant_count")
    search_fields = ("name", "slug")
    fieldsets = (
        (None, {"fields": ("name", "slug")}),
        (
            "Limits",
            {
                "fields": (
                    "requests_per_minute",
                    "requests_per_month",
                    "parallel_calls",
                    "max_tokens_per_request",
                    "allowed_models",
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tier]:
        return (
            super()
            .get_queryset(request)
            .annotate(on_it=count_of(Tenant.objects.all(), "tier"))
        )

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # Deleting many at once would stop half-way at the first that has tenants.
        return {}

    def save_model(
        self, request: HttpRequest, obj: Tier, form: ModelForm, change: bool
    ) -> None:
        verb = services.amend if change else services.add
        verb(row=obj, **self.who_and_when(request))

    def delete_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        tier = self.row(request, object_id)
        try:
            if tier.on_it:
                raise ProtectedError("", set())
            return super().delete_view(request, object_id, extra_context)
        except ProtectedError:
            text = f"Tenants are on {tier}; put them on another tier first."
            messages.error(request, text)
            return HttpResponseRedirect(self.url_of(tier))

    def delete_model(self, request: HttpRequest, obj: Tier) -> None:
        services.remove(row=obj, **self.who_and_when(request))

    @display(description="Requests", ordering="requests_per_minute")
    def limits(self, tier: Tier) -> str:
        return words.limits(
            tier.requests_per_minute, tier.requests_per_month, tier.parallel_calls
        )

    @display(
        description="Tokens a request",
        ordering="max_tokens_per_request",
        empty_value="no limit",
    )
    def longest(self, tier: Tier) -> str | None:
        tokens = tier.max_tokens_per_request
        return None if tokens is None else f"{tokens:,}"

    @display(description="Tenants", ordering="on_it")
    def tenant_count(self, tier: Tier) -> int:
        return int(getattr(tier, "on_it", 0))


@admin.register(Membership)
class MembershipAdmin(ConsoleAdmin):
    list_display = ("user", "tenant", "role")
    list_filter = (TenantFilter, ("role", ChoicesDropdownFilter))
    list_select_related = ("user", "tenant")
    search_fields = ("user__username", "tenant__name", "tenant__slug")
    fields = ("tenant", "user", "role")
    autocomplete_fields = ("tenant", "user")

    def formfield_for_choice_field(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        # Without an empty first choice the form opens with the first role there is: admin.
        kwargs["choices"] = [("", "Select value"), *db_field.choices]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Membership, form: ModelForm, change: bool
    ) -> None:
        verb = services.amend if change else services.add
        verb(row=obj, **self.who_and_when(request))

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        services.remove(row=obj, **self.who_and_when(request))

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[Membership]
    ) -> None:
        for membership in queryset:
            services.remove(row=membership, **self.who_and_when(request))
