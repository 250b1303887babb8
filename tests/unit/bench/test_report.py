import pytest

from bench import report
from bench.rows import Row


def row(**facts: object) -> Row:
    spread = {"p50": 100.0, "p99": 900.0, "max": 1500.0}
    return Row(
        **{
            "at": "2026-03-01T12:00:00+00:00",
            "server": "gatehouse",
            "call": "plain",
            "caller": "openai",
            "provider": "openai",
            "parallel": 16,
            "seconds": 2.0,
            "answers": 1000,
            "refused": 0,
            "errors": 0,
            "events": 0,
            "cpu_us": 250.0,
            "system_us": 50.0,
            "beside_us": {"valkey": 20.0},
            "whole": spread,
            "first_byte": spread,
            "delay": spread,
            "recorded": 1000,
            "unrecorded": 0,
            "disturbed": 0.01,
            "machine": {"round_ns": 7.0, "socket_ns": 1700.0},
            "said": "",
            **facts,
        }
    )


def test_the_quietest_repetition_counts_and_the_median_stands_beside_it():
    rows = [
        row(cpu_us=us, answers=answers)
        for us, answers in [(300, 1), (200, 2), (900, 3)]
    ]

    (found,) = report.summary(rows)

    assert (found["cpu_us"], found["answers"]) == (200, 2)
    assert found["cpu_us_median"] == 300
    assert found["repetitions"] == 3


def test_a_repetition_that_others_disturbed_does_not_count_however_cheap_it_was():
    rows = [
        row(cpu_us=100, disturbed=0.6),
        row(cpu_us=300, disturbed=0.02),
        row(cpu_us=250, disturbed=0.06),
    ]

    (found,) = report.summary(rows)

    assert found["cpu_us"] == 250


def test_each_server_is_set_against_nginx_at_the_same_parallel_calls():
    rows = [
        row(parallel=1, cpu_us=300),
        row(parallel=1, cpu_us=50, server="nginx"),
        row(parallel=16, cpu_us=240),
        row(parallel=16, cpu_us=20, server="nginx"),
    ]

    lines = [line.split() for line in report.render(rows).splitlines()]

    assert [line[5] for line in lines if line[:1] in (["1"], ["16"])] == [
        *("6.0x", "1.0x"),
        *("12.0x", "1.0x"),
    ]


def test_each_way_is_told_by_itself_and_set_against_the_same_nginx():
    rows = [
        row(cpu_us=240),
        row(cpu_us=360, provider="anthropic"),
        row(cpu_us=20, server="nginx"),
    ]

    lines = [line.split() for line in report.render(rows).splitlines()]

    assert [line[1:6] for line in lines if line[:1] == ["16"]] == [
        ["gatehouse", "openai-openai", "240", "240", "12.0x"],
        ["gatehouse", "openai-anthropic", "360", "360", "18.0x"],
        ["nginx", "openai-openai", "20", "20", "1.0x"],
    ]


def test_without_nginx_there_is_nothing_to_be_set_against():
    text = report.render([row()])

    assert "gatehouse" in text
    assert "1.0x" not in text


def test_a_stream_is_counted_by_its_events():
    streamed = row(call="streamed", cpu_us=2000.0, answers=10, events=500)

    assert streamed.cpu_us_per_event == 40
    assert "Streamed calls" in report.render([streamed])
    assert "Plain calls" not in report.render([streamed])


@pytest.mark.parametrize("wrong", ["refused", "errors", "unrecorded"])
def test_one_call_gone_wrong_makes_a_row_bad(wrong):
    assert row().is_good
    assert not row(**{wrong: 1}).is_good
