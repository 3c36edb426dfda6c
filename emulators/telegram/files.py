"""One bot's files: each has an id that only this bot may use, and for an hour a path to fetch it."""

import hashlib
import itertools
import mimetypes
import secrets
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from .chats import Json

KEPT = 10_000
PATH_SECONDS = 3600.0
FOLDERS = {
    "photo": "photos",
    "audio": "music",
    "voice": "voice",
    "video": "videos",
    "video_note": "video_notes",
    "animation": "animations",
    "sticker": "stickers",
}
_SIZES = {"width": 640, "height": 480, "duration": 1, "length": 240}
_SIZES_OF = {
    "audio": ("duration",),
    "voice": ("duration",),
    "video": ("width", "height", "duration"),
    "animation": ("width", "height", "duration"),
    "sticker": ("width", "height"),
    "video_note": ("length", "duration"),
}
_NAMELESS = frozenset({"voice", "sticker", "video_note"})


@dataclass(frozen=True, kw_only=True)
class Stored:
    id: str
    unique_id: str
    kind: str
    name: str
    content: bytes

    @property
    def mime(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def response(self) -> web.Response:
        return web.Response(body=self.content, content_type=self.mime)

    def reference(self) -> Json:
        size = len(self.content)
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": size}


class Files:
    def __init__(self) -> None:
        self._stored: dict[str, Stored] = {}
        self._paths: dict[str, tuple[str, float]] = {}
        self._numbers = itertools.count(1)

    def keep(self, kind: str, name: str, content: bytes) -> Stored:
        stored = Stored(
            id=f"AgAC{secrets.token_urlsafe(24)}",
            unique_id=f"AQAD{hashlib.sha256(content).hexdigest()[:12]}",
            kind=kind,
            name=name,
            content=content,
        )
        self._stored[stored.id] = stored
        if len(self._stored) > KEPT:
            del self._stored[next(iter(self._stored))]
        return stored

    def find(self, file_id: str) -> Stored | None:
        return self._stored.get(file_id)

    def path(self, stored: Stored, now: float) -> str:
        """TG33: a path that is good for an hour."""
        for path in [path for path, (_, until) in self._paths.items() if until <= now]:
            del self._paths[path]
        folder = FOLDERS.get(stored.kind, "documents")
        ending = stored.name.rpartition(".")[2] if "." in stored.name else "bin"
        path = f"{folder}/file_{next(self._numbers)}.{ending}"
        self._paths[path] = (stored.id, now + PATH_SECONDS)
        return path

    def at(self, path: str, now: float) -> Stored | None:
        file_id, until = self._paths.get(path, ("", 0.0))
        return self._stored.get(file_id) if now < until else None

    def described(self, stored: Stored, known: Json) -> Any:
        """The value of a message's field: a list of sizes for a photo, an object for the others."""
        if stored.kind == "photo":
            small = self.keep("photo", stored.name, stored.content)
            return [
                {**small.reference(), "width": 90, "height": 67},
                {**stored.reference(), "width": 1280, "height": 960},
            ]
        found = stored.reference()
        for name in _SIZES_OF.get(stored.kind, ()):
            found[name] = int(known.get(name) or _SIZES[name])
        if stored.kind == "sticker":
            found |= {"type": "regular", "is_animated": False, "is_video": False}
            return {**found, "emoji": known.get("emoji") or "🙂"}
        if stored.kind not in _NAMELESS:
            found["file_name"] = stored.name
        return {**found, "mime_type": "audio/ogg" if stored.kind == "voice" else stored.mime}
