"""Stories with real processes: servers as `serve` runs them, killed, stopped or cut off by a test.

The `World` of `story`, whose own runtime only looks at the database: what works are the servers.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import aiohttp
import sqlalchemy as sa

from agents.llm.offline import OfflineLlm
from bench import kills
from emulators import telegram
from runtime import bootstrap
from runtime.storage.tables import metadata
from tests import story
from tests.servers import free_port

HEADERS = {"X-Telegram-Bot-Api-Secret-Token": story.SECRET}
PATH = f"/webhooks/telegram/{story.CHANNEL}"
NUMBERS = 900_000_000
"""Updates that a test posts by hand are numbered from here: the emulator doesn't use these."""


class Entry(NamedTuple):
    """One entry of a session's log."""

    kind: str
    author: str
    text: str


@dataclass(kw_only=True)
class Stage(story.World):
    """`first` is the server that the platform knows; `servers` are all of them."""

    http: aiohttp.ClientSession
    servers: list[kills.Server] = field(default_factory=list)

    @property
    def first(self) -> kills.Server:
        return self.servers[0]

    def chat(self, name: str) -> int:
        """The chat of a person who has started the bot: for updates that a test posts by hand."""
        chat = self.platform.telegram.private_chat(self.bot, self.person(name))
        chat.started = True
        return chat.id

    async def post(self, body: bytes, server: kills.Server | None = None) -> int:
        url = (server or self.first).base + PATH
        async with self.http.post(url, data=body, headers=HEADERS) as got:
            await got.read()
            return got.status

    async def get(self, path: str) -> tuple[int, str]:
        async with self.http.get(self.first.base + path) as got:
            return got.status, await got.text()

    async def until_heard(self, name: str, many: int = 1) -> None:
        await self.until(lambda: len(self.heard(name)) == many, f"what {name} is told")

    async def until_ready(self, server: kills.Server | None = None) -> None:
        await self.until_readyz('"database": "ok"', 200, server)

    async def until_readyz(
        self, words: str, status: int, server: kills.Server | None = None
    ) -> None:
        """Until `/readyz` answers with this status and these words."""
        url, last = (server or self.first).base + "/readyz", ""
        try:
            async with asyncio.timeout(kills.START_SECONDS):
                while True:
                    with contextlib.suppress(aiohttp.ClientError):
                        async with self.http.get(url) as got:
                            last = f"{got.status} {await got.text()}"
                            if got.status == status and words in last:
                                return
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"never {status} {words}, at last {last}") from None

    async def until_at_rest(self) -> None:
        """Everything was accepted, however often it had to be repeated; nothing waits or moves."""
        for _ in range(int(story.PATIENCE / 0.1)):
            self.platform.telegram.clock.advance(5)  # whatever the platform waits for, it is over
            if await kills.quiet(self.runtime.database, self.bot):
                return
            await asyncio.sleep(0.1)
        left = [await self.rows("turns", "worker"), await self.rows("deliveries", "state")]
        raise AssertionError(f"it never came to rest: {len(self.bot.updates)} updates, {left}")

    async def logs(self) -> dict[int, list[Entry]]:
        """What is logged of each chat, in order."""
        return await asyncio.to_thread(self._logs)

    def _logs(self) -> dict[int, list[Entry]]:
        sessions, log = metadata.tables["sessions"], metadata.tables["log"]
        statement = (
            sa.select(sessions.c.chat, log.c.kind, log.c.author, log.c.text)
            .join(log, log.c.session_id == sessions.c.id)
            .order_by(sessions.c.id, log.c.seq)
        )
        told: dict[int, list[Entry]] = {}
        with self.runtime.database.engine().connect() as connection:
            for chat, *entry in connection.execute(statement):
                told.setdefault(int(chat), []).append(Entry(*entry))
        return told

    async def count(self) -> kills.Result:
        """What is lost or doubled."""
        result = kills.Result()
        await asyncio.to_thread(kills.count, self.runtime.database, self.bot, result)
        return result


def _http() -> aiohttp.ClientSession:
    """A door that never answers fails the test and doesn't hang it."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=story.PATIENCE))


@contextlib.asynccontextmanager
async def serving(
    url: str, folder: Path, more: Mapping[str, str] = MappingProxyType({}), *, many: int = 1
) -> AsyncIterator[Stage]:
    """`many` servers on one migrated database, ready, and the platform; `more`: environment."""
    servers = [kills.Server(url, folder, free_port(), **more) for _ in range(many)]
    conf = story.settings(url, folder, 0, redis_url=more.get("BATON_REDIS_URL", ""))
    runtime = bootstrap.build(conf, bootstrap.Doubles(llm=OfflineLlm()))
    async with telegram.running() as platform, _http() as http:
        bot = platform.telegram.add_bot(story.TOKEN, name="Story", limits=False)
        await runtime.store.write(story.connect_bot(runtime, platform.url, "webhook"))
        w = Stage(
            runtime=runtime,
            platform=platform,
            bot=bot,
            base=servers[0].base,
            http=http,
            servers=servers,
        )
        for number, server in enumerate(servers):
            server.log = folder / f"server-{number}.log"
        try:
            await asyncio.gather(*(server.start() for server in servers))
            await asyncio.gather(*(w.until_ready(server) for server in servers))
            await w.until(lambda: bot.webhook is not None, "a server connects")
            yield w
        finally:
            await asyncio.gather(*(server.kill() for server in servers))
            await runtime.store.aclose()
            await runtime.bus.aclose()


def update(number: int, chat: int, text: str = "How long is delivery?") -> bytes:
    """The body of an update, as Telegram would send it."""
    person: dict[str, Any] = {"id": chat, "is_bot": False, "first_name": "Ann"}
    message = {
        "message_id": NUMBERS + number,
        "from": {**person, "language_code": "en"},
        "chat": {"id": chat, "type": "private", "first_name": "Ann"},
        "date": 1_795_000_000,
        "text": text,
    }
    return json.dumps({"update_id": NUMBERS + number, "message": message}).encode()
