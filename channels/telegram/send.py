"""Says things to Telegram, with aiogram as client. What Telegram answers is put into our words by
`refusals`; a message whose form is refused is said again in a simpler one, at once.
"""

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from channels import errors
from channels.messages import (
    Address,
    ChoiceTaken,
    LocalFile,
    Outbound,
    Receipt,
    RemoteFile,
    Seen,
    Signal,
    Typing,
)

from .client import Client, download
from .refusals import translated

if TYPE_CHECKING:
    from aiogram import Bot

DEFAULT_API = "https://api.telegram.org"
DOWNLOAD_LIMIT = 20 * 1024 * 1024
PHOTO_LIMIT = 10 * 1024 * 1024
_IMAGES = frozenset({"image/jpeg", "image/png", "image/webp"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """How a message is said: first as it is meant, then without what Telegram refuses about it."""

    formatted: bool = True
    in_topic: bool = True
    as_document: bool = False

    def simpler(self, refusal: str) -> "Form | None":
        """The form to try after this refusal, or none."""
        if "can't parse entities" in refusal and self.formatted:
            return replace(self, formatted=False)
        if "message thread not found" in refusal and self.in_topic:
            return replace(self, in_topic=False)
        if not self.as_document and any(words in refusal for words in _NOT_AS_MEDIA):
            return replace(self, as_document=True)
        return None


_NOT_AS_MEDIA = ("PHOTO_", "IMAGE_PROCESS_FAILED", "VOICE_MESSAGES_FORBIDDEN")


class Sender:
    """One bot's voice."""

    def __init__(self, token: str, api_base: str = DEFAULT_API) -> None:
        self._client = Client(token, api_base)
        self._waits: dict[str, float] = {}

    async def bot(self) -> "Bot":
        """Raises `Unauthorised` for what cannot be a token."""
        return await self._client.bot()

    async def aclose(self) -> None:
        await self._client.aclose()

    async def send(self, outbound: Outbound) -> Receipt:
        """One piece, once; a refused form is no message yet, so the next one may be tried."""
        bot = await self.bot()
        form = Form()
        while True:
            try:
                sent = await translated(functools.partial(_say, bot, outbound, form))
            except errors.RetryLater as error:
                raise self._whose(outbound.address.chat, error) from error
            except errors.Rejected as refused:
                simpler = form.simpler(refused.detail)
                if simpler is None:
                    raise
                form = simpler
            else:
                return Receipt(message_id=str(sent.message_id), sent_at=sent.date.astimezone(UTC))

    def _whose(self, chat: str, error: errors.RetryLater) -> errors.RetryLater:
        """Telegram never says whose limit is full. Two chats that wait at once: the account's."""
        now = asyncio.get_running_loop().time()
        self._waits = {who: until for who, until in self._waits.items() if until > now}
        others = self._waits.keys() - {chat}
        if error.code:
            self._waits[chat] = now + error.after
        return errors.RetryLater(
            error.detail,
            after=error.after,
            whole_account=bool(others) or not error.code,
            code=error.code,
        )

    async def signal(self, address: Address, signal: Signal) -> None:
        """Never raises: what is lost here harms nobody."""
        with contextlib.suppress(Exception):
            bot = await self.bot()
            match signal:
                case Typing():
                    await bot.send_chat_action(action="typing", **_where(address))
                case ChoiceTaken():
                    await bot.answer_callback_query(signal.choice_id)
                case Seen() if address.via:
                    to = _where(address, in_topic=False)
                    await bot.read_business_message(message_id=int(signal.message_id), **to)

    async def fetch(self, file: RemoteFile) -> bytes:
        """At most 20 MB: Telegram hands out no more."""
        _refuse_large(file.size)
        bot = await self.bot()
        try:
            found = await translated(lambda: bot.get_file(file.ref))
        except errors.Rejected as refused:
            if "file is too big" in refused.detail:
                raise _too_large() from refused
            raise
        _refuse_large(found.file_size)
        return await translated(lambda: _downloaded(bot, str(found.file_path)))


async def _downloaded(bot: "Bot", path: str) -> bytes:
    content = bytearray()
    async with download(bot, path) as chunks:
        async for chunk in chunks:
            content += chunk
            _refuse_large(len(content))
    return bytes(content)


def _refuse_large(size: int | None) -> None:
    if size is not None and size > DOWNLOAD_LIMIT:
        raise _too_large()


def _too_large() -> errors.Rejected:
    return errors.Rejected("Telegram hands out files of at most 20 MB.", code="too_big")


async def _say(bot: "Bot", outbound: Outbound, form: Form) -> Any:
    to = _where(outbound.address, in_topic=form.in_topic)
    if outbound.reply_to.isdigit():
        from aiogram.types import ReplyParameters

        to["reply_parameters"] = ReplyParameters(
            message_id=int(outbound.reply_to), allow_sending_without_reply=True
        )
    body, parse_mode = outbound.piece.body, "HTML"
    said: dict[str, Any] = {"parse_mode": parse_mode}
    if not form.formatted:
        body, said = outbound.piece.plain, {"parse_mode": None}
    if not outbound.attachments:
        return await bot.send_message(text=body, **said, **to)
    from aiogram.types import BufferedInputFile

    file = outbound.attachments[0]
    name, send = _way(bot, file, as_document=form.as_document)
    given = {name: BufferedInputFile(file.content, filename=file.name)}
    caption = {"caption": body, **said} if body else {}
    return await send(**given, **caption, **to)


def _where(address: Address, *, in_topic: bool = True) -> dict[str, Any]:
    try:
        to: dict[str, Any] = {"chat_id": int(address.chat)}
        if address.thread and in_topic:
            to["message_thread_id"] = int(address.thread)
    except ValueError:
        raise errors.Rejected("This is not the address of a Telegram chat.") from None
    if address.via:
        to["business_connection_id"] = address.via
    return to


def _way(
    bot: "Bot", file: LocalFile, *, as_document: bool
) -> tuple[str, Callable[..., Awaitable[Any]]]:
    """Which method shows this file best."""
    ways: Mapping[str, Callable[..., Awaitable[Any]]] = {
        "photo": bot.send_photo,
        "animation": bot.send_animation,
        "voice": bot.send_voice,
        "audio": bot.send_audio,
        "video": bot.send_video,
        "document": bot.send_document,
    }
    name = "document" if as_document else _shown_as(file)
    return name, ways[name]


def _shown_as(file: LocalFile) -> str:
    if file.mime in _IMAGES and len(file.content) <= PHOTO_LIMIT:
        return "photo"
    if file.mime == "image/gif":
        return "animation"
    if file.mime == "audio/ogg":
        return "voice"
    if file.mime in {"audio/mpeg", "audio/mp4"}:
        return "audio"
    return "video" if file.mime == "video/mp4" else "document"
