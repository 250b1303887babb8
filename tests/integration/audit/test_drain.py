import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from audit import drain, selectors, spool
from audit.drain import Batch
from audit.ids import uuid7
from audit.models import CallRecord, Entry, SpoolMark
from gateway_project.logs import JSONFormatter
from tests.unit.audit.records import (
    ACME,
    KEY,
    NOON,
    NOON_US,
    call,
    refusals,
    refused_call,
)

from .draining import drain_all, spooled, stored_ids

pytestmark = pytest.mark.django_db


class TestCalls:
    def test_every_field_of_a_call_arrives(self, writer, folder):
        record = call(
            upstream_status=None,
            first_byte_us=None,
            stream=True,
            error="x",
            cached_tokens=8,
            cache_write_tokens=3,
            reasoning_tokens=21,
        )
        writer.append(record)

        drain_all(folder)

        stored = CallRecord.objects.get()
        assert stored.started_at == NOON
        for name in record.__slots__:
            if name != "started_at_us":
                assert getattr(stored, name) == getattr(record, name), name

    def test_a_time_keeps_its_microseconds(self, writer, folder):
        writer.append(call(started_at_us=NOON_US + 123_457))

        drain_all(folder)

        stored = CallRecord.objects.get()
        assert stored.started_at == NOON + timedelta(microseconds=123_457)

    def test_what_has_been_drained_is_not_drained_again(self, writer, folder):
        writer.append(call())
        writer.append(refusals())

        drain_all(folder)
        drain_all(folder)

        assert CallRecord.objects.count() == 1
        assert Entry.objects.count() == 1

    def test_draining_goes_on_where_it_stopped(self, writer, folder):
        written = [call() for _ in range(3)]

        for record in written:
            writer.append(record)
            drain_all(folder)

        assert stored_ids() == {record.id for record in written}

    def test_a_line_is_left_until_it_is_whole(self, writer, folder):
        record = call()
        line = spool.encode(record)
        (path,) = spool.spool_files(folder)

        with path.open("ab", buffering=0) as half_way:
            half_way.write(line[:100])
            drain_all(folder)
            early = stored_ids()
            half_way.write(line[100:])
        drain_all(folder)

        assert early == set()
        assert stored_ids() == {record.id}
        assert not (folder / "quarantine").exists()

    def test_a_call_that_arrives_twice_is_kept_once(self, folder):
        line = spool.encode(call())
        spooled(folder, line)
        spooled(folder, line, line)

        drain_all(folder)

        assert CallRecord.objects.count() == 1
        assert not (folder / "quarantine").exists()

    def test_the_table_in_which_rows_arrive_is_left_empty(self, writer, folder):
        writer.append(call())

        drain_all(folder)

        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM audit_arriving")
            assert cursor.fetchone() == (0,)

    def test_more_than_a_slice_is_drained_whole(self, writer, folder):
        written = [call(request_id="x" * 200) for _ in range(4000)]
        for record in written:
            writer.append(record)

        drain_all(folder)

        assert stored_ids() == {record.id for record in written}

    @pytest.mark.parametrize(
        ("odd", "kept"),
        [
            ({"model": "a\0b"}, {"model": "a\ufffdb"}),
            ({"model": "half \ud83d"}, {"model": "half \ufffd"}),
            ({"model": "m" * 100_000}, {"model": "m" * 200}),
            ({"model": "tab\tnew\nline\\N"}, {"model": "tab\tnew\nline\\N"}),
            ({"prompt_tokens": 10**30}, {"prompt_tokens": 2**63 - 1}),
            ({"completion_tokens": -5}, {"completion_tokens": 0}),
            ({"cached_tokens": -5}, {"cached_tokens": 0}),
            ({"reasoning_tokens": 10**30}, {"reasoning_tokens": 2**63 - 1}),
        ],
    )
    def test_no_oddity_of_a_caller_or_a_provider_costs_a_record(
        self, writer, folder, odd, kept
    ):
        writer.append(call(**odd))

        drain_all(folder)

        assert CallRecord.objects.values(*kept).get() == kept

    def test_those_above_are_told_which_keys_were_used_and_when(self, writer, folder):
        other = uuid7()
        for record in [
            call(started_at_us=NOON_US + 5),
            call(started_at_us=NOON_US + 2),
            call(started_at_us=NOON_US + 3, key_id=other),
        ]:
            writer.append(record)
        batches: list[Batch] = []

        drain.drain_all(folder, now=NOON, after_batch=batches.append)

        assert [batch.last_used() for batch in batches] == [
            {
                KEY: NOON + timedelta(microseconds=5),
                other: NOON + timedelta(microseconds=3),
            }
        ]


class TestFiles:
    def test_the_file_of_a_living_writer_stays(self, writer, folder):
        writer.append(call())

        drain_all(folder)

        assert len(spool.spool_files(folder)) == 1

    def test_the_file_of_a_closed_writer_goes_once_it_is_drained(self, writer, folder):
        record = call()
        writer.append(record)
        writer.close()

        drain_all(folder)

        assert stored_ids() == {record.id}
        assert spool.spool_files(folder) == []
        assert not SpoolMark.objects.exists()

    def test_the_cut_off_end_of_a_dead_writer_is_set_aside(self, folder, caplog):
        record = call()
        path = spooled(folder, spool.encode(record), b'{"call":{"id":"01')

        drain_all(folder)

        kept = folder / "quarantine" / f"bad-{path.name}"
        assert stored_ids() == {record.id}
        assert kept.read_bytes() == b'{"call":{"id":"01\n'
        assert "spool.quarantined" in caplog.messages
        assert spool.spool_files(folder) == []

    @pytest.mark.parametrize(
        "bad",
        [
            b"no record",
            b"",
            b'{"call":{}}',
            spool.encode(call(started_at_us=10**20))[:-1],
            spool.encode(refusals(last_at_us=-(10**20)))[:-1],
            # Only the database says no to these.
            spool.encode(call(status=999))[:-1],
            spool.encode(call(upstream_status=10**6))[:-1],
            spool.encode(refusals(count=0))[:-1],
        ],
    )
    def test_a_line_that_cannot_be_stored_is_set_aside_and_keeps_nothing_back(
        self, folder, bad
    ):
        written = [call() for _ in range(5)]
        lines = [spool.encode(record) for record in written]
        path = spooled(folder, *lines[:3], bad + b"\n", *lines[3:])

        drain_all(folder)

        kept = folder / "quarantine" / f"bad-{path.name}"
        assert stored_ids() == {record.id for record in written}
        assert kept.read_bytes() == bad + b"\n"
        assert not Entry.objects.exists()

    def test_what_was_set_aside_can_be_mended_and_moved_back(self, folder):
        record = call(status=999)
        path = spooled(folder, spool.encode(record))
        drain_all(folder)
        kept = folder / "quarantine" / f"bad-{path.name}"

        kept.write_bytes(kept.read_bytes().replace(b"999", b"500"))
        kept.rename(folder / kept.name)
        drain_all(folder)

        assert stored_ids() == {record.id}

    def test_a_file_that_cannot_be_read_keeps_nothing_back_but_is_told(self, folder):
        (folder / "0-not-a-file.jsonl").mkdir(parents=True)
        record = call()
        spooled(folder, spool.encode(record))

        with pytest.raises(IsADirectoryError):
            drain_all(folder)

        assert stored_ids() == {record.id}


class TestLog:
    @pytest.fixture
    def lines(self, caplog):
        caplog.set_level(logging.INFO, logger="gatehouse.calls")
        return lambda: [
            JSONFormatter().format(record)
            for record in caplog.records
            if record.name == "gatehouse.calls"
        ]

    def test_each_upstream_call_has_one_line_operators_can_grep(
        self, writer, folder, lines
    ):
        writer.append(
            call(
                status=502,
                upstream_status=403,
                error="provider_forbidden",
                admitted=False,
            )
        )

        drain_all(folder)
        drain_all(folder)

        (line,) = lines()
        assert '"status_code":403,"status":502,"error":"provider_forbidden"' in line
        told = json.loads(line)
        assert (told["provider"], told["model"]) == ("mock", "mock-gpt-4")
        assert (told["tenant_id"], told["key"]) == (str(ACME), "abcdefabcdef")
        assert told["request_id"] == "req-1"

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({}, '"status_code":200,"status":200'),
            (
                {"upstream_status": 429, "error": "provider_rate_limit", "status": 429},
                '"status_code":429,"status":429',
            ),
            (
                {
                    "upstream_status": 500,
                    "error": "provider_unavailable",
                    "status": 502,
                },
                '"status_code":500,"status":502',
            ),
            (
                {"upstream_status": None, "error": "provider_timeout", "status": 504},
                '"status_code":null,"status":504',
            ),
            (
                {
                    "upstream_status": None,
                    "error": "provider_unavailable",
                    "status": 503,
                },
                '"status_code":null,"status":503',
            ),
            (
                {
                    "upstream_status": None,
                    "error": "client_disconnected",
                    "status": 499,
                },
                '"status_code":null,"status":499',
            ),
        ],
    )
    @pytest.mark.parametrize("admitted", [True, False])
    def test_what_the_provider_and_we_answered_are_both_told(
        self, writer, folder, lines, fields, said, admitted
    ):
        given_up = fields.get("error") == "client_disconnected"
        writer.append(call(**fields, admitted=admitted or given_up))

        drain_all(folder)

        (line,) = lines()
        assert said in line
        assert f'"error":"{fields.get("error", "")}"' in line

    @pytest.mark.parametrize(
        "record",
        [
            refused_call(),
            refused_call(provider="openai"),
            refused_call(provider="openai", error="model_not_allowed", status=403),
            refused_call(provider="openai", error="client_disconnected", status=499),
            refused_call(provider="", error="provider_not_available", status=503),
            call(upstream_status=None, error="records_unavailable", status=503),
            call(upstream_status=None, error="internal_error", status=500),
            call(provider="", status=200, upstream_status=None),
        ],
        ids=lambda record: record.error,
    )
    def test_what_was_sent_to_no_provider_has_no_line(
        self, writer, folder, lines, record
    ):
        writer.append(record)

        drain_all(folder)

        assert lines() == []


class TestCallsThisMonth:
    BEGAN = datetime(2026, 11, 1, tzinfo=UTC)

    @pytest.fixture
    def spent(self, writer, folder):
        began_us = int(self.BEGAN.timestamp()) * 1_000_000
        for record in [
            call(started_at_us=began_us),
            call(),
            call(status=502),
            call(key_id=uuid7()),
            call(started_at_us=began_us - 1),
            refused_call(),
            call(tenant_id=uuid7(), key_id=uuid7()),
        ]:
            writer.append(record)
        drain_all(folder)

    def test_a_keys_admitted_calls_since_the_month_began_are_counted(self, spent):
        assert selectors.calls_this_month(key_id=KEY, now=NOON) == 3

    def test_a_tenants_admitted_calls_since_the_month_began_are_counted(self, spent):
        assert selectors.calls_this_month(tenant_id=ACME, now=NOON) == 4

    def test_a_month_begins_in_utc(self, spent):
        december = datetime(2026, 12, 1, tzinfo=UTC)

        assert selectors.calls_this_month(tenant_id=ACME, now=december) == 0

    @pytest.mark.parametrize("whose", [{}, {"tenant_id": ACME, "key_id": KEY}])
    def test_it_is_one_or_the_other(self, whose):
        with pytest.raises(TypeError, match="a tenant_id or a key_id"):
            selectors.calls_this_month(now=NOON, **whose)
