"""The people who can sign in. What is done to them is in the ledger like everything else."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from .base import ConsoleAdmin
from .operators import note_account

# Importing Django's own pages has registered them. Roles live in memberships, so groups
# would be a second word for them.
admin.site.unregister(User)
admin.site.unregister(Group)


class PersonForm(UserChangeForm):
    class Meta(UserChangeForm.Meta):
        labels = {"is_superuser": "Operator"}
        help_texts = {
            "is_active": "Off keeps the person out, and signs them out where they are in.",
            "is_superuser": "May use this console, all of it.",
        }

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        stays = values.get("is_active") and values.get("is_superuser")
        # Locked, so that of the last two operators none can dismiss the other unseen.
        operators = User.objects.select_for_update().filter(
            is_active=True, is_superuser=True
        )
        if not stays and list(operators.values_list("pk", flat=True)) == [
            self.instance.pk
        ]:
            raise forms.ValidationError(
                "This is the last operator; nobody could sign in any more."
            )
        return values


@admin.register(User)
class PersonAdmin(DjangoUserAdmin, ConsoleAdmin):  # type: ignore[misc]  # unfold is untyped, so its overrides seem strange to the stubs
    form = PersonForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "full_name", "email", "console", "state", "last_login")
    list_filter = (
        ("is_superuser", BooleanRadioFilter),
        ("is_active", BooleanRadioFilter),
    )
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Access", {"fields": ("is_active", "is_superuser")}),
        ("State", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "password1", "password2")}),)
    readonly_fields = ("last_login", "date_joined")
    ledger_noun, ledger_name = "user", "username"

    def has_delete_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        # The ledger names people by their user name, which must not become somebody else's.
        return False

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool
    ) -> None:
        obj.is_staff = obj.is_superuser
        obj.save()
        # The form for a new person has four fields about the one password.
        fields = {"password" if "password" in f else f for f in form.changed_data}
        note_account(
            what="changed" if change else "added",
            username=obj.get_username(),
            fields=sorted(fields),
            **self.who_and_when(request),
        )

    @transaction.atomic
    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        person = self.get_object(request, unquote(id))
        response = super().user_change_password(request, id, form_url)
        if person is not None and _password_changed(person):
            note_account(
                what="changed",
                username=person.get_username(),
                fields=["password"],
                **self.who_and_when(request),
            )
        return response

    @display(description="Name", empty_value="-")
    def full_name(self, user: User) -> str | None:
        return user.get_full_name() or None

    @display(
        description="Console",
        ordering="is_superuser",
        empty_value="-",
        label={"Operator": "primary"},
    )
    def console(self, user: User) -> str | None:
        return "Operator" if user.is_superuser else None

    @display(
        description="State",
        ordering="is_active",
        label={"Active": "success", "Deactivated": "danger"},
    )
    def state(self, user: User) -> str:
        return "Active" if user.is_active else "Deactivated"


def _password_changed(person: User) -> bool:
    before = person.password
    person.refresh_from_db(fields=["password"])
    return person.password != before
