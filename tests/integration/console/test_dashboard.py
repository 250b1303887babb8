from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gateway_project import heartbeat
from gateway_project.console import traffic
from tests.factories import make_key, make_model, make_provider, make_tenant

from .rows import make_call

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_before_the_first_call_it_says_how_to_make_one(console):
    make_model(make_provider(), name="mock-gpt-4")

    html = console.get("/admin/").content.decode()

    assert "Nothing has been called yet" in html
    assert "/v1/chat/completions" in html
    assert "mock-gpt-4" in html


def test_without_a_model_it_says_what_is_missing(console):
    assert "No model is switched on." in console.get("/admin/").content.decode()


def test_after_it_the_call_is_on_the_page(console):
    key, _ = make_key(tenant=make_tenant(name="Helio Health"))
    make_call(key, model="gpt-4o-mini")

    html = console.get("/admin/").content.decode()

    assert "Nothing has been called yet" not in html
    assert html.count("Helio Health") == 2  # among the tenants, and in the last calls
    assert html.count("gpt-4o-mini") == 2
    assert "1.23 s" in html


def test_a_day_of_no_calls_has_a_figure_for_everything():
    day = traffic.last_day(now=NOW)

    assert day.total == traffic.Figures()
    assert len(day.by_hour) == 24
    assert (day.by_model, day.by_tenant, day.is_capped) == ([], [], False)


def test_calls_are_told_apart_by_how_they_ended():
    for status in (200, 299, 302, 400, 429, 499, 500, 503):
        make_call(status=status, started_at=NOW)

    total = traffic.last_day(now=NOW).total

    assert (total.calls, total.answered, total.refused, total.failed) == (8, 3, 3, 2)


def test_tokens_and_durations_are_of_the_right_calls():
    for ms in range(1, 101):
        make_call(
            duration_us=ms * 1000, prompt_tokens=2, completion_tokens=3, started_at=NOW
        )
    make_call(
        status=429, duration_us=1, prompt_tokens=0, completion_tokens=0, started_at=NOW
    )

    total = traffic.last_day(now=NOW).total

    assert (total.tokens_in, total.tokens_out, total.tokens) == (200, 300, 500)
    assert (total.p50_us, total.p95_us) == (50_000, 95_000)


@pytest.mark.parametrize(
    ("before", "hour"),
    [
        (timedelta(0), 23),
        (timedelta(minutes=30), 23),
        (timedelta(minutes=30, microseconds=1), 22),
        (23 * HOUR + timedelta(minutes=30), 0),
        (23 * HOUR + timedelta(minutes=30, microseconds=1), None),
        (30 * HOUR, None),
    ],
)
def test_a_call_stands_in_its_hour_or_outside_the_day(before, hour):
    make_call(started_at=NOW - before)

    day = traffic.last_day(now=NOW)

    with_calls = [n for n, (_, figures) in enumerate(day.by_hour) if figures.calls]
    assert with_calls == ([] if hour is None else [hour])
    assert day.total.calls == len(with_calls)


def test_the_busiest_models_and_tenants_come_first_and_are_named():
    busy, _ = make_key(tenant=make_tenant(name="Busy"))
    quiet, _ = make_key(tenant=make_tenant(name="Quiet"))
    for key, model, calls in ((busy, "a", 4), (quiet, "b", 2), (quiet, "", 1)):
        for _ in range(calls):
            make_call(key, model=model, started_at=NOW)
    gone = make_call(started_at=NOW, model="a")

    day = traffic.last_day(now=NOW)

    assert [(name, figures.calls) for name, figures in day.by_model] == [
        ("a", 5),
        ("b", 2),
        ("", 1),
    ]
    assert [name for name, _ in day.by_tenant] == ["Busy", "Quiet", str(gone.tenant_id)]


def test_no_more_calls_are_read_than_the_ceiling(monkeypatch):
    monkeypatch.setattr(traffic, "CEILING", 5)
    for minutes in reversed(range(9)):
        make_call(
            started_at=NOW - timedelta(minutes=minutes),
            model="new" if minutes < 5 else "old",
        )

    day = traffic.last_day(now=NOW)

    assert day.is_capped
    assert day.total.calls == 5
    assert [name for name, _ in day.by_model] == ["new"]


def test_the_page_reads_the_calls_twice_however_many_there_are(console):
    for _ in range(30):
        make_call(make_key()[0])

    with CaptureQueriesContext(connection) as captured:
        console.get("/admin/")

    reads = [query for query in captured if "audit_callrecord" in query["sql"]]
    assert len(reads) == 2


@pytest.mark.parametrize("beats", [True, False])
def test_the_state_of_the_engines_is_shown(console, beats):
    if beats:
        heartbeat.beat()

    html = console.get("/admin/").content.decode()

    assert html.count("Running") == (3 if beats else 2)
    assert html.count("Unavailable") == (0 if beats else 1)
