"""Attachments in a folder, two levels deep by their hash."""

import asyncio
import hashlib
import os
import re
import tempfile
from pathlib import Path

from .base import MAX_BYTES

_HASH = re.compile(r"[0-9a-f]{64}")


class FolderMedia:
    """Written beside, flushed, then renamed: a file that is there is whole."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, content: bytes) -> str:
        if len(content) > MAX_BYTES:
            raise ValueError(f"A file may have {MAX_BYTES} bytes, not {len(content)}.")
        sha256 = await asyncio.to_thread(_digest, content)
        await asyncio.to_thread(self._write, self._path(sha256), content)
        return sha256

    async def get(self, sha256: str) -> bytes:
        if not _HASH.fullmatch(sha256):
            raise KeyError(sha256)
        try:
            return await asyncio.to_thread(self._path(sha256).read_bytes)
        except FileNotFoundError:
            raise KeyError(sha256) from None

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _path(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256[2:4] / sha256

    def _write(self, path: Path, content: bytes) -> None:
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
