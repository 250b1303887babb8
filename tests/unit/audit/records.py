"""Records as the data plane writes them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from audit.ids import uuid7
from audit.types import CallRecord, Refusals

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NOON_US = int(NOON.timestamp()) * 1_000_000
ACME = UUID("01a1fd00-0000-7000-8000-0000000000ac")
KEY = UUID("01a1fd00-0000-7000-8000-00000000000e")

_CALL = CallRecord(
    id=UUID(int=0),
    request_id="req-1",
    tenant_id=ACME,
    key_id=KEY,
    key_public_id="abcdefabcdef",
    endpoint="/v1/chat/completions",
    model="mock-gpt-4",
    provider="mock",
    stream=False,
    status=200,
    upstream_status=200,
    error="",
    admitted=True,
    prompt_tokens=12,
    completion_tokens=34,
    usage_estimated=False,
    started_at_us=NOON_US,
    first_byte_us=1_500,
    duration_us=2_500,
    client_ip="192.0.2.7",
)
_REFUSALS = Refusals(
    code="invalid_api_key",
    subject="ffffffffffff",
    tenant_id=None,
    client_ip="192.0.2.9",
    count=3,
    first_at_us=NOON_US,
    last_at_us=NOON_US + 2_000_000,
)


def call(**changes: Any) -> CallRecord:
    return replace(_CALL, **{"id": uuid7(), **changes})


def refused_call(**changes: Any) -> CallRecord:
    refusal = {
        "status": 429,
        "upstream_status": None,
        "error": "rate_limit_exceeded",
        "admitted": False,
        "provider": "",
        "prompt_tokens": 0,
        "completion_tokens": 0,
    }
    return call(**{**refusal, **changes})


def refusals(**changes: Any) -> Refusals:
    return replace(_REFUSALS, **changes)
