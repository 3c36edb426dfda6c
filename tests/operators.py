"""An operator in a test: logged in over HTTP, speaking the API."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp

from runtime.storage import operators
from runtime.storage.ids import new_id
from runtime.storage.sql import Tx
from tests.story import World

PASSWORD = "correct horse battery"
HASHED = operators.hashed(PASSWORD)


@dataclass(frozen=True, kw_only=True)
class Got:
    """What the API answered."""

    status: int
    body: Any

    @property
    def code(self) -> str:
        return str(self.body.get("code", ""))


async def _body(answer: aiohttp.ClientResponse) -> Any:
    """What says that it is JSON, as JSON; the rest as text."""
    return (
        await answer.json()
        if answer.content_type.endswith(("/json", "+json"))
        else await answer.text()
    )


@dataclass(kw_only=True)
class Desk:
    """One operator at his desk."""

    id: str
    email: str
    base: str
    http: aiohttp.ClientSession
    csrf: str = ""

    async def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Got:
        headers = {"X-CSRF-Token": self.csrf, **more.pop("headers", {})}
        async with self.http.request(
            method, f"{self.base}/api/v1{path}", json=body, headers=headers, **more
        ) as answer:
            return Got(status=answer.status, body=await _body(answer))

    async def get(self, path: str, **query: str) -> Got:
        return await self.ask("GET", path, params=query)

    async def post(self, path: str, **body: Any) -> Got:
        return await self.ask("POST", path, body)

    async def login(self) -> Got:
        got = await self.post("/login", email=self.email, password=PASSWORD)
        self.csrf = got.body.get("csrf_token", "")
        return got


async def begun(w: World, text: str = "Hi", name: str = "Ann") -> str:
    """A customer wrote and was answered; the new session's id."""
    before = {row[0] for row in await w.rows("sessions", "id")}
    heard = len(w.heard(name))
    w.write(text, name)
    await w.until(lambda: len(w.heard(name)) > heard, "the answer")
    (session_id,) = {row[0] for row in await w.rows("sessions", "id")} - before
    return str(session_id)


async def hire(world: World, name: str, role: str = "operator") -> str:
    """A new operator in the database; his id."""
    one = operators.Operator(id=new_id(), email=f"{name}@b.example", name=name, role=role)

    def unit(tx: Tx) -> str:
        operators.create(tx, one, HASHED)
        return one.id

    return await world.runtime.store.write(unit)


@contextlib.asynccontextmanager
async def desk(world: World, name: str = "olga", role: str = "operator") -> AsyncIterator[Desk]:
    """Hired, and logged in."""
    operator_id = await hire(world, name, role)
    jar = aiohttp.CookieJar(unsafe=True)  # an address of loopback may have cookies
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        one = Desk(id=operator_id, email=f"{name}@b.example", base=world.base, http=http)
        got = await one.login()
        assert got.status == 200, got.body
        yield one
