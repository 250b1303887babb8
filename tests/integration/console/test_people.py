import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from audit.models import Entry

from .conftest import PASSWORD
from .rows import make_person

pytestmark = pytest.mark.django_db
NEW = "a quite different one"


def at(person, what="change"):
    return reverse(f"admin:auth_user_{what}", args=[person.pk])


def form_of(person, **fields):
    values = {
        "username": person.username,
        "email": person.email,
        "is_active": "on",
        "is_superuser": "on" if person.is_superuser else "",
        **fields,
    }
    return {name: value for name, value in values.items() if value}


def entries():
    rows = Entry.objects.filter(action__startswith="console.user.").order_by("at", "id")
    return [(row.action, row.subject, row.detail["fields"]) for row in rows]


def test_a_person_is_added_and_made_an_operator(console):
    passwords = {"password1": NEW, "password2": NEW}
    console.post(reverse("admin:auth_user_add"), {"username": "ben", **passwords})
    ben = User.objects.get(username="ben")
    client = Client()
    client.force_login(ben)
    before = client.get("/admin/").status_code

    console.post(at(ben), form_of(ben, is_superuser="on"))

    assert before == 302
    assert client.get("/admin/").status_code == 200
    assert ben.check_password(NEW)
    assert entries() == [
        ("console.user.added", "user:ben", ["password", "username"]),
        ("console.user.changed", "user:ben", ["is_superuser"]),
    ]
    assert NEW not in str(list(Entry.objects.values()))


@pytest.mark.parametrize("password", ["short", "password1234", "12345678"])
def test_a_poor_password_is_refused(console, password):
    form = {"username": "ben", "password1": password, "password2": password}

    response = console.post(reverse("admin:auth_user_add"), form)

    assert response.status_code == 200
    assert not User.objects.filter(username="ben").exists()


@pytest.mark.parametrize("field", ["is_active", "is_superuser"])
def test_the_last_operator_stays_one(console, operator, field):
    response = console.post(at(operator), form_of(operator, **{field: ""}))

    assert "This is the last operator" in response.content.decode()
    operator.refresh_from_db()
    assert operator.is_active
    assert operator.is_superuser


@pytest.mark.parametrize("field", ["is_active", "is_superuser"])
def test_one_of_two_operators_may_be_dismissed(console, operator, field):
    other = make_person(is_superuser=True, is_staff=True)
    client = Client()
    client.force_login(other)

    console.post(at(other), form_of(other, **{field: ""}))

    assert client.get("/admin/").status_code == 302
    assert entries()[-1] == (
        "console.user.changed",
        f"user:{other.username}",
        [field],
    )


def test_a_password_set_for_somebody_is_noted(console):
    person = make_person(password=PASSWORD)
    form = {"password1": NEW, "password2": NEW, "usable_password": "true"}

    console.post(f"/admin/auth/user/{person.pk}/password/", form)

    person.refresh_from_db()
    assert person.check_password(NEW)
    assert entries() == [
        ("console.user.changed", f"user:{person.username}", ["password"])
    ]


def test_a_password_that_was_not_set_is_not_noted(console):
    person = make_person(password=PASSWORD)

    for form in ({"password1": NEW, "password2": "other"}, {}):
        console.post(f"/admin/auth/user/{person.pk}/password/", form)

    assert entries() == []


def test_ones_own_new_password_is_noted_and_ends_other_sessions(console, operator):
    elsewhere = Client()
    elsewhere.force_login(operator)
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}

    console.post("/admin/password_change/", form)

    assert entries() == [("console.user.changed", "user:olga", ["password"])]
    assert console.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302


def test_nobody_is_deleted(console):
    person = make_person()

    assert console.post(at(person, "delete"), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=person.pk).exists()


def test_an_operator_who_is_gone_is_no_page(console):
    assert console.post("/admin/auth/user/0/password/").status_code == 404
    assert console.post("/admin/auth/user/x/password/").status_code == 404
