"""Figures and times as an operator reads them."""

import json
import shlex
from datetime import datetime


def limits(per_minute: int | None, per_month: int | None, parallel: int | None) -> str:
    minute = "no limit a minute" if per_minute is None else f"{per_minute:,} a minute"
    month = "no limit a month" if per_month is None else f"{per_month:,} a month"
    at_a_time = "" if parallel is None else f", {parallel:,} at a time"
    return f"{minute}, {month}{at_a_time}"


def duration(us: int | None) -> str:
    """Return microseconds in the unit that leaves three figures or so."""
    if us is None:
        return ""
    if us < 1_000:
        return f"{us} µs"
    if us < 100_000:
        return f"{us / 1_000:.1f} ms"
    if us < 1_000_000:
        return f"{us / 1_000:.0f} ms"
    if us < 60_000_000:
        return f"{us / 1_000_000:.2f} s"
    return f"{us // 60_000_000} min {us // 1_000_000 % 60} s"


def figure(count: int) -> str:
    """Return a count in full up to six figures, then in millions or billions."""
    for size, unit in ((10**9, "B"), (10**6, "M")):
        if count >= size:
            return f"{count / size:.2f} {unit}"
    return f"{count:,}"


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else ""


def curl(*, base_url: str, key: str, model: str) -> str:
    """Return a shell command that makes a chat completion."""
    body = {"model": model, "messages": [{"role": "user", "content": "Hello"}]}
    return (
        f"curl {base_url}/v1/chat/completions \\\n"
        f'  -H "Authorization: Bearer {key}" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  -d {shlex.quote(json.dumps(body))}"
    )


def moment(at: datetime) -> str:
    return f"{at:%-d %b %Y, %H:%M:%S} UTC"


def sentence(text: object) -> str:
    """Return a refusal's words with a capital and a full stop."""
    words = str(text)
    return words[:1].upper() + words[1:] + ("" if words.endswith(".") else ".")
