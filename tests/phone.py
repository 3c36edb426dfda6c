"""An emulated Telegram in a test: one bot's calls over HTTP, people, and a webhook that listens."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from emulators import telegram
from emulators.control import listening
from emulators.telegram.state import Bot, Chat, User

TOKEN = "99:rules"
PATIENCE = 40.0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What Telegram answered."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def said(self) -> tuple[int, str]:
        """Status and description, which is what most rules are about."""
        return self.status, self.body.get("description", "")

    @property
    def result(self) -> Any:
        assert self.body["ok"], self.body
        return self.body["result"]


@dataclass(kw_only=True)
class Phone:
    """A bot and a person, against one emulator."""

    running: telegram.Running
    http: aiohttp.ClientSession
    bot: Bot
    ann: User

    @property
    def outside(self) -> telegram.Outside:
        return self.running.outside

    @property
    def platform(self) -> telegram.Telegram:
        return self.running.telegram

    @property
    def chat(self) -> Chat:
        return self.platform.private_chat(self.bot, self.ann)

    def pass_time(self, seconds: float) -> None:
        self.platform.clock.advance(seconds)

    def write(self, text: str = "Hello", **more: Any) -> dict[str, Any]:
        return self.outside.write(self.bot, self.ann, text=text, **more)

    async def call(self, method: str, **parameters: Any) -> Answer:
        return await self.post(f"/bot{TOKEN}/{method}", json=parameters)

    async def form(self, method: str, **parameters: Any) -> Answer:
        """As most clients do it: urlencoded, or multipart if there is a file, given as bytes."""
        form = aiohttp.FormData()
        for name, value in parameters.items():
            if isinstance(value, bytes):
                form.add_field(name, io.BytesIO(value), filename=f"{name}.bin")
            else:
                form.add_field(name, str(value))
        return await self.post(f"/bot{TOKEN}/{method}", data=form)

    async def post(self, path: str, **body: Any) -> Answer:
        return await self.ask("POST", path, **body)

    async def ask(self, verb: str, path: str, **body: Any) -> Answer:
        async with self.http.request(verb, self.running.url + path, **body) as got:
            answer = await got.json()
            if isinstance(answer, dict) and "ok" in answer:
                assert answer["ok"] == (got.status == 200)
                assert answer.get("error_code", 200) == got.status
            return Answer(status=got.status, body=answer, headers=dict(got.headers))

    async def control(self, verb: str, path: str, given: Any = None) -> Any:
        return (await self.ask(verb, f"/_control/{path}", json=given)).body

    async def say(self, text: str = "Hi", **more: Any) -> Answer:
        return await self.call("sendMessage", chat_id=self.ann.id, text=text, **more)

    async def listen(self, hook: "Hook", **options: Any) -> Answer:
        """Set the webhook; the clock moves, so that one can be set again at once."""
        self.pass_time(1.0)
        return await self.call("setWebhook", url=hook.url, **options)


@dataclass(kw_only=True)
class Hook:
    """A webhook. `script` holds the next answers; when it is empty it says 200."""

    url: str = ""
    script: list[web.Response] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """While it is not set, nothing is answered."""

    async def handle(self, request: web.Request) -> web.Response:
        self.heard.append(await request.json())
        self.headers.append(dict(request.headers))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await self.gate.wait()
        self.at_once -= 1
        return self.script.pop(0) if self.script else web.Response()

    @property
    def numbers(self) -> list[int]:
        return [update["update_id"] for update in self.heard]

    async def hears(self, many: int) -> None:
        await until(lambda: len(self.heard) >= many)


async def until(condition: Callable[[], Any]) -> None:
    """Look often; a condition that never holds ends the test."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.002)


@contextlib.asynccontextmanager
async def hooked() -> AsyncIterator[Hook]:
    hook = Hook()
    hook.gate.set()
    app = web.Application()
    app.router.add_post("/hook", hook.handle)
    async with listening(app) as url:
        hook.url = f"{url}/hook"
        try:
            yield hook
        finally:
            hook.gate.set()


@contextlib.asynccontextmanager
async def phoned(**options: Any) -> AsyncIterator[Phone]:
    """A platform with one bot, which nobody has started."""
    async with telegram.running(**options) as running, aiohttp.ClientSession() as http:
        bot = running.telegram.add_bot(TOKEN, name="Rules")
        ann = running.telegram.add_user("Ann")
        yield Phone(running=running, http=http, bot=bot, ann=ann)
