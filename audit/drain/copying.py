from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from audit import models
from audit.storable import storable
from audit.types import CallRecord

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST = 2**63 - 1

_WIDTHS = {
    field.name: field.max_length for field in models.CallRecord._meta.concrete_fields
}
_LIST = ", ".join(_WIDTHS)


def moment(unix_us: int) -> datetime:
    """Raises `OverflowError` for what is no time."""
    return EPOCH + timedelta(microseconds=unix_us)


def row(record: CallRecord) -> dict[str, Any]:
    """Return the record as its table holds it. Raises `OverflowError`.

    Texts are cut and numbers clamped to what the columns take: a caller's model name or
    a provider's token count, however absurd, must not cost us the record of the call.
    """
    return {
        "id": record.id,
        "request_id": _text("request_id", record.request_id),
        "tenant_id": record.tenant_id,
        "key_id": record.key_id,
        "key_public_id": _text("key_public_id", record.key_public_id),
        "endpoint": _text("endpoint", record.endpoint),
        "model": _text("model", record.model),
        "provider": _text("provider", record.provider),
        "stream": record.stream,
        "status": record.status,
        "upstream_status": record.upstream_status,
        "error": _text("error", record.error),
        "admitted": record.admitted,
        "prompt_tokens": _count(record.prompt_tokens),
        "completion_tokens": _count(record.completion_tokens),
        "cached_tokens": _count(record.cached_tokens),
        "cache_write_tokens": _count(record.cache_write_tokens),
        "reasoning_tokens": _count(record.reasoning_tokens),
        "usage_estimated": record.usage_estimated,
        "started_at": moment(record.started_at_us),
        "first_byte_us": record.first_byte_us
        if record.first_byte_us is None
        else _count(record.first_byte_us),
        "duration_us": _count(record.duration_us),
        "client_ip": _text("client_ip", record.client_ip),
    }


def copy_calls(rows: Sequence[dict[str, Any]]) -> None:
    """Add the rows whose ids are not there yet, in the caller's transaction."""
    if not rows:
        return
    with connection.cursor() as cursor:
        # COPY knows no ON CONFLICT: it fills a table of this session first. With defaults,
        # for the columns that the next release may have added by now.
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS audit_arriving"
            " (LIKE audit_callrecord INCLUDING DEFAULTS)"
        )
        with (
            connection.wrap_database_errors,
            cursor.copy(f"COPY audit_arriving ({_LIST}) FROM STDIN") as copy,
        ):
            for each in rows:
                copy.write_row([each[column] for column in _WIDTHS])
        cursor.execute(
            f"INSERT INTO audit_callrecord ({_LIST})"
            f" SELECT {_LIST} FROM audit_arriving ON CONFLICT (id) DO NOTHING"
        )
        cursor.execute("TRUNCATE audit_arriving")


def _text(column: str, text: str) -> str:
    return storable(text, _WIDTHS[column])


def _count(number: int) -> int:
    return min(max(number, 0), MOST)
