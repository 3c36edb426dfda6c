"""An emulated WhatsApp in a test: a business's calls over HTTP, people, and a callback that listens."""

import asyncio
import contextlib
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from emulators import whatsapp
from emulators.control import listening
from emulators.whatsapp import setup
from emulators.whatsapp.accounts import App, Number, Template
from emulators.whatsapp.people import Person, Thread
from emulators.whatsapp.updates import signature
from tests.phone import until

VERIFY = "a token that we chose"
DAY = 24 * 3600.0
Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What Meta answered."""

    status: int
    body: Json
    headers: dict[str, str]

    @property
    def error(self) -> Json:
        found: Json = self.body["error"]
        assert found["fbtrace_id"].startswith("A")
        return found

    @property
    def code(self) -> tuple[int, int]:
        """Status and code, which is what most rules are about."""
        return self.status, self.error["code"]

    @property
    def details(self) -> str:
        found: str = self.error.get("error_data", {}).get("details", "")
        return found

    @property
    def wamid(self) -> str:
        assert self.status == 200, self.body
        found: str = self.body["messages"][0]["id"]
        return found


@dataclass(kw_only=True)
class Shop:
    """A business with one number, and Ann, against one emulator."""

    running: whatsapp.Running
    http: aiohttp.ClientSession
    number: Number
    ann: Person
    version: str = "v26.0"

    @property
    def meta(self) -> whatsapp.Meta:
        return self.running.meta

    @property
    def outside(self) -> whatsapp.Outside:
        return self.running.outside

    @property
    def app(self) -> App:
        return setup.app_of(self.meta, self.number)

    @property
    def token(self) -> str:
        found: str = setup.credentials(self.meta, self.number)["access_token"]
        return found

    @property
    def thread(self) -> Thread:
        return self.meta.thread(self.number, self.ann)

    def pass_time(self, seconds: float) -> None:
        self.meta.clock.advance(seconds)

    def write(self, text: str = "Hello", **more: Any) -> str:
        """Ann writes, which opens the window."""
        wamid: str = self.outside.write(self.number, self.ann, text=text, **more)["id"]
        return wamid

    def template(self, name: str = "hello", body: str = "Good day.", **more: Any) -> Template:
        return setup.template(self.meta, self.number.waba, name, body, **more)

    async def ask(self, verb: str, path: str, token: str | None = None, **body: Any) -> Answer:
        """Of the Graph API; `token` empty: none."""
        value = self.token if token is None else token
        headers = {"Authorization": f"Bearer {value}"} if value else {}
        url = f"{self.running.url}/{self.version}/{path}"
        async with self.http.request(verb, url, headers=headers, **body) as got:
            return Answer(status=got.status, body=await got.json(), headers=dict(got.headers))

    async def get(self, path: str, **query: Any) -> Answer:
        return await self.ask("GET", path, params=query)

    async def post(self, path: str, **body: Any) -> Answer:
        return await self.ask("POST", path, json=body)

    async def send(self, kind: str = "text", content: Any = None, **more: Any) -> Answer:
        """Anything to Ann's phone, or to whom `more` says; None takes a field away."""
        given = {
            "messaging_product": "whatsapp",
            "to": f"+{self.ann.phone}",
            "type": kind,
            kind: {"body": "Hi"} if content is None and kind == "text" else content,
            **more,
        }
        body = {key: value for key, value in given.items() if value is not None}
        return await self.post(f"{self.number.id}/messages", **body)

    async def offer(self, name: str, *components: Json, **more: Any) -> Answer:
        """A template to Ann."""
        given = {"name": name, "language": {"code": "en_US"}, "components": list(components)}
        return await self.send("template", given, **more)

    async def upload(self, content: bytes, mime: str, name: str = "file", **more: str) -> Answer:
        form = aiohttp.FormData({"messaging_product": "whatsapp", **more})
        form.add_field("file", io.BytesIO(content), filename=name, content_type=mime)
        return await self.ask("POST", f"{self.number.id}/media", data=form)

    async def control(self, verb: str, path: str, given: Any = None) -> Any:
        async with self.http.request(
            verb, f"{self.running.url}/_control/{path}", json=given
        ) as got:
            return await got.json()

    async def listen(self, hook: "Hook", **habits: Any) -> None:
        """Set the app's callback as a developer does, with the app's own token."""
        hook.secret = self.app.secret
        given = {
            "object": "whatsapp_business_account",
            "callback_url": hook.url,
            "verify_token": VERIFY,
        }
        answer = await self.ask(
            "POST", f"{self.app.id}/subscriptions", token=self.app.token, json=given
        )
        assert answer.body == {"success": True}
        self.meta.postman.change(**habits)

    def told(self, name: str = "messages") -> list[Json]:
        """The values of one field, as they were told or would have been."""
        emitted = self.meta.postman.emitted
        return [one.change["value"] for one in emitted if one.change["field"] == name]

    def statuses(self, wamid: str) -> list[Json]:
        found = [one for value in self.told() for one in value.get("statuses", [])]
        return [one for one in found if one["id"] == wamid]

    async def becomes(self, wamid: str, *statuses: str) -> list[Json]:
        """All statuses of a message, once the last of these is told."""
        await until(lambda: len(self.statuses(wamid)) >= len(statuses))
        found = self.statuses(wamid)
        assert [one["status"] for one in found] == list(statuses)
        return found

    async def fails(self, answer: Answer) -> Json:
        """It was accepted; this is the error with which it failed."""
        (status,) = await self.becomes(answer.wamid, "failed")
        (error,) = status["errors"]
        found: Json = error
        return found


@dataclass(kw_only=True)
class Hook:
    """A callback. `script` holds the next statuses; when it is empty it says 200 to what is genuine."""

    url: str = ""
    secret: str = ""
    script: list[int] = field(default_factory=list)
    bodies: list[Json] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    refused: list[bytes] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def verify(self, request: web.Request) -> web.Response:
        self.queries.append(dict(request.query))
        if request.query.get("hub.verify_token") != VERIFY:
            return web.Response(status=403)
        return web.Response(text=request.query["hub.challenge"])

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        given = request.headers.get("X-Hub-Signature-256", "")
        if given != signature(body, self.secret):
            self.refused.append(body)
            return web.Response(status=401)
        self.raw.append(body)
        self.bodies.append(json.loads(body))
        await self.gate.wait()
        return web.Response(status=self.script.pop(0) if self.script else 200)

    @property
    def changes(self) -> list[Json]:
        entries = [entry for body in self.bodies for entry in body["entry"]]
        return [change for entry in entries for change in entry["changes"]]

    @property
    def texts(self) -> list[str]:
        """Of every message, in the order of arrival."""
        values = [change["value"] for change in self.changes]
        return [m["text"]["body"] for value in values for m in value.get("messages", [])]

    async def hears(self, many: int) -> None:
        """So many bodies."""
        await until(lambda: len(self.bodies) >= many)


@contextlib.asynccontextmanager
async def hooked() -> AsyncIterator[Hook]:
    hook = Hook()
    hook.gate.set()
    app = web.Application(client_max_size=8 * 1024 * 1024)
    app.router.add_get("/hook", hook.verify)
    app.router.add_post("/hook", hook.handle)
    async with listening(app) as url:
        hook.url = f"{url}/hook"
        try:
            yield hook
        finally:
            hook.gate.set()


@contextlib.asynccontextmanager
async def shops(**options: Any) -> AsyncIterator[Shop]:
    """A business with a number in the United States, and Ann in Germany, who has not written."""
    options = {"sent_after": 0.0, "delivered_after": 0.0, "read_after": 0.0, **options}
    async with whatsapp.running(**options) as running, aiohttp.ClientSession() as http:
        number = setup.number(running.meta, name="Rules")
        ann = running.meta.add_person("Ann", phone="4915112345678", country="DE")
        yield Shop(running=running, http=http, number=number, ann=ann)
