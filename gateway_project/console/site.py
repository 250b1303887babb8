"""The operator's console: who gets in, and what stands on its first page."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from redis import RedisError
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite

from audit import actors
from gateway_project import logins

from . import dashboard, throttle
from .operators import is_operator, note_account


class SignInForm(AuthenticationForm):
    def confirm_login_allowed(self, user: Any) -> None:
        # The same words as for a wrong password: a stranger learns nothing from a right one.
        if not is_operator(user):
            raise self.get_invalid_login_error()

    def get_invalid_login_error(self) -> ValidationError:
        return ValidationError(
            "Wrong user name or password, or not an operator's account.",
            code="invalid_login",
        )


class Console(UnfoldAdminSite):
    login_form = SignInForm
    index_title = "Dashboard"

    def has_permission(self, request: HttpRequest) -> bool:
        return is_operator(request.user)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        facts = dashboard.facts(now=timezone.now(), base_url=settings.BASE_URL)
        return super().index(request, {**facts, **(extra_context or {})})

    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Answer the sign-in form, unless too many attempts came before this one."""
        if request.method != "POST":
            return super().login(request, extra_context)
        try:
            throttled = throttle.count_attempt(request)
        except RedisError:
            # Attempts that cannot be counted would be unlimited.
            why = "Attempts cannot be counted at the moment, so none is taken."
            return self._turn_away(request, 503, 30, why)
        if throttled is None:
            return super().login(request, extra_context)
        if throttled.is_first:
            _note_throttled(request)
        why = "Too many attempts to sign in."
        return self._turn_away(request, 429, throttled.retry_after_s, why)

    @transaction.atomic
    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        person: Any = request.user
        before = person.password
        response = super().password_change(request, extra_context)
        if person.password != before:
            note_account(
                what="changed",
                username=person.get_username(),
                fields=["password"],
                by=actors.of_request(request),
                now=timezone.now(),
            )
        return response

    def _turn_away(
        self, request: HttpRequest, status: int, wait_s: int, why: str
    ) -> HttpResponse:
        context = {
            **self.each_context(request),
            "title": "Sign in",
            "why": why,
            "wait_s": wait_s,
            "sign_in_path": request.get_full_path(),
        }
        return TemplateResponse(
            request,
            "console/throttled.html",
            context,
            status=status,
            headers={"Retry-After": str(wait_s)},
        )


def _note_throttled(request: HttpRequest) -> None:
    username = throttle.username_of(request)
    logins.note_attempt(
        what="throttled",
        username=username,
        by=actors.named(f"user:{username}", request),
        now=timezone.now(),
    )
