"""The first page: what went through the house today, and whether its engines run."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.models import CallRecord
from gateway_project.api.health import state_of_engines
from providers.models import Model

from . import traffic, words

LAST_CALLS = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour of the chart: shares of the tallest hour, in per cent."""

    hour: datetime
    figures: traffic.Figures
    answered: float
    refused: float
    failed: float


def facts(*, now: datetime, base_url: str) -> dict[str, Any]:
    """Return what the page shows."""
    day = traffic.last_day(now=now)
    newest = traffic.named(CallRecord.objects.order_by("-started_at", "-id"))
    calls = list(newest[:LAST_CALLS])
    return {
        "day": day,
        "bars": _bars(day),
        "calls": calls,
        "engines": state_of_engines(),
        "first_call": "" if calls else _first_call(base_url),
    }


def _bars(day: traffic.Day) -> list[Bar]:
    tallest = max((figures.calls for _, figures in day.by_hour), default=0) or 1
    return [
        Bar(
            hour,
            figures,
            answered=round(100 * figures.answered / tallest, 2),
            refused=round(100 * figures.refused / tallest, 2),
            failed=round(100 * figures.failed / tallest, 2),
        )
        for hour, figures in day.by_hour
    ]


def _first_call(base_url: str) -> str:
    usable = Model.objects.filter(enabled=True, provider__enabled=True)
    model = usable.order_by("name").values_list("name", flat=True).first()
    if model is None:
        return ""
    return words.curl(base_url=base_url, key="YOUR-KEY", model=model)
