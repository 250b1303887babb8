"""Amazon Bedrock, spoken to through its Converse API, which is no caller's dialect.

A credential is either `ACCESS_KEY_ID:SECRET_ACCESS_KEY`, with `:SESSION_TOKEN` behind it when
it is temporary, and signs each request; or a Bedrock API key, which has no colon.
"""

from urllib.parse import quote

from providers.operations import Operation
from providers.signing import Credentials, Scope, signature_headers
from providers.types import Adapter, Headers, Outbound, Sending, Target

_CONTENT_TYPE = (b"content-type", b"application/json")
_ACCEPT = {
    False: b"application/json",
    True: b"application/vnd.amazon.eventstream",
}


def _outbound(target: Target, sending: Sending) -> Outbound:
    path = _path(target, stream=sending.stream)
    return Outbound(
        endpoint=target.endpoint,
        method=b"POST",
        path=path,
        headers=[
            _CONTENT_TYPE,
            (b"accept", _ACCEPT[sending.stream]),
            (b"user-agent", b"gatehouse"),
            *_authorization(target, sending, path),
        ],
        body=sending.body,
        timeouts=target.timeouts,
    )


def _path(target: Target, *, stream: bool) -> bytes:
    # A model may be named by its ARN, whose colons and slashes belong to the name.
    model = quote(target.upstream_model, safe="-._~")
    verb = "converse-stream" if stream else "converse"
    return f"{target.base_path}/model/{model}/{verb}".encode()


def _authorization(target: Target, sending: Sending, path: bytes) -> Headers:
    if not target.secret:
        return []
    access_key, colon, rest = target.secret.partition(":")
    if not colon:
        return [(b"authorization", b"Bearer " + target.secret.encode())]
    secret_key, _, session_token = rest.partition(":")
    return signature_headers(
        Credentials(access_key, secret_key, session_token),
        Scope(target.region, "bedrock"),
        method=b"POST",
        path=path,
        # The host is what the transport will send.
        headers=[(b"host", target.endpoint.authority.encode()), _CONTENT_TYPE],
        body=sending.body,
        now=sending.now,
    )


ADAPTER = Adapter(
    speaks=frozenset({Operation.CONVERSE}),
    converses=Operation.CONVERSE,
    outbound=_outbound,
    # Every answer is translated; its headers tell of the operator's account.
    shown=frozenset(),
)
