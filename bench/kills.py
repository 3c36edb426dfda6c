"""`python -m bench.kills`: kill -9 at any point between webhook and reply, then count what is wrong.

Each round new customers write, and the server dies within the second. At the end every update that
the platform saw accepted must be in the log exactly once, in one session, answered or handed over,
and nothing may have been said twice unless its delivery is marked unknown.
"""

import argparse
import asyncio
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from bench.forks import Fork
from emulators import telegram
from emulators.telegram.state import Bot
from runtime import bootstrap, config
from runtime.accounts import New
from runtime.storage import engine, migrate
from runtime.storage.tables import metadata
from tests.servers import free_port, running_postgres

TOKEN = "77:kills"
START_SECONDS = 60.0
SETTLE_SECONDS = 60.0
QUESTIONS = ("How long is delivery?", "Can I return shoes?", "How can I pay?", "Do you sell bikes?")


@dataclass(kw_only=True)
class Result:
    """What was counted; every field but the first three must be 0."""

    kills: int = 0
    updates: int = 0
    unknown: int = 0
    lost: int = 0
    doubled_entries: int = 0
    doubled_sessions: int = 0
    forgotten: int = 0
    doubled_replies: int = 0
    seconds: float = 0.0
    seed: int = 0
    states: dict[str, int] = field(default_factory=dict)

    @property
    def wrong(self) -> int:
        return (
            self.lost
            + self.doubled_entries
            + self.doubled_sessions
            + self.forgotten
            + self.doubled_replies
        )


class Server:
    """What `serve` runs, as a process that can be killed, or asked to stop."""

    def __init__(self, url: str, folder: Path, port: int, **more: str) -> None:
        """`more`: further variables of the environment."""
        self.base = f"http://127.0.0.1:{port}"
        self._environment = {
            **os.environ,
            "BATON_DATABASE_URL": url,
            "BATON_SECRET_KEY": "k" * 40,
            "BATON_PORT": str(port),
            "BATON_PUBLIC_URL": self.base,
            "BATON_MEDIA_PATH": str(folder / "media"),
            "BATON_QUIET_SECONDS": "0.05",
            "BATON_LEASE_SECONDS": "1",
            "BATON_POLL_SECONDS": "0.3",
            "BATON_LOG_LEVEL": "error",
            **more,
        }
        self._process: Fork | None = None
        self.log: Path | None = None
        """Where standard error goes; none: to ours."""

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    async def start(self) -> None:
        self._process = Fork(self._environment, self.log)
        await self._process.start()

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """The exit code after SIGTERM; 0 as well if it did not run."""
        return await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        return await process.end(number) if process else 0


async def _until(condition: Callable[[], Awaitable[bool]], what: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not await condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        await asyncio.sleep(0.02)


async def prove(url: str, kills: int, seed: int) -> Result:
    """Run the rounds on one migrated, empty database."""
    began, chance = time.monotonic(), random.Random(seed)
    result = Result(seed=seed)
    async with _stage(url) as (server, platform, bot):
        for _ in range(kills):
            hooked = len(_calls(platform, "setwebhook"))
            await server.start()

            async def connected(before: int = hooked) -> bool:
                return len(_calls(platform, "setwebhook")) > before

            await _until(connected, "the server did not connect", START_SECONDS)
            for _ in range(chance.randint(1, 4)):
                person = platform.telegram.add_user("Ann")
                platform.outside.write(bot, person, text=chance.choice(QUESTIONS))
                await asyncio.sleep(chance.random() * 0.05)
            await asyncio.sleep(chance.random() * chance.choice((0.1, 0.3, 0.8)))
            await server.kill()
            result.kills += 1
        await server.start()
        database = engine.database(url)
        await _until(lambda: quiet(database, bot), "it never came to rest", SETTLE_SECONDS)
        await server.kill()
        await asyncio.to_thread(count, database, bot, result)
    result.seconds = round(time.monotonic() - began, 1)
    return result


@contextlib.asynccontextmanager
async def _stage(
    url: str,
) -> AsyncIterator[tuple[Server, telegram.Running, Bot]]:
    """The platform with one bot, connected in the database, and a server that is not started."""
    with tempfile.TemporaryDirectory() as name:
        async with telegram.running() as platform:
            bot = platform.telegram.add_bot(TOKEN, name="Kills", limits=False)
            conf = config.Settings(database_url=url, secret_key="k" * 40)
            runtime = bootstrap.build(conf)
            told = {"token": TOKEN, "api_base": platform.url}
            new = New(kind="telegram", name="Kills", settings=told, agent_ids=["support"])
            await runtime.accounts.connect(new)
            await runtime.store.aclose()
            server = Server(url, Path(name), free_port())
            try:
                yield server, platform, bot
            finally:
                await server.kill()


def _calls(platform: telegram.Running, method: str) -> list[object]:
    return [c for c in platform.telegram.control.calls if c.method == method and c.status == 200]


async def quiet(database: engine.Database, bot: Bot) -> bool:
    """Everything is delivered to the webhook, no turn waits, no delivery is under way."""
    if bot.updates:
        return False

    def open_work() -> int:
        turns, deliveries = metadata.tables["turns"], metadata.tables["deliveries"]
        with database.engine().connect() as connection:
            waiting = connection.scalar(sa.select(sa.func.count()).select_from(turns)) or 0
            moving = deliveries.c.state.in_(["queued", "sending"])
            return waiting + (connection.scalar(sa.select(sa.func.count()).where(moving)) or 0)

    return await asyncio.to_thread(open_work) == 0


def count(database: engine.Database, bot: Bot, result: Result) -> None:
    tables = metadata.tables
    sessions, log, deliveries = tables["sessions"], tables["log"], tables["deliveries"]
    with database.engine().connect() as connection:
        entries = Counter(
            (row.chat, row.message_id)
            for row in connection.execute(
                sa.select(sessions.c.chat, log.c.message_id)
                .join(log, log.c.session_id == sessions.c.id)
                .where(log.c.author == "customer")
            )
        )
        rows = connection.execute(sa.select(sessions.c.id, sessions.c.chat, sessions.c.mode)).all()
        sent = connection.execute(
            sa.select(deliveries.c.session_id, deliveries.c.state, deliveries.c.message_id)
        ).all()
    result.updates = len(bot.delivered)
    result.states = dict(Counter(row.state for row in sent))
    result.unknown = result.states.get("unknown", 0)
    written = {
        (str(chat.id), str(message["message_id"]))
        for chat in bot.chats.values()
        for message in chat.messages
        if not message["from"]["is_bot"]
    }
    result.lost = len(written - set(entries))
    result.doubled_entries = sum(many - 1 for many in entries.values())
    result.doubled_sessions = len(rows) - len({row.chat for row in rows})
    for row in rows:
        own = [one for one in sent if one.session_id == row.id]
        answered = any(one.state == "sent" for one in own)
        if not answered and row.mode != "waiting":
            result.forgotten += 1
        said = [m for m in bot.chats[int(row.chat)].messages if m["from"]["is_bot"]]
        explained = sum(one.state in {"sent", "unknown"} for one in own)
        result.doubled_replies += max(0, len(said) - explained)


async def main() -> int:
    """Both databases; exit code 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(2**31))
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    options = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        urls = {"sqlite": f"sqlite:///{folder}/baton.db"}
        if options.database != "sqlite":
            urls["postgresql"] = stack.enter_context(running_postgres())
        if options.database == "postgresql":
            del urls["sqlite"]
        for name, url in urls.items():
            migrate.upgrade(engine.database(url))
            result = await prove(url, options.kills, options.seed)
            wrong += result.wrong
            print(f"{name}: {result}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
