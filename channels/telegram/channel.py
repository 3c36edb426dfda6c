"""One Telegram bot: `parse`, `format` and `send`, joined.

dedupe: done (update_id) · signature: done (secret header) · retry-after: done · blocked user: done ·
attachments: done · edits: done · threading: done (topics) · rate limit: done (capabilities) ·
templates: exempt because Telegram has none · first contact: exempt because a bot may not write first
"""

import asyncio
import contextlib
import hmac
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec
import structlog

from channels import errors
from channels.base import Accept, Capabilities, FirstContact, Pace
from channels.messages import (
    Address,
    Inbound,
    LocalFile,
    Outbound,
    Piece,
    Receipt,
    RemoteFile,
    Request,
    Signal,
)

from . import format as formatting
from .parse import HANDLED, parse
from .send import DEFAULT_API, Sender, translated

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name
POLL_SECONDS = 25
LONGEST_PAUSE = 30.0
WEBHOOK_CONNECTIONS = 40

CAPABILITIES = Capabilities(
    text_limit=formatting.LIMIT,
    markup=True,
    attachments=True,
    typing_seconds=5.0,
    first_contact=FirstContact.NEVER,
    quiet_seconds=1.0,
    # A little under what Telegram documents, so that it never has to complain.
    account_pace=Pace(seconds=1 / 28, burst=20),
    chat_pace=Pace(seconds=1.05, burst=3),
    group_pace=Pace(seconds=60 / 19, burst=5),
)

_log = structlog.get_logger("telegram")


@dataclass(frozen=True, kw_only=True, slots=True)
class TelegramSettings:
    """`secret` is ours, sent back by Telegram with every webhook; `mode` is webhook or polling."""

    token: str = field(repr=False)
    secret: str = field(default="", repr=False)
    api_base: str = DEFAULT_API
    mode: str = "webhook"


class TelegramChannel:
    """Implements `channels.base.Channel`."""

    capabilities = CAPABILITIES

    def __init__(self, settings: TelegramSettings) -> None:
        self._settings = settings
        self._sender = Sender(settings.token, settings.api_base)

    @contextlib.asynccontextmanager
    async def connect(self, accept: Accept, webhook_url: str | None) -> AsyncIterator[None]:
        """Raises `Unauthorised` for a dead token, `Rejected` for a webhook Telegram won't call."""
        bot = await self._sender.bot()
        await translated(bot.get_me)
        if self._settings.mode == "polling":
            await translated(lambda: bot.delete_webhook(drop_pending_updates=False))
            task = asyncio.create_task(self._poll(accept), name="telegram poll")
            try:
                yield
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            return
        if not webhook_url:
            raise errors.Rejected("Webhooks need BATON_PUBLIC_URL; or set the mode to polling.")
        await self._set_webhook(bot, webhook_url)
        yield

    async def _set_webhook(self, bot: Any, url: str) -> None:
        for last in (False, True):
            try:
                await translated(
                    lambda: bot.set_webhook(
                        url,
                        secret_token=self._settings.secret,
                        allowed_updates=list(HANDLED),
                        max_connections=WEBHOOK_CONNECTIONS,
                    )
                )
            except errors.RetryLater as error:
                if last:
                    raise
                await asyncio.sleep(error.after)
            else:
                return

    async def _poll(self, accept: Accept) -> None:
        """Store, then confirm: the offset moves only past what the inbox has taken."""
        offset, pause = 0, 1.0
        url = f"{self._settings.api_base.rstrip('/')}/bot{self._settings.token}/getUpdates"
        timeout = aiohttp.ClientTimeout(total=POLL_SECONDS + 10)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            while True:
                try:
                    for update in await self._updates(http, url, offset):
                        body = msgspec.json.encode(update)
                        await accept(Request(body=body, trusted=True))
                        offset = int(update["update_id"]) + 1
                    pause = 1.0
                except Exception as error:
                    _log.warning("polling paused", action="poll_paused", error=_named(error))
                    await asyncio.sleep(pause)
                    pause = min(LONGEST_PAUSE, pause * 2)

    async def _updates(
        self, http: aiohttp.ClientSession, url: str, offset: int
    ) -> list[dict[str, Any]]:
        """Raw, since aiogram's strict models would lose updates that they don't know."""
        body = {"offset": offset, "timeout": POLL_SECONDS, "allowed_updates": list(HANDLED)}
        async with http.post(url, json=body) as response:
            answer = msgspec.json.decode(await response.read())
        if not answer.get("ok"):
            raise errors.RetryLater(str(answer.get("description", "")), after=1.0)
        updates: list[dict[str, Any]] = answer["result"]
        return updates

    def receive(self, request: Request) -> Sequence[Inbound]:
        if not request.trusted:
            given = request.headers.get(SECRET_HEADER, "")
            secret = self._settings.secret
            if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
                raise errors.NotGenuine("The secret token is missing or wrong.")
        return parse(request.body)

    def compose(self, text: str, attachments: Sequence[LocalFile]) -> tuple[Piece, ...]:
        return formatting.compose(text, attachments)

    async def send(self, outbound: Outbound) -> Receipt:
        return await self._sender.send(outbound)

    async def signal(self, address: Address, signal: Signal) -> None:
        await self._sender.signal(address, signal)

    async def fetch(self, file: RemoteFile) -> bytes:
        return await self._sender.fetch(file)

    async def aclose(self) -> None:
        await self._sender.aclose()


def _named(error: Exception) -> str:
    """A sentence without the URL, for that has the token in it."""
    return error.detail if isinstance(error, errors.ChannelError) else type(error).__name__
