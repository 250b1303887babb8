"""Anthropic's Messages. The version of the API and its betas are the caller's choice."""

from providers.operations import Operation
from providers.types import Adapter, Outbound, Sending, Target

from . import request

_PATHS = {
    Operation.MESSAGES: "/messages",
    Operation.MESSAGES_COUNT: "/messages/count_tokens",
}
_VERSION = b"anthropic-version"
_DEFAULT_VERSION = b"2023-06-01"


def _outbound(target: Target, sending: Sending) -> Outbound:
    headers = [
        *request.credential(target, b"x-api-key"),
        (_VERSION, sending.headers.get(_VERSION, _DEFAULT_VERSION)),
        *request.passed_up(sending, (b"anthropic-beta",)),
    ]
    return request.post(
        target,
        sending,
        _PATHS[sending.operation],
        body=request.with_upstream_model(target, sending),
        headers=headers,
        query=sending.query,
    )


ADAPTER = Adapter(
    speaks=frozenset(_PATHS),
    converses=Operation.MESSAGES,
    outbound=_outbound,
    # Not its rate limits, organisation or request id, which are about the operator's account.
    shown=frozenset({b"content-type", b"content-language"}),
)
