"""What a call was given: its query, and JSON or a form, in which nested values are JSON as text."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from .errors import GraphError, Json, parameter


@dataclass(frozen=True, kw_only=True)
class Upload:
    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Given:
    """Values by their names, and files."""

    values: Json
    uploads: dict[str, Upload] = field(default_factory=dict)

    def logged(self) -> Json:
        """Without the bytes of files, and without secrets."""
        files = {n: {"name": u.name, "size": len(u.content)} for n, u in self.uploads.items()}
        return {**{k: v for k, v in self.values.items() if k != "access_token"}, **files}

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return "" if value is None else str(value)

    def only(self, *known: str) -> None:
        """Unlike Meta, refuse at once what no one knows."""
        unknown = {*self.values, *self.uploads} - {*known, "access_token"}
        if unknown:
            raise GraphError(100, f'Unexpected key "{min(unknown)}" on the request.')


async def read(request: web.Request) -> Given:
    """Raises `GraphError` for a body that is no object."""
    values: Json = dict(request.query)
    if not request.can_read_body:
        return Given(values=values)
    if request.content_type == "application/json":
        return Given(values={**values, **_object(await request.read())})
    uploads: dict[str, Upload] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            content = value.file.read()
            uploads[name] = Upload(name=value.filename, mime=value.content_type, content=content)
        else:
            values[name] = _nested(value if isinstance(value, str) else bytes(value).decode())
    return Given(values=values, uploads=uploads)


def _object(body: bytes) -> Json:
    try:
        found = json.loads(body)
    except ValueError:
        raise parameter("The body is no JSON") from None
    if not isinstance(found, dict):
        raise parameter("The body is no JSON object")
    return found


def _nested(text: str) -> Any:
    if not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
