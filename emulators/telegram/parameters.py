"""A call's parameters, however they came (TG6), and how Telegram reads each of them.

Numbers that are none are 0, as there; nested values are JSON, as text in forms and as such in JSON.
"""

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from . import limits
from .chats import Json
from .errors import Refusal, bad

_NAMES = {
    "reply_markup": "reply keyboard markup",
    "caption_entities": "entities",
    "media": "media",
}


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file in the request."""

    name: str
    content: bytes


class Parameters:
    """What one call was given."""

    def __init__(self, values: Json, uploads: dict[str, Upload] | None = None) -> None:
        self.values = values
        self.uploads = uploads or {}

    @property
    def names(self) -> set[str]:
        """Uploads that a parameter refers to by `attach://` are not parameters themselves."""
        attached = {name for name in self.uploads if f"attach://{name}" in str(self.values)}
        return set(self.values) | (set(self.uploads) - attached)

    def logged(self) -> Json:
        """Without the bytes of files."""
        files = {n: {"name": u.name, "size": len(u.content)} for n, u in self.uploads.items()}
        return {**self.values, **files}

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return "" if value is None else str(value)

    def number(self, name: str) -> int:
        try:
            return int(self.text(name))
        except ValueError:
            return 0

    def within(self, name: str, default: int, lowest: int, highest: int) -> int:
        """A number that Telegram moves into its range instead of complaining."""
        given = self.number(name) if self.text(name) else default
        return max(lowest, min(highest, given))

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"true", "yes", "1"}

    def upload(self, reference: str) -> Upload | None:
        return self.uploads.get(reference.removeprefix("attach://"))

    def object(self, name: str) -> Json:
        value = self.nested(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise bad(f"object expected as {name.replace('_', ' ')}")
        return value

    def array(self, name: str) -> list[Any] | None:
        """None if it was not given, which for some is not the same as empty."""
        value = self.nested(name)
        if value is not None and not isinstance(value, list):
            raise bad(f"expected an Array of {_NAMES.get(name, name)}")
        return value

    def nested(self, name: str) -> Any:
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            called = _NAMES.get(name, name.replace("_", " "))
            raise bad(f"can't parse {called} JSON object") from None


async def read(request: web.Request) -> Parameters:
    """From the query, a urlencoded or multipart form, or JSON; the body wins."""
    values: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            raise bad("can't parse JSON object") from None
        if not isinstance(body, dict):
            raise bad("can't parse JSON object")
        return Parameters({**values, **body})
    uploads: dict[str, Upload] = {}
    if request.can_read_body:
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                uploads[name] = _upload(value)
            else:
                values[name] = value.decode() if isinstance(value, bytes | bytearray) else value
    return Parameters(values, uploads)


def _upload(field: web.FileField) -> Upload:
    content = field.file.read()
    if len(content) > limits.UPLOAD:
        raise Refusal(413, "Request Entity Too Large")  # TG34
    return Upload(name=field.filename, content=content)
