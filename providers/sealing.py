"""Secrets at rest: AES-256-GCM, bound to the row they belong to, under rotating keys.

A sealed text is `v1.<key id>.<nonce and ciphertext, base64url>`. The first key of the ring
seals, every key of it opens. The row's own name is the associated data, so a ciphertext
copied to another row does not open there.
"""

import base64
import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = "v1"
_NONCE_BYTES = 12


class SealBroken(Exception):
    """The text was not sealed for this row, or not under any key of the ring."""


class KeyRing:
    """The keys that seal and open. Raises `ValueError` for a key that is not 32 bytes."""

    def __init__(self, encoded: Sequence[str]) -> None:
        keys = [_decode(text) for text in encoded]
        if not keys:
            raise ValueError("no key given")
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._active = _key_id(keys[0])

    def seal(self, secret: str, *, row: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        cipher = self._ciphers[self._active]
        sealed = nonce + cipher.encrypt(nonce, secret.encode(), row.encode())
        text = base64.urlsafe_b64encode(sealed).decode()
        return f"{_VERSION}.{self._active}.{text}"

    def open(self, sealed: str, *, row: str) -> str:
        """Return the secret. Raises `SealBroken`."""
        version, _, rest = sealed.partition(".")
        key_id, _, text = rest.partition(".")
        cipher = self._ciphers.get(key_id)
        if version != _VERSION or cipher is None:
            raise SealBroken(
                f"{row}: sealed under a key that is not in ENCRYPTION_KEYS"
            )
        try:
            raw = base64.urlsafe_b64decode(text)
            nonce, ciphertext = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
            return cipher.decrypt(nonce, ciphertext, row.encode()).decode()
        except (InvalidTag, ValueError):
            raise SealBroken(f"{row}: the sealed secret does not open") from None

    def is_current(self, sealed: str) -> bool:
        """True when `sealed` is under the active key and need not be sealed again."""
        return sealed.startswith(f"{_VERSION}.{self._active}.")


def _decode(text: str) -> bytes:
    key = base64.urlsafe_b64decode(text)
    if len(key) != 32:
        raise ValueError("a key must be 32 bytes in base64url")
    return key


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"gatehouse key id" + key).hexdigest()[:8]
