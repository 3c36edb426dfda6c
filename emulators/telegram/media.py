"""Methods that send files: one, or an album; uploaded, or by the id of a file that the bot has."""

import secrets
from typing import Any

from . import limits, texts
from .api import Call, Method
from .chats import Json
from .errors import bad
from .files import Stored
from .parameters import Upload

KINDS = ("photo", "document", "audio", "voice", "video", "animation", "sticker", "video_note")
_IN_ALBUMS = frozenset({"photo", "video", "audio", "document"})
_ITEM = frozenset(
    "type media thumbnail caption parse_mode caption_entities show_caption_above_media width height"
    " duration supports_streaming has_spoiler performer title disable_content_type_detection"
    " cover start_timestamp".split()
)


def sending(kind: str) -> Method:
    """The method that sends one file of a kind."""

    async def send(call: Call) -> Json:
        given = call.parameters
        stored = _stored(call, kind, given.text(kind), given.uploads.get(kind))
        said = {**_described(call, stored, given.values), **texts.caption(given)}
        if given.flag("has_spoiler"):
            said["has_media_spoiler"] = True
        return call.say(said)

    return send


async def send_media_group(call: Call) -> list[Json]:
    """An album is several messages with one number in common."""
    items = call.parameters.array("media")
    if items is None:
        raise bad('parameter "media" is required')
    if len(items) not in limits.ALBUM:
        raise bad("group send failed: an album has 2 to 10 items")
    contents = [_item(call, item) for item in items]
    kinds = {kind for kind, _ in contents}
    if len(kinds) > 1 and kinds & {"audio", "document"}:
        raise bad("can't use the media of the specified type in the album")
    chat = call.chat()
    more = {**call.thread(chat), **call.reply(chat)}
    call.keep_pace(chat, len(contents))
    group = {"media_group_id": str(secrets.randbelow(10**17))}
    return [call.put(chat, {**content, **group, **more}) for _, content in contents]


def _item(call: Call, item: Any) -> tuple[str, Json]:
    where = "can't parse InputMedia"
    if not isinstance(item, dict):
        raise bad(f"{where}: expected an Object")
    unknown = set(item) - _ITEM
    if unknown:
        raise bad(f"{where}: unknown field {min(unknown)}")
    kind, reference = str(item.get("type")), str(item.get("media") or "")
    if kind not in _IN_ALBUMS:
        raise bad(f'{where}: type "{kind}" is unsupported')
    if not reference:
        raise bad(f"{where}: media not found")
    stored = _stored(call, kind, reference, None)
    caption = texts.caption_of(
        str(item.get("caption") or ""),
        str(item.get("parse_mode") or ""),
        item.get("caption_entities"),
    )
    return kind, {**_described(call, stored, item), **caption}


def _described(call: Call, stored: Stored, known: Json) -> Json:
    value = call.bot.files.described(stored, known)
    said: Json = {stored.kind: value}
    if stored.kind == "animation":  # for clients that don't know animations
        said["document"] = {k: v for k, v in value.items() if k not in {"width", "height"}}
    return said


def _stored(call: Call, kind: str, reference: str, upload: Upload | None) -> Stored:
    upload = upload or call.parameters.upload(reference)
    if upload is not None:
        if not upload.content:
            raise bad("file must be non-empty")
        if kind == "photo" and len(upload.content) > limits.PHOTO:
            size = len(upload.content)
            raise bad(
                f"file of size {size} bytes is too big for a photo; "
                f"the maximum size is {limits.PHOTO} bytes"
            )
        return call.bot.files.keep(kind, upload.name, upload.content)
    if not reference:
        raise bad(f"there is no {kind.replace('_', ' ')} in the request")
    if reference.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")  # this platform has no internet
    stored = call.bot.files.find(reference)
    if stored is None:
        raise bad("wrong file identifier/HTTP URL specified")
    return stored
