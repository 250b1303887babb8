"""What requests to all providers have in common. Of a caller's headers only named ones travel."""

from urllib.parse import unquote_plus

from providers.multipart import replace_field
from providers.splice import replace_model
from providers.types import Headers, Outbound, Sending, Target

_ALWAYS = [(b"accept", b"*/*"), (b"user-agent", b"gatehouse")]


def post(
    target: Target,
    sending: Sending,
    path: str,
    *,
    body: bytes,
    headers: Headers,
    query: bytes = b"",
) -> Outbound:
    """Return the request below the base path; the transport adds host and framing."""
    whole = (target.base_path + path).encode()
    return Outbound(
        endpoint=target.endpoint,
        method=b"POST",
        path=whole + b"?" + query if query else whole,
        headers=[(b"content-type", sending.content_type), *_ALWAYS, *headers],
        body=body,
        timeouts=target.timeouts,
    )


def credential(target: Target, header: bytes, scheme: bytes = b"") -> Headers:
    """Return the header by which the provider knows us; none for one that wants no key."""
    return [(header, scheme + target.secret.encode())] if target.secret else []


def passed_up(sending: Sending, names: tuple[bytes, ...]) -> Headers:
    given = sending.headers
    return [(name, given[name]) for name in names if name in given]


def with_upstream_model(target: Target, sending: Sending) -> bytes:
    """Return the body, JSON or a form, with its `model` named as the provider does."""
    if sending.content_type.lower().startswith(b"multipart/form-data"):
        return replace_field(
            sending.body, sending.content_type, "model", target.upstream_model
        )
    return replace_model(sending.body, target.upstream_model)


def query_without(query: bytes, name: str) -> bytes:
    """Return the query string without the parameters of that name, however written."""
    return b"&".join(each for each in query.split(b"&") if _name_of(each) != name)


def _name_of(parameter: bytes) -> str:
    return unquote_plus(parameter.partition(b"=")[0].decode("latin-1")).lower()
