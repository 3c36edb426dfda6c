"""Says things to Telegram with aiogram as client, and turns whatever comes back into our errors.

aiogram takes seconds and a hundred megabytes to import, so it is imported when the first bot speaks.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC
from typing import TYPE_CHECKING, Any

import aiohttp

from channels import errors
from channels.messages import (
    Address,
    ChoiceTaken,
    LocalFile,
    Outbound,
    Receipt,
    RemoteFile,
    Signal,
    Typing,
)

if TYPE_CHECKING:
    from aiogram import Bot

DEFAULT_API = "https://api.telegram.org"
SEND_SECONDS = 30
DOWNLOAD_LIMIT = 20 * 1024 * 1024
AWAY_SECONDS = 2.0
"""How soon to try again when the platform could not even be reached."""
_IMAGES = frozenset({"image/jpeg", "image/png", "image/webp"})
PHOTO_LIMIT = 10 * 1024 * 1024


class Sender:
    """One bot's voice."""

    def __init__(self, token: str, api_base: str = DEFAULT_API) -> None:
        self._token = token
        self._api_base = api_base.rstrip("/")
        self._bot: Bot | None = None
        self._making = asyncio.Lock()

    async def bot(self) -> "Bot":
        """The client, made when it is first needed."""
        if self._bot is None:
            aiogram = await asyncio.to_thread(_load)
            server = aiogram.client.telegram.TelegramAPIServer.from_base(self._api_base)
            session = aiogram.client.session.aiohttp.AiohttpSession(
                api=server, timeout=SEND_SECONDS
            )
            self._bot = aiogram.Bot(self._token, session=session)
        return self._bot

    async def aclose(self) -> None:
        bot, self._bot = self._bot, None
        if bot is not None:
            await bot.session.close()

    async def send(self, outbound: Outbound) -> Receipt:
        """One piece, once; refused markup goes again as plain text, a lost topic without it."""
        bot = await self._ready()
        body, mode = outbound.piece.body, "HTML"
        to = _where(outbound.address, outbound.reply_to)
        for _ in range(3):
            try:
                sent = await self._say(bot, outbound, to, body, mode)
            except errors.Rejected as error:
                if "can't parse entities" in error.detail and mode:
                    body, mode = outbound.piece.plain, ""
                elif "message thread not found" in error.detail and "message_thread_id" in to:
                    to = {k: v for k, v in to.items() if k != "message_thread_id"}
                else:
                    raise
            else:
                return Receipt(message_id=str(sent.message_id), sent_at=sent.date.astimezone(UTC))
        raise errors.Rejected("Telegram refuses this message in every form.")

    async def _say(
        self, bot: "Bot", outbound: Outbound, to: dict[str, Any], body: str, mode: str
    ) -> Any:
        parse_mode = mode or None
        if outbound.attachment is None:
            return await translated(
                lambda: bot.send_message(text=body, parse_mode=parse_mode, **to)
            )
        file = outbound.attachment
        name, send = _way(bot, file)
        from aiogram.types import BufferedInputFile

        wrapped = BufferedInputFile(file.content, filename=file.name)
        caption = {"caption": body, "parse_mode": parse_mode} if body else {}
        return await translated(lambda: send(**{name: wrapped}, **caption, **to))

    async def signal(self, address: Address, signal: Signal) -> None:
        """Never raises: what is lost here harms nobody."""
        with contextlib.suppress(errors.ChannelError):
            bot = await self._ready()
            if isinstance(signal, Typing):
                to = _where(address, "")
                to.pop("reply_parameters", None)
                await translated(lambda: bot.send_chat_action(action="typing", **to))
            elif isinstance(signal, ChoiceTaken):
                await translated(lambda: bot.answer_callback_query(signal.choice_id))

    async def fetch(self, file: RemoteFile) -> bytes:
        """At most 20 MB: Telegram hands out no more."""
        if file.size is not None and file.size > DOWNLOAD_LIMIT:
            raise errors.Rejected("Telegram hands out files of at most 20 MB.", code="too_big")
        bot = await self._ready()
        found = await translated(lambda: bot.get_file(file.ref))
        stream = await translated(lambda: bot.download_file(found.file_path))
        content: bytes = stream.read()
        return content

    async def _ready(self) -> "Bot":
        try:
            return await self.bot()
        except Exception as error:
            raise errors.Unauthorised("The bot's token is malformed.") from error


def _load() -> Any:
    import aiogram
    import aiogram.client.session.aiohttp
    import aiogram.client.telegram

    return aiogram


def _where(address: Address, reply_to: str) -> dict[str, Any]:
    to: dict[str, Any] = {"chat_id": int(address.chat)}
    if address.thread:
        to["message_thread_id"] = int(address.thread)
    if address.via:
        to["business_connection_id"] = address.via
    if reply_to.isdigit():
        from aiogram.types import ReplyParameters

        to["reply_parameters"] = ReplyParameters(
            message_id=int(reply_to), allow_sending_without_reply=True
        )
    return to


def _way(bot: "Bot", file: LocalFile) -> tuple[str, Callable[..., Awaitable[Any]]]:
    """Which method shows this file best."""
    if file.mime in _IMAGES and len(file.content) <= PHOTO_LIMIT:
        return "photo", bot.send_photo
    if file.mime == "audio/ogg":
        return "voice", bot.send_voice
    if file.mime.startswith("audio/"):
        return "audio", bot.send_audio
    if file.mime == "video/mp4":
        return "video", bot.send_video
    return "document", bot.send_document


async def translated(call: Callable[[], Awaitable[Any]]) -> Any:
    """The one boundary to aiogram: its errors, and aiohttp's below them, to our tree."""
    from aiogram.exceptions import AiogramError

    try:
        return await call()
    except (AiogramError, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise _ours(error) from error


def _ours(error: Exception) -> errors.ChannelError:
    from aiogram import exceptions as ex

    if isinstance(error, ex.TelegramRetryAfter):
        after = float(error.retry_after)
        return errors.RetryLater(f"Telegram asks to wait {after:g} s.", after=after, code="429")
    if isinstance(error, ex.TelegramMigrateToChat):
        new = Address(chat=str(error.migrate_to_chat_id))
        return errors.Moved("The group became a supergroup.", new=new)
    message = error.message if isinstance(error, ex.TelegramAPIError) else ""
    table: list[tuple[type[Exception], Callable[[], errors.ChannelError]]] = [  # first that fits
        (ex.TelegramUnauthorizedError, lambda: _dead("The bot's token is revoked or wrong.", 401)),
        (ex.TelegramConflictError, lambda: _dead(message, 409)),
        (ex.TelegramNotFound, lambda: _dead("Telegram does not know this bot.", 404)),
        (ex.TelegramForbiddenError, lambda: _forbidden(message)),
        (ex.TelegramEntityTooLarge, lambda: errors.Rejected("The file is too large.", code="413")),
        (ex.TelegramServerError, lambda: errors.OutcomeUnknown(f"Telegram failed: {message}")),
        (ex.TelegramNetworkError, lambda: _network(error)),
        (ex.TelegramAPIError, lambda: _refused(message)),
    ]
    for kind, ours in table:
        if isinstance(error, kind):
            return ours()
    return errors.OutcomeUnknown("Telegram's answer could not be understood.")


def _dead(detail: str, code: int) -> errors.ChannelError:
    return errors.Unauthorised(detail, code=str(code))


_REACH = {
    "bot was blocked": "The customer blocked the bot.",
    "user is deactivated": "The customer's account is deleted.",
    "can't initiate conversation": "The customer has never pressed Start.",
    "chat not found": "The customer has never written to this bot.",
    "can't send messages to": "This is another bot.",
    "bot was kicked": "The bot was removed from the group.",
    "bot is not a member": "The bot is not in the group.",
    "chat was deleted": "The group is deleted.",
}


def _forbidden(message: str) -> errors.ChannelError:
    sentence = next((s for words, s in _REACH.items() if words in message), message)
    return errors.Unreachable(sentence, code="403")


def _refused(message: str) -> errors.ChannelError:
    if "chat not found" in message or "PEER_ID_INVALID" in message:
        return errors.Unreachable(_REACH["chat not found"], code="400")
    return errors.Rejected(message, code="400")


def _network(error: Exception) -> errors.ChannelError:
    """Whether it can have been heard: surely not, if no connection came about."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, aiohttp.ClientConnectorError):
            return errors.RetryLater("Telegram cannot be reached.", after=AWAY_SECONDS)
        cause = cause.__cause__ or cause.__context__
    return errors.OutcomeUnknown("The connection to Telegram broke before its answer.")
