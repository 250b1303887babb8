import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import CallRecord, Entry
from providers.models import Credential, Model, Provider
from tenants.models import ApiKey, Membership, Tenant, Tier

from .rows import make_one_of_each

pytestmark = pytest.mark.django_db
REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)
READ_ONLY = {CallRecord, Entry}
# Session, person, the rows, their count, and one for each filter or choice with a table.
MOST_QUERIES = 12


def page(model, what, *args):
    return reverse(
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}", args=args
    )


def queries_of(console, path):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = console.get(path)
        assert response.status_code == 200, path
    return len(captured)


def pages_of(model):
    yield page(model, "changelist")
    yield page(model, "change", model._default_manager.order_by("pk").first().pk)
    if model not in READ_ONLY:
        yield page(model, "add")


def test_the_console_shows_exactly_these():
    labels = {model._meta.label for model in REGISTERED}

    assert labels == {
        *(model._meta.label for model in READ_ONLY),
        *(each._meta.label for each in (Tenant, Tier, ApiKey, Membership)),
        *(each._meta.label for each in (Provider, Credential, Model)),
        "auth.User",
    }


def test_a_page_takes_as_many_queries_for_fifty_rows_as_for_one(console):
    make_one_of_each()
    paths = ["/admin/", *(path for model in REGISTERED for path in pages_of(model))]
    for path in paths:
        console.get(path)  # the kinds of rows are looked up once for each process
    few = {path: queries_of(console, path) for path in paths}
    for _ in range(50):
        make_one_of_each()

    many = {path: queries_of(console, path) for path in paths}

    assert many == few
    assert max(many.values()) <= MOST_QUERIES


@pytest.mark.parametrize("path", ["/admin/", "/admin/tenants/", "/admin/search/?s=ten"])
def test_the_frame_renders_too(console, path):
    make_one_of_each()

    assert console.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/admin/audit/callrecord/?p=1000000",
        "/admin/audit/callrecord/?p=x",
        "/admin/audit/callrecord/?o=9.-9",
        "/admin/audit/callrecord/?tenant=nobody",
        "/admin/audit/callrecord/?started_at_from=x",
        "/admin/audit/callrecord/?started_at_from=0001-01-01",
        "/admin/audit/callrecord/?started_at_to=9999-12-31",
        "/admin/audit/callrecord/?_facets=1",
        "/admin/audit/callrecord/?q=%00",
        "/admin/audit/callrecord/?model=%00&outcome=x&provider=x",
        "/admin/audit/entry/?chain=x",
        "/admin/audit/entry/?action=%00",
        "/admin/tenants/apikey/?tenant=x&status=x",
        "/admin/tenants/tenant/?tier__id__exact=x",
        "/admin/tenants/membership/?role__exact=%00",
        "/admin/providers/model/?provider__id__exact=x",
        "/admin/auth/user/?nonsense=1&all=",
    ],
)
def test_a_query_nobody_would_write_is_no_server_error(console, path):
    response = console.get(path, follow=True)

    assert response.status_code in (200, 400)


@pytest.mark.parametrize(
    "model", [CallRecord, Tier], ids=lambda model: model._meta.label
)
def test_the_page_of_a_row_that_is_not_there_leads_back(console, model):
    response = console.get(page(model, "change", "not-an-id"))

    assert response.status_code == 302


@pytest.mark.parametrize(
    "path", ["/admin/nowhere/", "/admin/tenants/tenant/x/suspend/"]
)
def test_a_page_that_is_not_there_is_a_page_of_ours(console, path):
    response = console.get(path)

    assert response.status_code == 404
    assert b"<h1>There is no /admin/" in response.content


def test_no_page_loads_anything_from_elsewhere(console):
    make_one_of_each()

    for path in [
        "/admin/",
        *(path for model in REGISTERED for path in pages_of(model)),
    ]:
        html = console.get(path).content.decode()
        for loaded in ('src="http', 'src="//', '<link href="http', '<link href="//'):
            assert loaded not in html
        assert "@import" not in html


@pytest.mark.parametrize("model", sorted(READ_ONLY, key=str), ids=str)
@pytest.mark.parametrize("what", ["change", "delete", "add"])
def test_what_happened_is_not_edited(console, model, what):
    make_one_of_each()
    row = model._default_manager.order_by("pk").first()
    before = list(model._default_manager.values())

    path = page(model, what) if what == "add" else page(model, what, row.pk)
    response = console.post(path, {"status": 500, "actor": "x", "post": "yes"})

    assert response.status_code == 403
    assert list(model._default_manager.values()) == before


@pytest.mark.parametrize("model", sorted(READ_ONLY, key=str), ids=str)
def test_what_happened_is_not_deleted_by_a_lists_action(console, model):
    make_one_of_each()
    pks = list(model._default_manager.values_list("pk", flat=True))

    console.post(
        page(model, "changelist"),
        {"action": "delete_selected", "_selected_action": pks, "post": "yes"},
    )

    assert model._default_manager.count() == len(pks)


@pytest.mark.parametrize(
    ("model", "subject"),
    [(ApiKey, "public_id"), (Provider, "slug"), (Tenant, "pk"), (Model, "pk")],
)
def test_the_history_of_a_row_is_the_ledgers(console, model, subject):
    make_one_of_each()
    row = model._default_manager.first()

    response = console.get(page(model, "history", row.pk), follow=True)

    entries = response.context["cl"].result_list
    noun = model._meta.model_name
    assert [entry.subject for entry in entries] == [f"{noun}:{getattr(row, subject)}"]


def test_the_address_without_its_slash_leads_to_the_console(client):
    assert client.get("/admin").url == "/admin/"


@pytest.mark.parametrize("path", ["unfold/css/styles.css", "console/console.css"])
def test_files_come_in_one_piece_and_only_when_they_are_new(client, path):
    response = client.get(f"/static/{path}")
    again = client.get(
        f"/static/{path}", headers={"if-modified-since": response["Last-Modified"]}
    )
    head = client.head(f"/static/{path}")

    assert not response.streaming
    assert response["Content-Type"].startswith("text/css")
    assert len(response.content) == int(response["Content-Length"])
    assert (again.status_code, again.content) == (304, b"")
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("path", ["../settings.py", "console/", "console/nothing.css"])
def test_nothing_else_is_served(client, path):
    assert client.get(f"/static/{path}").status_code == 404
