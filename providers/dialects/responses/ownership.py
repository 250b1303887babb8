"""Ids of responses that carry whose they are.

Behind one credential a provider knows one customer, so an id it gave one tenant it would
take from every other. What callers see is the provider's name and its id, sealed for their
tenant: another tenant's id, or one nobody was given, opens nothing.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass, field
from typing import Any

import orjson

from providers import sse

_PREFIX = "resp_gh"
_TAG_BYTES = 16
_LONGEST = 2048
_PURPOSE = b"gatehouse response id 1"


def seal(response_id: str, *, tenant: str, provider: str, key: bytes) -> str:
    """Return the id as callers of the tenant see it. It is no secret, but cannot be made up."""
    known = _joined(provider, response_id)
    tag = _tag(known, tenant, key)
    text = base64.urlsafe_b64encode(tag + known).decode().rstrip("=")
    return _PREFIX + text


def open(text: str, *, tenant: str, key: bytes) -> tuple[str, str] | None:
    """Return the provider and its own id; None for what was not sealed for the tenant."""
    if not text.startswith(_PREFIX) or len(text) > _LONGEST or not text.isascii():
        return None
    encoded = text.removeprefix(_PREFIX)
    try:
        sealed = base64.b64decode(
            encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True
        )
    except binascii.Error:
        return None
    tag, known = sealed[:_TAG_BYTES], sealed[_TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(known, tenant, key)):
        return None
    provider, _, response_id = known.partition(b"\0")
    return provider.decode(), response_id.decode()


def _joined(provider: str, response_id: str) -> bytes:
    if "\0" in provider:
        raise ValueError("the name of a provider holds no zero byte")
    return f"{provider}\0{response_id}".encode()


def _tag(known: bytes, tenant: str, key: bytes) -> bytes:
    owner = tenant.encode()
    # The length keeps a tenant's name and what follows it apart.
    message = b"%b\0%d\0%b%b" % (_PURPOSE, len(owner), owner, known)
    return hmac.digest(key, message, "sha256")[:_TAG_BYTES]


@dataclass(slots=True)
class Relabel:
    """Puts the sealed id for the provider's own into one answer as it passes.

    `previous` is the sealed id the caller continued and what it opened to, so that the
    caller sees again what it sent. Only whole JSON strings are replaced: ids of items, and
    texts that mention an id, stay as they are.
    """

    tenant: str
    provider: str
    key: bytes = field(repr=False)
    previous: tuple[str, str] | None = None
    _own: bytes = field(default=b"", init=False)
    _shown: bytes = field(default=b"", init=False)

    def answer(self, body: bytes) -> bytes:
        """Return a whole answer as the caller sees it."""
        self._learn(_object(body))
        return self._relabelled(body)

    def block(self, block: bytes) -> bytes:
        """Return a block of whole events as the caller sees it."""
        if not self._own and b'"response"' in block:
            for data in sse.payloads(block):
                self._learn(_object(data).get("response"))
        return self._relabelled(block)

    def _learn(self, response: Any) -> None:
        # Read as JSON, not searched for: a caller's own words are repeated in the answer,
        # and an id among them must not be sealed as if the provider had given it.
        id = response.get("id") if isinstance(response, dict) else None
        if isinstance(id, str):
            sealed = seal(id, tenant=self.tenant, provider=self.provider, key=self.key)
            self._own, self._shown = orjson.dumps(id), orjson.dumps(sealed)

    def _relabelled(self, data: bytes) -> bytes:
        if self._own:
            data = data.replace(self._own, self._shown)
        if self.previous:
            sealed, own = (each.encode() for each in self.previous)
            data = data.replace(b'"%b"' % own, b'"%b"' % sealed)
            # So does OpenAI name it in the message of an error.
            data = data.replace(b"'%b'" % own, b"'%b'" % sealed)
        return data


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}
