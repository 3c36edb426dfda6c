"""A whole Baton in a test: emulated Telegram over HTTP, a real database, a scripted model.

`world()` is the stage; `World` has what a story needs to say: write as a customer, wait for
something, look at what is stored.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web
from sqlalchemy import select

from agents.llm.base import Ask, Chunk, Llm
from agents.llm.scripted import Answer, ScriptedLlm
from emulators import telegram
from emulators.control import Call
from emulators.telegram.state import Bot, Chat, User
from runtime import bootstrap, config
from runtime.storage import channels
from runtime.storage.ids import ChannelId
from runtime.storage.sql import Row, Statement, Tx
from runtime.storage.tables import metadata
from runtime.storage.work import Clock, system_clock
from tests.servers import free_port

T = TypeVar("T")
TOKEN = "42:story"
SECRET = "a-webhook-secret"
CHANNEL = ChannelId("tg")
PATIENCE = 40.0
KEY = "k" * 40


class Held(ScriptedLlm):
    """Thinks for as long as the story wants: it says nothing until `go` is set."""

    def __init__(self, answers: Sequence[Answer | str]) -> None:
        super().__init__(answers)
        self.go = asyncio.Event()

    async def stream(self, ask: Ask) -> AsyncIterator[Chunk]:
        async for chunk in super().stream(ask):
            await self.go.wait()
            yield chunk


@dataclass(kw_only=True)
class World:
    """One replica and the platform outside."""

    runtime: bootstrap.Runtime
    platform: telegram.Running
    bot: Bot
    base: str
    llm: Any = None
    people: dict[str, User] = field(default_factory=dict)

    def person(self, name: str = "Ann") -> User:
        if name not in self.people:
            self.people[name] = self.platform.telegram.add_user(name)
        return self.people[name]

    def write(self, text: str, name: str = "Ann") -> dict[str, Any]:
        return self.platform.outside.write(self.bot, self.person(name), text=text)

    def heard(self, name: str = "Ann") -> list[str]:
        """What the bot has said to a person."""
        chat = self.bot.chats.get(self.person(name).id)
        messages = chat.messages if chat else []
        return [str(m.get("text", "")) for m in messages if m["from"]["is_bot"]]

    def said(self, chat: Chat) -> list[dict[str, Any]]:
        """The bot's messages in a chat, also those in the name of a business."""
        return [m for m in chat.messages if m["from"]["is_bot"] or "sender_business_bot" in m]

    def calls(self, method: str) -> list[Call]:
        """What our side asked the platform to do."""
        return [one for one in self.platform.telegram.control.calls if one.method == method]

    def seen(self, number: int = -1) -> list[str]:
        """The customer's lines, as the model was shown them."""
        return [str(m.content) for m in self.llm.asked[number].messages if m.role == "user"]

    async def log(self, *columns: str, kind: str = "") -> list[Row]:
        """The log in its order; with `kind`, only such entries."""
        rows = sorted(await self.rows("log", "session_id", "seq", "kind", *columns))
        return [row[3:] for row in rows if row[2] == (kind or row[2])]

    async def rows(self, table: str, *columns: str) -> list[Row]:
        columns_of = metadata.tables[table].columns
        statement = Statement(select(*(columns_of[name] for name in columns)))
        return await self.runtime.store.read(lambda tx: tx.all(statement))

    async def until(self, condition: Callable[[], Any], what: str) -> None:
        """Wait until something is true, looking often, for at most PATIENCE seconds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"never happened: {what}"
            await asyncio.sleep(0.01)

    async def until_rows(
        self, wanted: Callable[[list[Row]], bool], table: str, *columns: str
    ) -> list[Row]:
        deadline = time.monotonic() + PATIENCE
        while True:
            rows = await self.rows(table, *columns)
            if wanted(rows):
                return rows
            assert time.monotonic() < deadline, f"never happened in {table}: {rows}"
            await asyncio.sleep(0.02)

    async def modes(self) -> list[str]:
        return [row[0] for row in await self.rows("sessions", "mode")]


def settings(url: str, folder: Path, port: int, **more: Any) -> config.Settings:
    defaults: dict[str, Any] = {
        "quiet_seconds": 0.05,
        "lease_seconds": 1.0,
        "poll_seconds": 0.3,
        "drain_seconds": 0.5,
    }
    return config.Settings(
        database_url=url,
        secret_key=KEY,
        media_path=str(folder / "media"),
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        **{**defaults, **more},
    )


def connect_bot(runtime: bootstrap.Runtime, api: str, mode: str) -> Callable[[Tx], None]:
    """A unit of work that connects the story's bot, once."""

    def unit(tx: Tx) -> None:
        if channels.get(tx, CHANNEL) is not None:
            return
        row = channels.Channel(
            id=CHANNEL,
            kind="telegram",
            name="Story",
            state=channels.State.STARTING.value,
            error="",
            settings={"api_base": api, "mode": mode},
            secrets=runtime.safe.seal({"token": TOKEN, "secret": SECRET}),
            worker=None,
        )
        channels.insert(tx, row)
        channels.attach(tx, CHANNEL, ["support"])

    return unit


@contextlib.asynccontextmanager
async def replica(
    conf: config.Settings,
    api: str,
    llm: Llm,
    mode: str = "webhook",
    clock: Clock = system_clock,
) -> AsyncIterator[bootstrap.Runtime]:
    """One replica with its doors open and the bot connected."""
    runtime = bootstrap.build(conf, bootstrap.Doubles(llm=llm, clock=clock))
    await runtime.store.write(connect_bot(runtime, api, mode))
    async with runtime.running():
        runner = web.AppRunner(runtime.web(), access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, conf.host, conf.port).start()
        await until_running(runtime)
        try:
            yield runtime
        finally:
            await runner.cleanup()


async def until_running(runtime: bootstrap.Runtime) -> None:
    deadline = time.monotonic() + 30
    while True:
        row = await runtime.store.read(lambda tx: channels.get(tx, CHANNEL))
        if row is not None and row.state == channels.State.RUNNING:
            return
        assert row is not None
        assert time.monotonic() < deadline, f"the channel did not start: {row.error}"
        await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def world(
    url: str,
    folder: Path,
    answers: Sequence[Answer | str] | Llm = ("Hello!",),
    *,
    mode: str = "webhook",
    limits: bool = False,
    clock: Clock = system_clock,
    **more: Any,
) -> AsyncIterator[World]:
    """Everything, started; `limits`: whether the platform counts messages per second."""
    llm = ScriptedLlm(answers) if isinstance(answers, Sequence) else answers
    async with telegram.running() as platform:
        bot = platform.telegram.add_bot(TOKEN, name="Story", limits=limits)
        conf = settings(url, folder, free_port(), **more)
        async with replica(conf, platform.url, llm, mode, clock) as runtime:
            yield World(runtime=runtime, platform=platform, bot=bot, base=conf.public_url, llm=llm)
