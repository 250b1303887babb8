"""The way in: who is let in, how often one may try, and what the ledger says of it."""

from urllib.parse import urlencode

import pytest
import redis
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.test import Client

from audit.models import Entry
from gateway_project.console import throttle

from .conftest import PASSWORD
from .rows import make_person

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"
WRONG = "Wrong user name or password, or not an operator"


def sign_in(client, username, password, address="192.0.2.1", path=LOGIN):
    form = {"username": username, "password": password}
    return client.post(path, form, REMOTE_ADDR=address)


def noted(what):
    return list(
        Entry.objects.filter(action=f"console.login.{what}").values_list(
            "subject", flat=True
        )
    )


def test_an_operator_gets_in_and_is_noted(client, operator):
    response = sign_in(client, "olga", PASSWORD)

    assert (response.status_code, response.url) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200
    entry = Entry.objects.get(action="console.login.succeeded")
    assert (entry.actor, entry.ip) == ("user:olga", "192.0.2.1")


def test_signing_in_leads_to_where_one_wanted_to_go(client, operator):
    path = LOGIN + "?next=/admin/audit/entry/"

    assert sign_in(client, "olga", PASSWORD, path=path).url == "/admin/audit/entry/"


def test_signing_in_leads_to_no_other_site(client, operator):
    path = LOGIN + "?next=https://evil.example/"

    assert sign_in(client, "olga", PASSWORD, path=path).url == "/admin/"


@pytest.mark.parametrize("fields", [{"is_staff": True}, {}])
def test_a_right_password_of_somebody_else_tells_no_more_than_a_wrong_one(
    client, fields
):
    person = make_person(password=PASSWORD, **fields)

    right = sign_in(client, person.username, PASSWORD)
    wrong = sign_in(client, person.username, "wrong")

    assert WRONG in right.content.decode()
    assert WRONG in wrong.content.decode()
    assert client.get("/admin/").status_code == 302


def test_signing_out_is_noted(console):
    console.post("/admin/logout/")

    assert noted("ended") == ["user:olga"]
    assert console.get("/admin/").status_code == 302


def test_the_sixth_attempt_at_one_name_is_told_to_wait(client, operator):
    answers = [sign_in(client, "olga", "wrong") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    wait = int(answers[-1]["Retry-After"])
    assert 1 <= wait <= 60
    html = answers[-1].content.decode()
    assert f"Try again in {wait} second" in html
    assert "no-store" in answers[-1]["Cache-Control"]


def test_too_many_attempts_refuse_even_the_right_password(client, operator):
    for _ in range(5):
        sign_in(client, "olga", "wrong")

    assert sign_in(client, "olga", PASSWORD).status_code == 429
    assert client.get("/admin/").status_code == 302


def test_the_eleventh_attempt_from_one_address_is_told_to_wait(client):
    answers = [sign_in(client, f"guess-{n}", "wrong") for n in range(11)]

    assert [answer.status_code for answer in answers] == [200] * 10 + [429]


@pytest.mark.parametrize("name", ["OLGA", "Olga"])
def test_another_spelling_is_the_same_name(client, operator, name):
    for _ in range(5):
        sign_in(client, "olga", "wrong")

    assert sign_in(client, name, "wrong").status_code == 429


def test_somebody_elses_attempts_do_not_lock_an_operator_out(client, operator):
    for _ in range(12):
        sign_in(client, "olga", "wrong", address="198.51.100.9")

    assert sign_in(client, "olga", PASSWORD, address="192.0.2.1").status_code == 302


def test_looking_at_the_form_is_no_attempt(client, operator):
    answers = {client.get(LOGIN).status_code for _ in range(20)}

    assert answers == {200}
    assert sign_in(client, "olga", PASSWORD).status_code == 302


def test_being_throttled_is_an_entry_and_only_one_for_each_window(client, operator):
    for _ in range(9):
        sign_in(client, "olga", "wrong")

    assert noted("failed") == ["user:olga"] * 5
    assert noted("throttled") == ["user:olga"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "", True),
    ],
)
def test_an_address_is_as_much_as_one_customer_has(rf, one, other, same):
    def exhausted(address):
        request = rf.post(LOGIN, {"username": "x"}, REMOTE_ADDR=address)
        return throttle.count_attempt(request) is not None

    for _ in range(5):
        exhausted(one)

    assert exhausted(other) is same


@pytest.mark.parametrize("username", ["", "x" * 10_000, "a\0b", "\ud800", "<script>"])
def test_a_name_nobody_has_is_no_server_error(client, username):
    form = urlencode({"username": username, "password": "x"}, errors="surrogatepass")

    response = client.post(
        LOGIN,
        form,
        content_type="application/x-www-form-urlencoded",
        REMOTE_ADDR="192.0.2.1",
    )

    assert response.status_code == 200
    assert "<script></" not in response.content.decode()


def test_attempts_that_cannot_be_counted_are_not_taken(client, operator, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/valkey.sock",
        }
    }

    response = sign_in(client, "olga", PASSWORD)

    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert noted("succeeded") == []


def test_the_count_is_kept_where_every_worker_sees_it():
    assert cache._class.__name__ == "RedisCacheClient"
    assert redis.Redis.from_url(cache._servers[0]).ping()


def test_a_forged_attempt_uses_up_nobodys(operator):
    client = Client(enforce_csrf_checks=True)
    for _ in range(8):
        assert sign_in(client, "olga", "wrong").status_code == 403

    assert sign_in(Client(), "olga", PASSWORD).status_code == 302


def test_no_message_is_left_for_the_next_person(client, operator):
    sign_in(client, "olga", PASSWORD)

    assert list(get_messages(client.get("/admin/").wsgi_request)) == []
