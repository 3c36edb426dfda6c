"""The least that a whole turn can be: one file, the same writer, no rules, no channels, no agents.

A webhook stores a message, a model is asked with the history, the answer is stored, sent, and marked
as sent: three commits. It knows one text format and no errors; it is a yardstick and nothing else.
"""

import asyncio
import os
from typing import Any

import aiohttp
import msgspec
from aiohttp import web
from sqlalchemy import (
    BigInteger,
    Column,
    MetaData,
    String,
    Table,
    bindparam,
    select,
    update,
)

from bench.servers import HISTORY, PATH, SECRET, TOKEN
from runtime.storage import engine
from runtime.storage.ids import new_id
from runtime.storage.sql import Statement, Tx, insert_row
from runtime.storage.work import Store

LINES = len(HISTORY)
metadata = MetaData()
seen = Table("seen", metadata, Column("update_id", BigInteger, primary_key=True))
lines = Table(
    "lines",
    metadata,
    Column("id", String, primary_key=True),
    Column("chat", BigInteger, index=True),
    Column("role", String),
    Column("text", String),
    Column("state", String),
)
_SEEN = Statement(
    lambda dialect: (
        dialect(seen)
        .values(update_id=bindparam("update_id"))
        .on_conflict_do_nothing()
        .returning(seen.c.update_id)
    )
)
_ADD = insert_row(lines)
_HISTORY = Statement(
    select(lines.c.role, lines.c.text)
    .where(lines.c.chat == bindparam("of_chat"))
    .order_by(lines.c.id.desc())
    .limit(LINES)
)
_SENT = Statement(update(lines).where(lines.c.id == bindparam("of")).values(state="sent"))
_encode = msgspec.json.encode
_decode = msgspec.json.decode


class Silent:
    def ring(self, topics: set[str]) -> None: ...


class Ideal:
    """One bot."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        database = engine.database(os.environ["BENCH_DATABASE"])
        metadata.create_all(database.engine())
        self._store = Store(database, Silent())
        self._http = http
        self._running: set[asyncio.Task[None]] = set()

    async def receive(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != SECRET:
            return web.Response(status=401)
        update = _decode(await request.read())
        chat, text = update["message"]["chat"]["id"], update["message"]["text"]

        def unit(tx: Tx) -> list[Any]:
            if tx.one(_SEEN, update_id=update["update_id"]) is None:
                return []
            tx.put(_ADD, id=new_id(), chat=chat, role="user", text=text, state="")
            return tx.all(_HISTORY, of_chat=chat)

        history = await self._store.write(unit, str(chat))
        if history:
            task = asyncio.create_task(self._turn(chat, history))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return web.Response()

    async def _turn(self, chat: int, history: list[Any]) -> None:
        said = [{"role": role, "content": text} for role, text in reversed(history)]
        answer = await self._post(
            f"{os.environ['BENCH_OPENAI']}/chat/completions", {"model": "m", "messages": said}
        )
        text, line = answer["choices"][0]["message"]["content"], new_id()
        key = str(chat)
        await self._put(key, _ADD, id=line, chat=chat, role="assistant", text=text, state="sending")
        await self._post(
            f"{os.environ['BENCH_TELEGRAM']}/bot{TOKEN}/sendMessage",
            {"chat_id": chat, "text": text},
        )
        await self._put(key, _SENT, of=line)

    async def _put(self, key: str, statement: Statement, **values: Any) -> None:
        def unit(tx: Tx) -> None:
            tx.put(statement, **values)

        await self._store.write(unit, key)

    async def _post(self, url: str, body: Any) -> Any:
        headers = {"Content-Type": "application/json", "Authorization": "Bearer none"}
        async with self._http.post(url, data=_encode(body), headers=headers) as got:
            return _decode(await got.read())


async def application(port: int) -> web.Application:
    """Its webhook is set; it may be served at once."""
    connector = aiohttp.TCPConnector(limit=256)
    http = aiohttp.ClientSession(connector=connector)
    app = web.Application()
    app.router.add_post(PATH, Ideal(http).receive)
    hook = {"url": f"http://127.0.0.1:{port}{PATH}", "secret_token": SECRET}
    async with http.post(
        f"{os.environ['BENCH_TELEGRAM']}/bot{TOKEN}/setWebhook", json=hook
    ) as answer:
        answer.raise_for_status()
    return app
