"""Says things to WhatsApp: text, files, templates, replies; and fetches what customers attached.

WhatsApp has no idempotency key, so our own delivery id travels with each message and comes back with
its statuses: that closes the gap when an answer is lost.
"""

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from channels import errors
from channels.messages import (
    Address,
    LocalFile,
    Outbound,
    Receipt,
    RemoteFile,
    Seen,
    Signal,
    Typing,
)

from . import people, refusals
from .client import Client
from .people import Person

MIB = 1024 * 1024
DOWNLOAD_LIMIT = 100 * MIB
_PAIR_BACKOFF = 4
_PAIR_LONGEST = 256.0
_LIMITS = {"audio": 16 * MIB, "document": 100 * MIB, "image": 5 * MIB, "video": 16 * MIB}
_STICKER_LIMIT = 500 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument"
_KINDS = {
    "audio/aac": "audio",
    "audio/amr": "audio",
    "audio/mp4": "audio",
    "audio/mpeg": "audio",
    "audio/ogg": "audio",
    "image/jpeg": "image",
    "image/png": "image",
    "image/webp": "sticker",
    "video/3gpp": "video",
    "video/mp4": "video",
    "application/msword": "document",
    "application/pdf": "document",
    "application/vnd.ms-excel": "document",
    "application/vnd.ms-powerpoint": "document",
    f"{_OFFICE}.presentationml.presentation": "document",
    f"{_OFFICE}.spreadsheetml.sheet": "document",
    f"{_OFFICE}.wordprocessingml.document": "document",
    "text/plain": "document",
}
"""What WhatsApp takes, and what it shows it as."""
_CAPTIONED = frozenset({"document", "image", "video"})


class Sender:
    """One number's voice."""

    def __init__(self, client: Client, phone_number_id: str) -> None:
        self._client = client
        self._number = phone_number_id
        self._pressed: dict[str, int] = {}
        """How often in a row a chat was written to too fast."""

    async def send(self, outbound: Outbound) -> Receipt:
        """One piece, once; a refused form is no message yet, so a simpler one may be tried."""
        chat = outbound.address.chat
        body = {
            "messaging_product": "whatsapp",
            **people.recipient(chat),
            "biz_opaque_callback_data": outbound.delivery_id,
            **await self._content(outbound),
        }
        if outbound.reply_to:
            body["context"] = {"message_id": outbound.reply_to}
        pressed = self._pressed.pop(chat, 0)
        try:
            answer = await self._say(body)
        except errors.RetryLater as error:
            if error.code != str(refusals.PAIR_LIMIT):
                raise
            # Meta asks for 4, 16, 64 … seconds when one chat was written to too fast.
            self._pressed[chat] = pressed + 1
            after = min(_PAIR_LONGEST, float(_PAIR_BACKOFF ** (pressed + 1)))
            raise errors.RetryLater(error.detail, after=after, code=error.code) from error
        return _receipt(answer, outbound.address)

    async def _say(self, body: dict[str, Any]) -> dict[str, Any]:
        try:
            return await self._client.post(f"{self._number}/messages", body)
        except errors.Rejected as refused:
            lost = refused.code == str(refusals.CONTEXT_REFUSED) and "ontext" in refused.detail
            if not lost or "context" not in body:
                raise
        # What is answered is gone; the answer is still worth saying.
        del body["context"]
        return await self._client.post(f"{self._number}/messages", body)

    async def _content(self, outbound: Outbound) -> dict[str, Any]:
        template = outbound.extra.get("template")
        if template is not None:
            if outbound.extra.get("needs_phone") and people.is_user_id(outbound.address.chat):
                raise errors.Rejected(refusals.MEANINGS[131062].sentence, code="131062")
            return {"type": "template", "template": template}
        if outbound.attachments:
            return await self._file(outbound.attachments[0], outbound.piece.body)
        body = outbound.piece.body
        text = {"body": body, "preview_url": "https://" in body or "http://" in body}
        return {"type": "text", "text": text}

    async def _file(self, file: LocalFile, caption: str) -> dict[str, Any]:
        kind = _kind(file)
        try:
            answer = await self._client.upload(f"{self._number}/media", file)
        except errors.OutcomeUnknown as error:
            # An upload is no message, so it may be repeated.
            raise errors.RetryLater(error.detail, after=2, code=error.code) from error
        if not answer.get("id"):
            raise errors.RetryLater("WhatsApp did not say where the file is.", after=2)
        media = {"id": str(answer["id"])}
        if caption and kind in _CAPTIONED:
            media["caption"] = caption
        if kind == "document":
            media["filename"] = file.name
        return {"type": kind, kind: media}

    async def signal(self, address: Address, signal: Signal) -> None:  # noqa: ARG002 - the port's
        """Never raises: what is lost here harms nobody. Typing marks the message as read, too."""
        if not isinstance(signal, Typing | Seen) or not signal.message_id:
            return
        body: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": signal.message_id,
        }
        if isinstance(signal, Typing):
            body["typing_indicator"] = {"type": "text"}
        with contextlib.suppress(Exception):
            await self._client.post(f"{self._number}/messages", body)

    async def fetch(self, file: RemoteFile) -> bytes:
        """The address that Meta gives out lives for five minutes, so it is asked for each time."""
        try:
            found = await self._client.get(file.ref, phone_number_id=self._number)
        except errors.Unauthorised as error:
            if error.code == "100":
                raise errors.Rejected("WhatsApp no longer has this file.", code="100") from error
            raise
        size = found.get("file_size")
        if isinstance(size, int) and size > DOWNLOAD_LIMIT:
            raise errors.Rejected("The file is too large.", code="too_big")
        return await self._client.download(str(found.get("url") or ""), DOWNLOAD_LIMIT)


def _kind(file: LocalFile) -> str:
    """Raises `Rejected` for what WhatsApp would not take, before it is carried there."""
    kind = _KINDS.get(file.mime)
    if kind is None:
        raise errors.Rejected(f"WhatsApp takes no files of the kind {file.mime or 'unknown'}.")
    limit = _LIMITS.get(kind, _STICKER_LIMIT)
    if len(file.content) > limit:
        raise errors.Rejected(f"For WhatsApp such a file may have {limit // 1024} KiB.")
    return kind


def _receipt(answer: Mapping[str, Any], asked: Address) -> Receipt:
    """Raises `OutcomeUnknown` when the answer does not name the message."""
    try:
        message_id = str(answer["messages"][0]["id"])
        contact = (answer.get("contacts") or [{}])[0]
        went = Person(user_id=contact.get("user_id"), phone=contact.get("wa_id"))
    except (AttributeError, KeyError, IndexError, TypeError) as error:
        raise errors.OutcomeUnknown("WhatsApp's answer could not be understood.") from error
    other = went.names and went.names[0] != people.canonical(asked.chat)
    return Receipt(
        message_id=message_id,
        sent_at=datetime.now(UTC),
        address=went.address() if other else None,
    )
