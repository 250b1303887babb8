"""What every page of the console has in common: reads are plain, writes are verbs.

The apps' services do what is done here, so a change made by hand leaves the same ledger
entry and the same revision as one made by a command.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget

from audit import actors

from . import words

Refusals = tuple[type[Exception], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before something is done; `{}` in its texts stands for the row."""

    title: str
    text: str
    submit: str
    done: str = ""
    refusals: Refusals = ()
    danger: bool = False


class ConsoleAdmin(ModelAdmin):
    """Base of every page. Its history is the ledger; Django's own log stays empty."""

    list_per_page = 25
    list_max_show_all = 25
    list_filter_submit = True
    warn_unsaved_form = True
    # A count beside each choice of a filter is a COUNT over the table for each of them.
    show_facets = ShowFacets.NEVER
    formfield_overrides = {
        ArrayField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 2})}
    }
    # What the ledger calls a row of this model: the noun, and the attribute naming it.
    ledger_noun: ClassVar[str] = ""
    ledger_name: ClassVar[str] = "pk"

    def who_and_when(self, request: HttpRequest) -> dict[str, Any]:
        """Return the arguments every verb wants."""
        return {"by": actors.of_request(request), "now": timezone.now()}

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        # No text in PostgreSQL holds it, so a filter for it is one that cannot be asked.
        if any("\0" in value for _, values in request.GET.lists() for value in values):
            raise IncorrectLookupParameters("a NUL is in no column")
        return super().get_changelist_instance(request)

    def row(self, request: HttpRequest, object_id: str) -> Any:
        """Return the row an action's address names. Raises `Http404`, `PermissionDenied`."""
        found = self.get_object(request, unquote(object_id))
        if found is None:
            raise Http404(f"There is no {self.opts.verbose_name} {object_id[:50]}.")
        if not self.has_change_permission(request):
            raise PermissionDenied
        return found

    def ask_then_do(
        self,
        request: HttpRequest,
        object_id: str,
        question: Question,
        verb: Callable[[Any], object],
    ) -> HttpResponse:
        """Ask on GET, do on POST: a link that is merely followed changes nothing."""
        row = self.row(request, object_id)
        if request.method != "POST":
            return self.ask(request, row, question)
        try:
            verb(row)
        except question.refusals as why:
            messages.warning(request, words.sentence(why))
        else:
            messages.success(request, question.done.format(row))
        return HttpResponseRedirect(self.url_of(row))

    def ask(
        self,
        request: HttpRequest,
        row: Model,
        question: Question,
        form: forms.Form | None = None,
    ) -> TemplateResponse:
        """Answer with a page that puts the question and posts to where it stands."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": row,
            "title": question.title.format(row),
            "question": question,
            "form": form,
            "media": self.media,
            "back": self.url_of(row),
        }
        return TemplateResponse(request, "console/question.html", context)

    def do_to_each(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        verb: Callable[[Any], object],
        *,
        done: str,
        refusals: Refusals = (),
    ) -> None:
        """Apply a verb to each row of a list's action, telling which ones refused and why."""
        count = 0
        for each in rows:
            try:
                verb(each)
            except refusals as why:
                messages.warning(request, words.sentence(why))
            else:
                count += 1
        if count:
            messages.success(request, f"{done}: {count}.")

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        """Return only the actions that make sense for the row as it stands."""
        if not self.actions_detail:
            return []
        row = self.get_object(request, unquote(str(object_id)))
        return [
            each
            for each in super().get_actions_detail(request, object_id)
            if row is not None
            and self.is_offered(each.method.original_function_name, row)
        ]

    def is_offered(self, action: str, row: Any) -> bool:
        """True when the action of that name makes sense for the row."""
        return True

    def url_of(self, row: Model) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[row.pk])

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"show_save_and_add_another": False, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the row's history where it is kept: in the ledger."""
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        name = getattr(row, self.ledger_name)
        noun = self.ledger_noun or self.opts.model_name
        query = urlencode({"subject": f"{noun}:{name}"})
        return HttpResponseRedirect(
            reverse("admin:audit_entry_changelist") + f"?{query}"
        )

    # The verbs wrote it down already; a second log would one day disagree.
    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        pass

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        pass

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        pass


class ReadOnly(ConsoleAdmin):
    """Base of the pages on what happened. Nobody edits that, so it has no history either."""

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"show_history": False, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> list[Any]:
        return flatten_fieldsets(self.get_fieldsets(request, obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False
