"""AWS Signature Version 4, in the headers of a request.

What is signed is what a server will see, so it is given as it goes over the wire: paths and
queries with their escapes, headers with the `host` the transport will send.
"""

import hashlib
import hmac
import time
from dataclasses import dataclass, field
from urllib.parse import quote

from .types import Headers

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """`session_token` comes with temporary credentials only."""

    access_key: str
    secret_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a signature holds."""

    region: str
    service: str


def signature_headers(
    credentials: Credentials,
    scope: Scope,
    *,
    method: bytes,
    path: bytes,
    query: bytes = b"",
    headers: Headers,
    body: bytes,
    now: float,
) -> Headers:
    """Return the headers to add to the request, which must go out unchanged otherwise.

    Every one of `headers` is signed, so leave out what a proxy may change on the way.
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    added: Headers = [(b"x-amz-date", stamp.encode())]
    if credentials.session_token:
        added.append((b"x-amz-security-token", credentials.session_token.encode()))
    names, canonical = _canonical_headers([*headers, *added])
    request = b"\n".join(
        (
            method,
            _canonical_path(path),
            _canonical_query(query),
            canonical,
            names,
            hashlib.sha256(body).hexdigest().encode(),
        )
    )
    where = f"{stamp[:8]}/{scope.region}/{scope.service}/aws4_request"
    to_sign = "\n".join((_ALGORITHM, stamp, where, hashlib.sha256(request).hexdigest()))
    signature = _hmac(_key(credentials, scope, stamp[:8]), to_sign).hex()
    value = (
        f"{_ALGORITHM} Credential={credentials.access_key}/{where}, "
        f"SignedHeaders={names.decode()}, Signature={signature}"
    )
    return [*added, (b"authorization", value.encode())]


def _key(credentials: Credentials, scope: Scope, day: str) -> bytes:
    key = b"AWS4" + credentials.secret_key.encode()
    for part in (day, scope.region, scope.service, "aws4_request"):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _canonical_headers(headers: Headers) -> tuple[bytes, bytes]:
    """Return the names, and each name with its values; both end the way they are signed."""
    values: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        values.setdefault(name.lower(), []).append(b" ".join(value.split()))
    names = sorted(values)
    lines = (b"%b:%b\n" % (name, b",".join(values[name])) for name in names)
    return b";".join(names), b"".join(lines)


def _canonical_path(path: bytes) -> bytes:
    """Return the path without dots and double slashes, its escapes escaped once more.

    Escaping twice is what every service but S3 expects.
    """
    kept: list[bytes] = []
    for part in path.split(b"/"):
        if part == b"..":
            del kept[-1:]
        elif part not in (b"", b"."):
            kept.append(part)
    plain = b"/" + b"/".join(kept)
    if kept and path.endswith(b"/"):
        plain += b"/"
    return quote(plain, safe="/~").encode()


def _canonical_query(query: bytes) -> bytes:
    pairs = (pair.partition(b"=") for pair in query.split(b"&") if pair)
    return b"&".join(
        b"%b=%b" % (name, value) for name, _, value in sorted(pairs, key=_by_name)
    )


def _by_name(pair: tuple[bytes, bytes, bytes]) -> tuple[bytes, bytes]:
    return pair[0], pair[2]
