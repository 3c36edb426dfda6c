"""Secrets at rest: Fernet, with as many keys as are being rotated; the first one encrypts."""

import base64
import hashlib
from collections.abc import Mapping, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from runtime.errors import Misconfigured

from .sql import dumps, loads


class Safe:
    """Seals and opens what a channel must keep secret."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise Misconfigured(
                "BATON_SECRET_KEY is not set. Channel secrets are encrypted with it; "
                "make one with: python -m runtime secret"
            )
        self._fernet = MultiFernet([Fernet(_derived(key)) for key in keys])

    def seal(self, secrets: Mapping[str, str]) -> bytes:
        return self._fernet.encrypt(dumps(secrets).encode())

    def open(self, sealed: bytes) -> dict[str, str]:
        """Raises `Misconfigured` when no key fits."""
        try:
            opened: dict[str, str] = loads(self._fernet.decrypt(sealed).decode())
        except InvalidToken:
            raise Misconfigured(
                "A channel's secrets were sealed with another BATON_SECRET_KEY. "
                "Put the old key after the new one, separated by a comma."
            ) from None
        return opened


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(
        hashlib.sha256(b"baton channel secrets\0" + key.encode()).digest()
    )
