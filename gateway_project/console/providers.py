"""Where models live: providers, what they know us by, and the names callers use."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ImproperlyConfigured
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import (
    BooleanRadioFilter,
    ChoicesDropdownFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminPasswordWidget

from providers import kinds, probes, selectors, services
from providers.models import Credential, Model, Provider

from .base import ConsoleAdmin, Question
from .counting import count_of

ON, OFF = "On", "Off"
SWITCH = {ON: "success", OFF: "danger"}
# A person waits for the answer.
LONGEST_PROBE_S = 15

TEST = Question(
    title="Test the connection to {}?",
    text="Asks it once for its list of models, with the credential a call would use. That costs no tokens.",
    submit="Test connection",
)
TEST_OF_BEDROCK = Question(
    title=TEST.title,
    text="Sends it an empty request for a model that is not there, with the credential a call would use: how it refuses tells whether it knows that. It lists models elsewhere, so these are not asked for. That costs no tokens.",
    submit=TEST.submit,
)


class Switched(ConsoleAdmin):
    """Base of what can be on or off."""

    actions = ("switch_on", "switch_off")

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        verb = services.amend if change else services.add
        verb(row=obj, **self.who_and_when(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        services.remove(row=obj, **self.who_and_when(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            services.remove(row=row, **self.who_and_when(request))

    @display(description="State", ordering="enabled", label=SWITCH)
    def state(self, row: Any) -> str:
        return ON if row.enabled else OFF

    @admin.action(description="Switch on")
    def switch_on(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self._switch(request, rows, on=True)

    @admin.action(description="Switch off")
    def switch_off(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self._switch(request, rows, on=False)

    def _switch(self, request: HttpRequest, rows: QuerySet[Any], *, on: bool) -> None:
        def switch(row: Any) -> None:
            row.enabled = on
            services.amend(row=row, **self.who_and_when(request))

        done = "Switched on" if on else "Switched off"
        self.do_to_each(request, rows.filter(enabled=not on), switch, done=done)


def _examples() -> SafeString:
    lines = ((kind.label, url) for kind, url in kinds.EXAMPLES.items())
    return format_html_join(mark_safe("<br>"), "{}: {}", lines)


class ProviderForm(forms.ModelForm):
    class Meta:
        help_texts = {
            "base_url": _examples(),
            "region": "AWS Bedrock only, as in us-east-1. Empty is the one in its base URL.",
            "api_version": "Azure only. Empty for a base URL that ends with /openai/v1; else as in 2024-10-21.",
        }
        labels = {
            "api_version": "API version",
            "base_url": "Base URL",
            "connect_timeout_s": "Until connected",
            "first_byte_timeout_s": "Until the first byte",
            "idle_timeout_s": "Between bytes",
            "total_timeout_s": "In all",
        }

    def clean_base_url(self) -> str:
        url: str = self.cleaned_data["base_url"]
        return url.rstrip("/")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if {"kind", "base_url", "region", "api_version"} <= values.keys():
            problems = kinds.problems_of(
                values["kind"],
                base_url=values["base_url"],
                region=values["region"],
                api_version=values["api_version"],
            )
            for field, problem in problems.items():
                self.add_error(field, problem)
        return values


class ModelsInline(TabularInline):
    model = Model
    fields = ("name", "upstream_name", "enabled")
    readonly_fields = fields
    extra = 0
    max_num = 0
    can_delete = False
    hide_title = True
    show_change_link = True
    per_page = 25

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Provider)
class ProviderAdmin(Switched):
    form = ProviderForm
    list_display = ("name", "slug", "kind", "address", "state", "models", "credentials")
    list_filter = (("kind", ChoicesDropdownFilter), ("enabled", BooleanRadioFilter))
    search_fields = ("name", "slug", "base_url")
    inlines = (ModelsInline,)
    actions_detail = ("test_connection",)
    actions_row = ("test_connection",)
    ledger_name = "slug"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name",
                    "slug",
                    "kind",
                    "base_url",
                    "region",
                    "api_version",
                    "enabled",
                )
            },
        ),
        (
            "Timeouts in seconds",
            {
                "fields": (
                    "connect_timeout_s",
                    "first_byte_timeout_s",
                    "idle_timeout_s",
                    "total_timeout_s",
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Provider]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                model_count=count_of(Model.objects.all(), "provider"),
                credential_count=count_of(Credential.objects.all(), "provider"),
            )
        )

    @display(description="Base URL", ordering="base_url")
    def address(self, provider: Provider) -> str:
        return provider.base_url or "built in"

    @display(description="Models", ordering="model_count")
    def models(self, provider: Provider) -> str:
        return _link_to("model", provider, getattr(provider, "model_count", 0))

    @display(description="Credentials", ordering="credential_count")
    def credentials(self, provider: Provider) -> str:
        count = getattr(provider, "credential_count", 0)
        return _link_to("credential", provider, count)

    @action(description="Test connection", url_path="test", icon="network_ping")
    def test_connection(self, request: HttpRequest, object_id: str) -> HttpResponse:
        provider = self.row(request, object_id)
        if provider.kind == Provider.Kind.MOCK:
            messages.info(
                request, f"{provider} is built in; there is nothing to reach."
            )
        elif request.method != "POST":
            is_bedrock = provider.kind == Provider.Kind.BEDROCK
            return self.ask(request, provider, TEST_OF_BEDROCK if is_bedrock else TEST)
        else:
            self._test(request, provider)
        return HttpResponseRedirect(self.url_of(provider))

    def is_offered(self, action: str, row: Provider) -> bool:
        return row.kind != Provider.Kind.MOCK

    def _test(self, request: HttpRequest, provider: Provider) -> None:
        secret = selectors.usable_secret(provider, selectors.key_ring())
        if secret is None:
            text = f"Every credential of {provider} is off or does not open."
            messages.error(request, text)
            return
        outcome = probes.ask(
            probes.Probed(
                kind=provider.kind,
                base_url=provider.base_url,
                secret=secret,
                region=provider.region,
                api_version=provider.api_version,
            ),
            now=timezone.now().timestamp(),
            connect_timeout_s=min(provider.connect_timeout_s, LONGEST_PROBE_S),
            read_timeout_s=min(provider.first_byte_timeout_s, LONGEST_PROBE_S),
        )
        answered = f"answered {outcome.status}" if outcome.status else "did not answer"
        text = f"{provider} {answered} after {outcome.elapsed_ms:,} ms"
        if outcome.problem:
            messages.error(request, f"{text}: {outcome.problem}.")
        else:
            learnt = outcome.learnt or "The connection works."
            messages.success(request, f"{text}. {learnt}")


class CredentialForm(forms.ModelForm):
    secret = forms.CharField(
        max_length=4000,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        validators=[
            # It travels in a header.
            RegexValidator(r"\A[\x21-\x7e]+\Z", "Printable ASCII without spaces only.")
        ],
        help_text="Stored encrypted and never shown again. For AWS Bedrock either ACCESS_KEY_ID:SECRET_ACCESS_KEY, with :SESSION_TOKEN behind it when it is temporary, or a Bedrock API key.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.fields["secret"].label = "Replace secret"
            self.fields["secret"].required = False
            self.fields["secret"].help_text = "Empty keeps the one stored."

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if secret := values.get("secret"):
            if problem := kinds.problem_of_secret(self._kind(values), secret):
                self.add_error("secret", problem)
            try:
                selectors.key_ring()
            except ImproperlyConfigured as wrong:
                self.add_error("secret", f"It cannot be encrypted. {wrong}")
        return values

    def _kind(self, values: dict[str, Any]) -> str:
        if not self.instance._state.adding:
            return self.instance.provider.kind
        provider: Provider | None = values.get("provider")
        return provider.kind if provider else ""


@admin.register(Credential)
class CredentialAdmin(Switched):
    form = CredentialForm
    list_display = ("name", "provider", "ending", "state", "created_at")
    list_filter = (("provider", RelatedDropdownFilter), ("enabled", BooleanRadioFilter))
    list_select_related = ("provider",)
    search_fields = ("name", "provider__name")
    add_fieldsets = ((None, {"fields": ("provider", "name", "secret", "enabled")}),)
    fieldsets = (
        (None, {"fields": ("provider", "name", "ending", "secret", "enabled")}),
    )
    readonly_fields = ("ending",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Credential | None = None
    ) -> tuple[str, ...]:
        # A secret is shown to the provider it was given for, and to no other.
        return ("ending", "provider") if obj else ("ending",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credential]:
        # What never leaves the database cannot end up on a page.
        return super().get_queryset(request).defer("sealed")

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        secret = form.cleaned_data["secret"]
        if not secret:
            super().save_model(request, obj, form, change)
            return
        services.store_credential(
            credential=obj,
            secret=secret,
            ring=selectors.key_ring(),
            **self.who_and_when(request),
        )

    @display(description="Ends in", empty_value="too short to tell")
    def ending(self, credential: Credential) -> str | None:
        return f"…{credential.hint}" if credential.hint else None


@admin.register(Model)
class ModelsAdmin(Switched):
    list_display = ("name", "provider", "upstream", "state", "created_at")
    list_filter = (("provider", RelatedDropdownFilter), ("enabled", BooleanRadioFilter))
    list_select_related = ("provider",)
    search_fields = ("name", "upstream_name")
    fields = ("name", "provider", "upstream_name", "enabled")

    @display(description="Name upstream", ordering="upstream_name")
    def upstream(self, model: Model) -> str:
        return model.upstream_name or model.name


def _link_to(model_name: str, provider: Provider, count: int) -> str:
    url = reverse(f"admin:providers_{model_name}_changelist")
    query = f"?provider__id__exact={provider.pk}"
    return format_html('<a class="gh-link" href="{}{}">{}</a>', url, query, count)
