"""OpenAI's dialect, spoken by OpenAI and by every server compatible with it.

Callers speak it too, so bytes pass through both ways: only the model's name is replaced in a
body, and only headers listed here travel.
"""

from collections.abc import Mapping

from providers.operations import Operation
from providers.splice import replace_model
from providers.types import Adapter, Headers, Outbound, Target

from . import openai_wire

# From the caller. Not its organisation and project: they choose who pays within the
# operator's account, and a caller's own are unknown there. Not its idempotency key: callers
# share our credential, so two that pick the same key could be given each other's answers.
_PASSED_UP = (b"openai-beta",)
# From the provider. Not its rate limits, organisation, cookies or request id, which are
# about the operator's account.
_PASSED_ON = frozenset(
    {b"content-type", b"content-language", b"openai-processing-ms", b"openai-version"}
)
_ALWAYS = [
    (b"content-type", b"application/json"),
    (b"accept", b"*/*"),
    (b"user-agent", b"gatehouse"),
]


def outbound(
    target: Target, body: bytes, *, headers: Mapping[bytes, bytes], query: bytes
) -> Outbound:
    """Return the request for a chat completion; the transport adds host and framing.

    `body` is the caller's, a JSON object with one `model`; `headers` are the caller's, of
    which `openai-beta` is sent on; the query string is sent on as it is.
    """
    path = target.base_path.encode() + b"/chat/completions"
    sent = [
        *_ALWAYS,
        *((name, headers[name]) for name in _PASSED_UP if name in headers),
    ]
    if target.secret:
        sent.append((b"authorization", b"Bearer " + target.secret.encode()))
    return Outbound(
        endpoint=target.endpoint,
        method=b"POST",
        path=path + b"?" + query if query else path,
        headers=sent,
        body=replace_model(body, target.upstream_model),
        timeouts=target.timeouts,
    )


def passed_on(headers: Headers) -> Headers:
    """Return those of the provider's headers that the caller may see."""
    return [header for header in headers if header[0] in _PASSED_ON]


ADAPTER = Adapter(
    speaks=frozenset(
        {
            Operation.CHAT,
            Operation.COMPLETIONS,
            Operation.RESPONSES,
            Operation.EMBEDDINGS,
            Operation.MODERATIONS,
            *openai_wire.IMAGES_AND_AUDIO,
        }
    ),
    converses=Operation.CHAT,
    outbound=openai_wire.outbound,
    shown=openai_wire.SHOWN,
    states_usage_when_asked=True,
)
