"""Media of a business: upload, look up, delete, download (WA31, WA32)."""

from aiohttp import web

from . import limits
from .calls import Call
from .errors import GraphError, Json, missing, required, unwanted
from .files import Stored, mime_of
from .state import Meta

_ANIMATED = b"ANIM"


async def upload(call: Call) -> Json:
    given = call.given
    given.only("messaging_product", "file", "type")
    if given.text("messaging_product").lower() != "whatsapp":
        raise required("messaging_product")
    file = given.uploads.get("file")
    if file is None:
        raise required("file")
    mime = mime_of("", given.text("type") or file.mime)
    kind = next((kind for kind, (_, mimes) in limits.MEDIA.items() if mime in mimes), "")
    if not kind:
        types = ", ".join(one for _, mimes in limits.MEDIA.values() for one in mimes)
        words = f"must be a file with one of the following types: {types}."
        raise unwanted("file", f"{words} Received file of type '{mime}'.")
    most = limits.MEDIA[kind][0]
    if kind == "sticker" and _ANIMATED not in file.content:
        most = limits.STILL_STICKER
    if not file.content or len(file.content) > most:
        size = len(file.content)
        words = (
            f"Media file size {size} is not supported: a {kind} has at least 1 byte, at most {most}"
        )
        raise GraphError(131053, details=words)
    stored = Stored(
        id=call.meta.new_id(),
        number=call.number,
        mime=mime,
        content=file.content,
        name=file.name,
        expires=call.now + limits.UPLOADED_MEDIA,
    )
    call.meta.keep(stored)
    return {"id": stored.id}


def _stored(call: Call, verb: str) -> Stored:
    """Also refused for a number that it is not of."""
    assert isinstance(call.target, Stored)  # noqa: S101 - the table of operations says so
    wanted = call.given.text("phone_number_id")
    if wanted and wanted != call.target.number.id:
        raise missing(verb, call.target.id)
    return call.target


async def look_up(call: Call) -> Json:
    stored = _stored(call, "get")
    return {
        "messaging_product": "whatsapp",
        "url": stored.address(call.base, call.now),
        "mime_type": stored.mime,
        "sha256": stored.sha256,
        "file_size": len(stored.content),
        "id": stored.id,
    }


async def delete(call: Call) -> Json:
    del call.meta.media[_stored(call, "delete").id]
    return {"success": True}


def download(meta: Meta, request: web.Request) -> web.Response:
    """WA32: the second step, for who has a token; after five minutes nothing is there."""
    header = request.headers.get("Authorization", "")
    token = meta.tokens.get(header.removeprefix("Bearer "))
    if token is None or token.revoked:
        return web.Response(status=401)
    stored = meta.media.get(request.query.get("mid", ""))
    known = stored is not None and meta.token_sees(token, stored.number.waba)
    if stored is None or not known or not stored.is_at(request.query.get("hash", ""), meta.now):
        return web.Response(status=404)
    return web.Response(body=stored.content, content_type=stored.mime)
