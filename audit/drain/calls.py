"""One log line for each call that went upstream, for operators with grep."""

import logging
from collections.abc import Iterable

from audit.types import CallRecord

logger = logging.getLogger("gatehouse.calls")


def log_upstream_calls(calls: Iterable[CallRecord]) -> None:
    """Write a line for each call a provider was asked for.

    `status_code` is the provider's, null when it gave none; `status` is what our caller got.
    """
    for call in calls:
        if call.was_sent_upstream:
            logger.info("upstream call", extra={"fields": _fields(call)})


def _fields(call: CallRecord) -> dict[str, object]:
    return {
        "request_id": call.request_id,
        "tenant_id": str(call.tenant_id),
        "key": call.key_public_id,
        "provider": call.provider,
        "model": call.model,
        "endpoint": call.endpoint,
        "status_code": call.upstream_status,
        "status": call.status,
        "error": call.error,
        "stream": call.stream,
        "duration_ms": call.duration_us // 1000,
        "prompt_tokens": call.prompt_tokens,
        "completion_tokens": call.completion_tokens,
    }
