"""A portal in a test: an operator's window that follows the live feed and keeps what it is told."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.operators import Desk
from tests.story import PATIENCE

Event = dict[str, Any]


@dataclass(kw_only=True)
class Portal:
    """One window. It applies events as they come, so it notices when one comes twice or too late."""

    desk: Desk
    base: str
    last: int | None = None
    sessions: dict[str, Event] = field(default_factory=dict)
    logs: dict[str, dict[int, Event]] = field(default_factory=dict)
    others: list[Event] = field(default_factory=list)
    """What is neither `hello` nor a session."""
    resyncs: int = 0
    hello: Event = field(default_factory=dict)
    ws: Any = None
    code: int | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _reading: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Open the socket and follow from where it was."""
        query = {} if self.last is None else {"after": str(self.last)}
        self.ws = await self.desk.http.ws_connect(
            f"{self.base}/api/v1/live", params=query, max_msg_size=0
        )
        self.hello = json.loads((await self.ws.receive()).data)
        assert self.hello["type"] == "hello", self.hello
        if self.last is None:
            self.last = self.hello["n"]
        self._reading = asyncio.create_task(self._read())

    async def lose(self) -> None:
        """The connection breaks without a word."""
        self.ws._response.connection.transport.abort()
        await self.read_to_the_end()

    async def read_to_the_end(self) -> None:
        assert self._reading is not None
        async with asyncio.timeout(PATIENCE):
            await self._reading

    async def say(self, **message: Any) -> None:
        await self.ws.send_json(message)

    async def until(self, condition: Callable[[], Any], what: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            raise AssertionError(f"never happened: {what}; {self.others[-3:]}") from None

    def present(self) -> list[tuple[str, str | None, bool]]:
        """Who is here, as it was told last."""
        told = [one for one in self.others if one["type"] == "presence"]
        lines = told[-1]["operators"] if told else []
        return [(line["id"], line["session_id"], line["typing"]) for line in lines]

    def of_type(self, kind: str) -> list[Event]:
        return [one for one in self.others if one["type"] == kind]

    def state(self) -> Any:
        """What it would show."""
        return self.sessions, self.logs

    async def _read(self) -> None:
        async for message in self.ws:
            self._apply(json.loads(message.data))
            self.changed.set()
        self.code = self.ws.close_code
        self.changed.set()

    def _apply(self, event: Event) -> None:
        if event["type"] == "resync":
            self.resyncs += 1
            self.last = event["n"]
            return
        if "n" in event:
            assert self.last is not None
            assert event["n"] > self.last, (event["n"], self.last)
            self.last = event["n"]
        if event["type"] != "session":
            self.others.append(event)
            return
        self.sessions[event["session_id"]] = event["session"]
        log = self.logs.setdefault(event["session_id"], {})
        for entry in event["log"]:
            assert entry["seq"] not in log, "an entry came twice"
            log[entry["seq"]] = entry


@contextlib.asynccontextmanager
async def portal(desk: Desk, base: str = "", last: int | None = None) -> AsyncIterator[Portal]:
    """A window that is open, and follows from now or from `last` on."""
    one = Portal(desk=desk, base=base or desk.base, last=last)
    await one.connect()
    try:
        yield one
    finally:
        with contextlib.suppress(aiohttp.ClientError, ConnectionError):
            await one.ws.close()
        if one._reading is not None:
            await one._reading
