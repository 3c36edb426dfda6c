"""Files: brought by operators for their messages, and downloaded from wherever a log shows them."""

import re
from typing import Annotated
from urllib.parse import quote

import pydantic
from aiohttp import BodyPartReader, StreamReader, http_exceptions, web

from runtime import errors
from runtime.media.base import MAX_BYTES
from runtime.media.sniff import sniffed
from runtime.storage import uploads
from runtime.storage.operators import Role

from .api import Call, Endpoint, Model
from .keys import MEDIA, STORE

CHUNK = 256 * 1024
HARMLESS = re.compile(
    r"image/(png|jpeg|gif|webp|avif)|(audio|video)/[a-z0-9.+-]+|application/pdf|text/plain"
)
"""What a browser may show as what it is; it runs nothing. All else is a heap of bytes to it."""
BYTES = "application/octet-stream"
BINARY = {"type": "string", "format": "binary", "minLength": 1}
UNREADABLE = (
    ValueError,
    LookupError,
    RuntimeError,
    AssertionError,
    http_exceptions.HttpProcessingError,
)
"""What aiohttp raises where a form is broken."""


Bytes = Annotated[bytes, pydantic.WithJsonSchema({"type": "string", "format": "binary"})]


class Named(Model):
    """How a file is called; for an upload without a form, and for a download."""

    name: str = pydantic.Field(default="", max_length=255)
    mime: str = pydantic.Field(default="", max_length=255)


class Uploaded(Model):
    """What `attachments` of a message wants, and the size in bytes."""

    sha256: str
    name: str
    mime: str
    size: int


async def upload(call: Call) -> Uploaded:
    """Bring a file, as the body or as the file of a form, to attach it to a message."""
    asked: Named = call.query
    name, mime, content = await _received(call.request)
    name = _clean(asked.name or name)
    mime = sniffed(content, asked.mime or mime)
    if not content:
        raise errors.Invalid("body: there is no file in it.")
    try:
        sha256 = await call.app[MEDIA].put(content)
    except OSError as error:
        raise errors.Unavailable(f"The file could not be stored. {error}") from error

    found = uploads.Upload(
        sha256=sha256, name=name, mime=mime, size=len(content), operator_id=call.operator.id
    )
    await call.app[STORE].write(lambda tx: uploads.add(tx, found))
    return Uploaded(sha256=sha256, name=name, mime=mime, size=len(content))


async def download(call: Call) -> web.Response:
    """The bytes of a file that belongs to a conversation. Browsers keep it, and never run it."""
    asked: Named = call.query
    sha256 = call.path["sha256"]
    if not await call.app[STORE].read(lambda tx: uploads.known(tx, sha256)):
        raise errors.NotFound("There is no such file.")
    try:
        content = await call.app[MEDIA].get(sha256)
    except KeyError:
        raise errors.NotFound("This file is gone.") from None
    except OSError as error:
        raise errors.Unavailable("The storage for files does not answer.") from error
    name = _clean(asked.name)
    ascii_name = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    return web.Response(
        body=content,
        headers={
            "Content-Type": _shown_as(content, asked.mime),
            "Content-Disposition": f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, max-age=31536000, immutable",
        },
    )


def _shown_as(content: bytes, asked: str) -> str:
    """What was asked for, as far as the bytes agree; what is harmless neither way, as bytes."""
    mime = sniffed(content, asked)
    return mime if HARMLESS.fullmatch(asked) and HARMLESS.fullmatch(mime) else BYTES


async def _received(request: web.Request) -> tuple[str, str, bytes]:
    """Name, type and content. The first part of a form that is a file is the file."""
    if not request.content_type.startswith("multipart/"):
        return "", request.content_type, await _bounded(request.content)
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.filename:
                mime = part.headers.get("Content-Type", "")
                return part.filename, mime, await _bounded(part)
    except UNREADABLE:
        raise errors.Malformed("The form cannot be read.") from None
    raise errors.Invalid("body: there is no file in the form.")


async def _bounded(source: StreamReader | BodyPartReader) -> bytes:
    content = bytearray()
    while True:
        if isinstance(source, BodyPartReader):
            chunk = await source.read_chunk(CHUNK)
        else:
            chunk = await source.read(CHUNK)
        if not chunk:
            return bytes(content)
        content += chunk
        if len(content) > MAX_BYTES:
            raise errors.TooLarge(f"A file may have at most {MAX_BYTES // 2**20} MB.")


def _clean(name: str) -> str:
    """A file's name without a folder, and without what no file system or header likes."""
    name = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "", name.replace("\\", "/")).rsplit("/", 1)[-1]
    return name.strip()[:255] or "file"


ENDPOINTS = [
    Endpoint(
        method="POST",
        path="/uploads",
        handler=upload,
        least=Role.OPERATOR,
        query=Named,
        answer=Uploaded,
        status=201,
        takes={
            BYTES: BINARY,
            "multipart/form-data": {
                "type": "object",
                "properties": {"file": BINARY},
                "required": ["file"],
            },
        },
    ),
    Endpoint(
        method="GET",
        path="/files/{sha256}",
        handler=download,
        least=Role.VIEWER,
        query=Named,
        answer=Bytes,
        gives=(BYTES, "image/*", "audio/*", "video/*", "application/pdf", "text/plain"),
    ),
]
