"""The port of the media store: bytes by the hash of their content, so each file is stored once."""

from typing import Protocol

MAX_BYTES = 50 * 1024 * 1024
"""No platform that we serve takes or gives more in one file."""


class Media(Protocol):
    """Where attachments lie."""

    async def put(self, content: bytes) -> str:
        """Store durably; the SHA-256 as 64 hexadecimal digits. Raises `ValueError` over MAX_BYTES,
        `OSError` when the store cannot take it now.
        """
        ...

    async def get(self, sha256: str) -> bytes:
        """Raises `KeyError` when there is no such content, `OSError` when the store cannot say."""
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...
