"""One log line for each call that went upstream, for operators with grep."""

import logging
from collections.abc import Iterable

from audit.types import CallRecord

logger = logging.getLogger("gatehouse.calls")


def log_upstream_calls(calls: Iterable[CallRecord]) -> None:
    """Write a line for each call a provider was asked for.

    `status_code` is the provider's, or what we answered in its place when none came.
    """
    for call in calls:
        if call.provider and call.admitted:
            logger.info("upstream call", extra={"fields": _fields(call)})


def _fields(call: CallRecord) -> dict[str, object]:
    status_code = call.status if call.upstream_status is None else call.upstream_status
    return {
        "request_id": call.request_id,
        "tenant_id": str(call.tenant_id),
        "key": call.key_public_id,
        "provider": call.provider,
        "model": call.model,
        "endpoint": call.endpoint,
        "status_code": status_code,
        "error": call.error,
        "stream": call.stream,
        "duration_ms": call.duration_us // 1000,
        "prompt_tokens": call.prompt_tokens,
        "completion_tokens": call.completion_tokens,
    }
