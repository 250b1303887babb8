from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gateway_project.console import paging
from tests.factories import make_key, make_model, make_provider, make_tenant

from .rows import make_call

pytestmark = pytest.mark.django_db
CALLS = reverse("admin:audit_callrecord_changelist")
DAY = datetime(2026, 3, 1, tzinfo=UTC)


def found(console, query=""):
    response = console.get(CALLS + query)
    assert response.status_code == 200
    return [call.request_id for call in response.context["cl"].result_list]


def test_the_list_names_tenant_and_key_without_a_foreign_key(console):
    key, _ = make_key(tenant=make_tenant(name="Helio Health"), name="Ward assistant")
    make_call(key)

    html = console.get(CALLS).content.decode()

    assert "Helio Health" in html
    assert "Ward assistant" in html


def test_a_call_whose_tenant_is_gone_is_still_there(console):
    call = make_call()

    html = console.get(CALLS).content.decode()
    page = console.get(reverse("admin:audit_callrecord_change", args=[call.pk]))

    assert str(call.tenant_id) in html
    assert "a key no longer there (gonegonegone)" in page.content.decode()


def test_a_page_tells_how_the_call_went(console):
    call = make_call(
        status=502,
        error="provider_unavailable",
        usage_estimated=True,
        first_byte_us=None,
        duration_us=61_500_000,
        admitted=False,
    )

    page = console.get(reverse("admin:audit_callrecord_change", args=[call.pk]))

    html = page.content.decode()
    for words in (
        "502, failed",
        "provider_unavailable",
        "≈ 12",
        "1 min 1 s",
        "us: the provider did not say",
        "towards no quota",
    ):
        assert words in html


def test_list_and_page_tell_what_was_cached_and_what_was_reasoning(console):
    call = make_call(
        prompt_tokens=70_000,
        completion_tokens=3_000,
        cached_tokens=64_000,
        cache_write_tokens=2_400,
        reasoning_tokens=1_200,
    )

    listed = console.get(CALLS).content.decode()
    page = console.get(reverse("admin:audit_callrecord_change", args=[call.pk]))

    assert "70,000 (64,000 cached)" in listed
    assert "3,000 (1,200 reasoning)" in listed
    for number in ("70,000", "3,000", "64,000", "2,400", "1,200"):
        assert number in page.content.decode()


def test_calls_are_found_by_what_they_are(console):
    key, _ = make_key()
    make_model(make_provider(slug="other"), name="other")
    calls = {
        "refused": make_call(key, status=429),
        "failed": make_call(status=503),
        "model": make_call(model="other"),
        "provider": make_call(provider="other"),
        "stream": make_call(stream=True),
    }

    for query, name in (
        ("?outcome=refused", "refused"),
        ("?outcome=failed", "failed"),
        (f"?tenant={key.tenant_id}", "refused"),
        ("?model=other", "model"),
        ("?provider=other", "provider"),
        ("?stream__exact=1", "stream"),
        (f"?q={calls['model'].request_id}", "model"),
        (f"?q={key.public_id}", "refused"),
        (f"?q=gh-{key.public_id}", "refused"),
        ("?q=nothing", None),
    ):
        expected = [calls[name].request_id] if name else []
        assert found(console, query) == expected, query


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("?started_at_from=2026-03-01&started_at_to=2026-03-01", [0]),
        ("?started_at_from=2026-03-01", [1, 0]),
        ("?started_at_to=2026-03-01", [0, -1]),
    ],
)
def test_a_day_is_whole_from_its_first_moment_to_its_last(console, query, days):
    last = timedelta(hours=23, minutes=59, seconds=59, microseconds=999_999)
    for day in (-1, 0, 1):
        for moment in (timedelta(0), last):
            at = DAY + timedelta(days=day) + moment
            make_call(request_id=f"{day} {moment}", started_at=at)

    assert [text.partition(" ")[0] for text in found(console, query)] == [
        str(day) for day in days for _ in range(2)
    ]


def test_the_newest_call_is_the_first(console):
    now = timezone.now()
    for minutes in (3, 1, 2):
        make_call(request_id=str(minutes), started_at=now - timedelta(minutes=minutes))

    assert found(console) == ["1", "2", "3"]


def test_no_page_counts_them_all(console, monkeypatch):
    monkeypatch.setattr(paging, "CEILING", 40)
    for _ in range(60):
        make_call()

    with CaptureQueriesContext(connection) as captured:
        response = console.get(CALLS)

    counts = [
        q["sql"] for q in captured if "COUNT(" in q["sql"] and "audit_" in q["sql"]
    ]
    assert len(counts) == 1
    assert "LIMIT 40" in counts[0]
    assert "The newest 40; filter to reach the others" in response.content.decode()
    assert console.get(CALLS + "?p=2").status_code == 200
    assert console.get(CALLS + "?p=3").status_code == 302


def test_the_list_is_read_off_an_index(console):
    make_call()
    console.get(CALLS)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(
            "EXPLAIN SELECT * FROM audit_callrecord"
            " ORDER BY started_at DESC, id DESC LIMIT 25"
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "call_newest" in plan
    assert console.get(CALLS + "?o=-8").context["cl"].queryset.query.order_by == (
        "-started_at",
        "-id",
    )
