"""aiogram's clients: one for each bot, over connections that all bots of a process share.

aiogram takes seconds and a hundred megabytes to import, so it is imported when the first bot speaks.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import aiohttp

from channels import errors

if TYPE_CHECKING:
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession

# Time to connect is its own: who has no connection has surely said nothing.
PATIENCE = aiohttp.ClientTimeout(total=30, connect=10)
CONNECTIONS = 256
"""At once, to one API server, for all bots together."""


class Shared:
    """The connections to one API server; closed when the last bot lets go."""

    def __init__(self, session: "AiohttpSession") -> None:
        self.session = session
        self.bots = 0


_shared: dict[tuple[asyncio.AbstractEventLoop, str], Shared] = {}


class Client:
    """One bot's client, made when it is first needed."""

    def __init__(self, token: str, api_base: str) -> None:
        self._token = token
        self._api_base = api_base.rstrip("/")
        self._making = asyncio.Lock()
        self._bot: Bot | None = None

    async def bot(self) -> "Bot":
        """Raises `Unauthorised` for what cannot be a token."""
        async with self._making:
            if self._bot is None:
                self._bot = await self._made()
            return self._bot

    async def _made(self) -> "Bot":
        aiogram = await asyncio.to_thread(_load)
        key = (asyncio.get_running_loop(), self._api_base)
        shared = _shared.get(key) or Shared(_session(self._api_base))
        try:
            bot: Bot = aiogram.Bot(self._token, session=shared.session)
        except aiogram.utils.token.TokenValidationError:
            raise errors.Unauthorised("The bot's token is malformed.") from None
        _shared[key] = shared
        shared.bots += 1
        return bot

    async def aclose(self) -> None:
        async with self._making:
            if self._bot is None:
                return
            self._bot = None
            key = (asyncio.get_running_loop(), self._api_base)
            shared = _shared[key]
            shared.bots -= 1
            if shared.bots == 0:
                del _shared[key]
                # aiogram's own `close` also sleeps for a quarter of a second, which aiohttp needs no more.
                await (await shared.session.create_session()).close()


def _load() -> Any:
    import aiogram
    import aiogram.utils.token

    return aiogram


def _session(api_base: str) -> "AiohttpSession":
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    return AiohttpSession(
        api=TelegramAPIServer.from_base(api_base),
        limit=CONNECTIONS,
        timeout=PATIENCE,  # handed to aiohttp as it is
    )


@contextlib.asynccontextmanager
async def download(bot: "Bot", path: str) -> AsyncIterator[AsyncIterator[bytes]]:
    """The chunks of one file, and no connection left open when they are not all read."""
    url = bot.session.api.file_url(bot.token, path)
    async with contextlib.aclosing(bot.session.stream_content(url)) as chunks:
        yield chunks
