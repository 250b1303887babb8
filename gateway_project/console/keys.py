"""API keys: issued, rotated, revoked. A secret is on a page once, and nowhere else."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.contrib.filters.admin import RadioFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from providers.models import Model
from tenants import services
from tenants.errors import KeyNotUsable, TenantsError
from tenants.models import ApiKey
from tenants.types import model_filter

from . import words
from .base import ConsoleAdmin, Question
from .filters import TenantFilter

ACTIVE, REVOKED, EXPIRED = "Active", "Revoked", "Expired"

REVOKE = Question(
    title="Revoke {}?",
    text="The next request with this key is refused. A revoked key stays revoked; whoever uses it needs a new one.",
    submit="Revoke",
    done="{} is revoked.",
    refusals=(TenantsError,),
    danger=True,
)
ROTATE = Question(
    title="Rotate {}?",
    text="The key gets a new secret, shown once on the next page. Its public part, limits and history stay.",
    submit="Rotate",
)


class KeyStatusFilter(RadioFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(word.lower(), word) for word in (ACTIVE, REVOKED, EXPIRED)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        expired = Q(expires_at__lte=timezone.now(), revoked_at=None)
        match self.value():
            case "active":
                return queryset.filter(revoked_at=None).exclude(expired)
            case "revoked":
                return queryset.exclude(revoked_at=None)
            case "expired":
                return queryset.filter(expired)
            case _:
                return queryset


class KeyForm(forms.ModelForm):
    def clean_expires_at(self) -> Any:
        expires_at = self.cleaned_data["expires_at"]
        if (
            "expires_at" in self.changed_data
            and expires_at is not None
            and expires_at <= timezone.now()
        ):
            raise forms.ValidationError(
                "This moment has passed. To stop a key now, revoke it."
            )
        return expires_at


class RotationForm(forms.Form):
    overlap_hours = forms.IntegerField(
        label="Overlap in hours",
        initial=24,
        min_value=0,
        max_value=24 * 90,
        help_text="How long the old secret goes on working. 0 stops it at once.",
        widget=UnfoldAdminIntegerFieldWidget,
    )


@admin.register(ApiKey)
class ApiKeyAdmin(ConsoleAdmin):
    form = KeyForm
    list_display = (
        "name",
        "tenant",
        "public_part",
        "status",
        "last_used_at",
        "expires_at",
        "issued_on",
    )
    list_filter = (TenantFilter, KeyStatusFilter)
    list_select_related = ("tenant",)
    search_fields = ("name", "public_id", "tenant__name", "tenant__slug")
    ordering = ("-created_at",)
    autocomplete_fields = ("tenant",)
    actions_detail = ("rotate", "revoke")
    actions_row = ("rotate", "revoke")
    ledger_name = "public_id"
    add_fieldsets = (
        (None, {"fields": ("tenant", "name", "description", "expires_at")}),
        (
            "Limits of its own",
            {
                "fields": (
                    "allowed_models",
                    "requests_per_minute",
                    "requests_per_month",
                    "parallel_calls",
                )
            },
        ),
    )
    fieldsets = (
        *add_fieldsets,
        (
            "State",
            {
                "fields": (
                    "status_now",
                    "public_part",
                    "last_used_at",
                    "created",
                    "rotation",
                )
            },
        ),
    )
    state_fields = ("status_now", "public_part", "last_used_at", "created", "rotation")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        # What never leaves the database cannot end up on a page.
        return super().get_queryset(request).defer("digest", "previous_digest")

    def get_readonly_fields(
        self, request: HttpRequest, obj: ApiKey | None = None
    ) -> tuple[str, ...]:
        # A key's tenant is whose quota it spends and whose ledger names it.
        return (*self.state_fields, "tenant") if obj else self.state_fields

    def has_change_permission(
        self, request: HttpRequest, obj: ApiKey | None = None
    ) -> bool:
        allowed = super().has_change_permission(request, obj)
        return bool(allowed and (obj is None or obj.revoked_at is None))

    def has_delete_permission(
        self, request: HttpRequest, obj: ApiKey | None = None
    ) -> bool:
        # Its calls name it; it can be revoked.
        return False

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        # Whichever way it was saved, the next page shows the secret.
        only_save = {
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }
        context = {**only_save, "title": "Issue an API key", **(extra_context or {})}
        return super().add_view(request, form_url, context)

    def save_model(
        self, request: HttpRequest, obj: ApiKey, form: forms.ModelForm, change: bool
    ) -> None:
        if change:
            services.amend(row=obj, **self.who_and_when(request))
            return
        wanted = form.cleaned_data
        issued, text = services.issue_api_key(**wanted, **self.who_and_when(request))
        obj.pk = issued.pk
        obj.refresh_from_db()
        # On the object for the rest of this request: not in the session, not in a message.
        obj.issued_text = text  # type: ignore[attr-defined]  # no field, on purpose

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        text: str = obj.issued_text  # type: ignore[attr-defined]  # set by save_model
        return self._show_once(request, obj, text, title=f"{obj.name} is issued")

    @action(description="Rotate", url_path="rotate", icon="autorenew")
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.row(request, object_id)
        if not self.is_offered("rotate", key):
            text = f"{key} is revoked or expired; issue a new key instead."
            messages.warning(request, text)
            return HttpResponseRedirect(self.url_of(key))
        form = RotationForm(request.POST if request.method == "POST" else None)
        if request.method != "POST" or not form.is_valid():
            return self.ask(request, key, ROTATE, form)
        overlap = timedelta(hours=form.cleaned_data["overlap_hours"])
        try:
            text = services.rotate_api_key(
                api_key=key, overlap=overlap, **self.who_and_when(request)
            )
        except KeyNotUsable as why:
            form.add_error(None, words.sentence(why))
            return self.ask(request, key, ROTATE, form)
        return self._show_once(request, key, text, title=f"{key.name} has a new secret")

    @action(description="Revoke", url_path="revoke", icon="key_off")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask_then_do(
            request,
            object_id,
            REVOKE,
            lambda key: services.revoke_api_key(
                api_key=key, **self.who_and_when(request)
            ),
        )

    def is_offered(self, action: str, row: ApiKey) -> bool:
        return _status(row) == ACTIVE or (action == "revoke" and not row.revoked_at)

    @display(
        description="Status",
        label={ACTIVE: "success", REVOKED: "danger", EXPIRED: "warning"},
    )
    def status(self, key: ApiKey) -> str:
        return _status(key)

    @display(description="Status")
    def status_now(self, key: ApiKey) -> str:
        if key.revoked_at:
            return f"{REVOKED} on {words.moment(key.revoked_at)} by {key.revoked_by}"
        return _status(key)

    @display(description="Public part", ordering="public_id")
    def public_part(self, key: ApiKey) -> str:
        return f"{settings.KEY_PREFIX}{key.public_id}"

    @display(description="Issued on", ordering="created_at")
    def issued_on(self, key: ApiKey) -> date:
        return key.created_at.date()

    @display(description="Issued")
    def created(self, key: ApiKey) -> str:
        return f"{words.moment(key.created_at)} by {key.created_by}"

    @display(description="Rotated", empty_value="Never")
    def rotation(self, key: ApiKey) -> str | None:
        if key.rotated_at is None:
            return None
        rotated = words.moment(key.rotated_at)
        if key.previous_until and key.previous_until > timezone.now():
            until = words.moment(key.previous_until)
            return f"{rotated}; the secret before works until {until}"
        return rotated

    def _show_once(
        self, request: HttpRequest, key: ApiKey, text: str, *, title: str
    ) -> TemplateResponse:
        """Answer with the page that has the secret: the answer to this POST, nowhere else."""
        model = _model_for(key)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": key,
            "title": title,
            "text": text,
            "curl": model
            and words.curl(base_url=settings.BASE_URL, key=text, model=model),
            "back": self.url_of(key),
        }
        return TemplateResponse(request, "console/secret.html", context)


def _status(key: ApiKey) -> str:
    if key.revoked_at:
        return REVOKED
    if key.expires_at and key.expires_at <= timezone.now():
        return EXPIRED
    return ACTIVE


def _model_for(key: ApiKey) -> str:
    """Return a model the key may call, for the example; empty when there is none."""
    filters = [
        model_filter(patterns)
        for patterns in (key.tenant.tier.allowed_models, key.allowed_models)
    ]
    names = Model.objects.filter(enabled=True, provider__enabled=True)
    for name in names.order_by("name").values_list("name", flat=True)[:500]:
        if all(each is None or each.fullmatch(name) for each in filters):
            return name
    return ""
