"""The server of `bench.live`: all of Baton, a door that makes changes on demand, and the naive fan-out:
every event is serialised again for every socket and sent to one after the other.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from functools import partial

from aiohttp import web
from sqlalchemy import select

from runtime import bootstrap
from runtime.http.live_messages import encode
from runtime.session import Change
from runtime.storage import changes, feed, log, operators, sessions
from runtime.storage.ids import new_id
from runtime.storage.sql import Statement, Tx
from runtime.storage.tables import sessions as table

NAIVE = "/naive"
_IDS = Statement(select(table.c.id).order_by(table.c.id))


def extend(app: web.Application, runtime: bootstrap.Runtime) -> None:
    """What only the bench asks for."""
    naive = Naive(runtime)
    app.router.add_post("/bench/operator", partial(_operator, runtime=runtime))
    app.router.add_post("/bench/changes", partial(_changes, runtime=runtime))
    app.router.add_get("/bench/sessions", partial(_sessions, runtime=runtime))
    app.router.add_get(NAIVE, naive.follow)


async def _operator(_: web.Request, runtime: bootstrap.Runtime) -> web.Response:
    """A new operator's bearer token."""
    one = operators.Operator(id=new_id(), email=f"{new_id()}@b.example", name="B", role="admin")

    def unit(tx: Tx) -> str:
        operators.create(tx, one, "")
        return operators.new_token(tx, one, "bench")[1]

    return web.json_response({"token": await runtime.store.write(unit)})


async def _sessions(_: web.Request, runtime: bootstrap.Runtime) -> web.Response:
    rows = await runtime.store.read(lambda tx: tx.all(_IDS))
    return web.json_response([row[0] for row in rows])


async def _changes(request: web.Request, runtime: bootstrap.Runtime) -> web.Response:
    """`many` changes in groups of `group`, one group each `every` seconds; each says when it was
    written, and is padded to `size`. Answers the newest number.
    """
    given = request.query
    many, group, size = int(given["many"]), int(given["group"]), int(given["size"])
    every = float(given["every"])
    began = time.monotonic()
    for number in range(0, many, group):
        await asyncio.sleep(max(0.0, began + number / group * every - time.monotonic()))
        await runtime.store.write(_noting(runtime, group, size))
    _, newest = await runtime.store.read(feed.bounds)
    return web.json_response({"n": newest})


def _noting(runtime: bootstrap.Runtime, group: int, size: int) -> Callable[[Tx], None]:
    def unit(tx: Tx) -> None:
        (session_id,) = tx.all(_IDS)[0]
        for _ in range(group):
            row = sessions.lock(tx, session_id)
            assert row is not None
            change = Change(tx, row, runtime.roster.rules(row.channel_id, row.agent_id))
            text = f"T{time.monotonic_ns()} ".ljust(size, "x")
            change.write(log.Kind.NOTE, log.Author.OPERATOR, text)
            change.save()

    return unit


class Naive:
    """What one writes first: a set of sockets, and a loop."""

    def __init__(self, runtime: bootstrap.Runtime) -> None:
        self._runtime = runtime
        self._sockets: set[web.WebSocketResponse] = set()
        self._task: asyncio.Task[None] | None = None

    async def follow(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        self._sockets.add(ws)
        if self._task is None:
            _, newest = await self._runtime.store.read(feed.bounds)
            self._task = asyncio.create_task(self._run(newest))
        async for _ in ws:
            pass
        self._sockets.discard(ws)
        if not self._sockets:
            self._task.cancel()
            self._task = None
        return ws

    async def _run(self, last: int) -> None:
        with self._runtime.bus.waiter("feed") as waiter:
            while True:
                page = await self._runtime.store.read(partial(changes.after, n=last, many=256))
                for one in page:
                    last, event = one.n, json.loads(encode(one))
                    for ws in tuple(self._sockets):
                        with contextlib.suppress(ConnectionError):
                            await ws.send_str(json.dumps(event))
                if not page:
                    await waiter.wait(1.0)
