"""One Telegram bot: `parse`, `format`, `send` and `polling`, joined.

dedupe: done (update_id) · signature: done (secret header) · retry-after: done · blocked user: done ·
attachments: done · edits: done · threading: done (topics, replies) · rate limit: done (capabilities) ·
templates: exempt because Telegram has none · first contact: exempt because a bot may not write first
"""

import asyncio
import contextlib
import hmac
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from channels import errors
from channels.alongside import alongside
from channels.base import Accept, Capabilities, FirstContact, Pace
from channels.identities import IdentityKind
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
    Unreadable,
)
from channels.settings import setting

from . import format as formatting
from .parse import HANDLED, parse
from .polling import Poller
from .refusals import translated
from .send import DEFAULT_API, Sender

if TYPE_CHECKING:
    from aiogram import Bot

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name
WEBHOOK_CONNECTIONS = 40
WEBHOOK_TRIES = 3
MODES = {
    "webhook": "Telegram calls Baton (webhook)",
    "polling": "Baton asks Telegram (polling)",
}

IDENTITIES = (IdentityKind(name="telegram_user", what="Telegram"),)
CAPABILITIES = Capabilities(
    text_limit=formatting.LIMIT,
    markup=True,
    attachments=True,
    typing_seconds=5.0,
    first_contact=FirstContact.NEVER,
    quiet_seconds=1.0,
    # Telegram counts windows: a burst and what follows it within the window must fit together.
    account_pace=Pace(seconds=1 / 28, burst=2),
    chat_pace=Pace(seconds=1.05, burst=3),
    group_pace=Pace(seconds=60 / 19, burst=1),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TelegramSettings:
    """What a bot must be told."""

    token: str = setting("The bot's token, from @BotFather.", secret=True, account=True)
    secret: str = setting("Telegram sends it back with every webhook.", default="", ours=True)
    api_base: str = setting("Another Bot API server, if you run your own.", default=DEFAULT_API)
    mode: str = setting(
        "Polling works even where Telegram cannot reach this machine.",
        default="webhook",
        choices=MODES,
    )

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"The mode is {' or '.join(MODES)}, not {self.mode!r}.")


class TelegramChannel:
    """Implements `channels.base.Channel`."""

    capabilities = CAPABILITIES

    def __init__(self, settings: TelegramSettings) -> None:
        self._settings = settings
        self._sender = Sender(settings.token, settings.api_base)

    @contextlib.asynccontextmanager
    async def connect(self, accept: Accept, webhook_url: str | None) -> AsyncIterator[None]:
        """Raises `Unauthorised` for a dead token, also later while it polls."""
        bot = await self._sender.bot()
        await translated(bot.get_me)
        if self._settings.mode == "webhook":
            await self._set_webhook(bot, webhook_url)
            yield
            return
        await translated(lambda: bot.delete_webhook(drop_pending_updates=False))
        base, token = self._settings.api_base.rstrip("/"), self._settings.token
        async with alongside(Poller(f"{base}/bot{token}/getUpdates", HANDLED, accept).run()):
            yield

    async def _set_webhook(self, bot: "Bot", url: str | None) -> None:
        if not url:
            raise errors.Rejected("Webhooks need BATON_PUBLIC_URL; or set the mode to polling.")
        if not self._settings.secret:
            raise errors.Rejected("Webhooks need a secret, or anybody could write to us.")
        for left in reversed(range(WEBHOOK_TRIES)):
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
                # At most one a second is allowed, and two replicas may both have tried.
                if not left or not error.code:
                    raise
                await asyncio.sleep(error.after)
            else:
                return

    def receive(self, request: Request) -> Sequence[Inbound]:
        if request.trusted:
            return _kept(request.body)
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        secret = self._settings.secret.encode()
        if not secret or not hmac.compare_digest(given, secret):
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


async def account(settings: TelegramSettings) -> str:
    """Whose token it is. Raises `Unauthorised`, or what says that Telegram cannot be asked now."""
    sender = Sender(settings.token, settings.api_base)
    try:
        bot = await sender.bot()
        me = await translated(bot.get_me)
    finally:
        await sender.aclose()
    return f"@{me.username}"


def _kept(body: bytes) -> Sequence[Inbound]:
    """What we fetched ourselves is genuine, whatever it is; refused, it would come again for ever."""
    try:
        return parse(body)
    except errors.Malformed as error:
        return (Unreadable(event_id="", error=error.detail, raw=body),)
