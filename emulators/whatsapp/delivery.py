"""Brings updates to webhooks as Meta does: signed, retried for seven days, in no promised order (WA36
to WA39). What fails is tried again at once, and then after growing pauses, batched differently.
"""

import asyncio
import contextlib
import io
import itertools
import random
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import aiohttp

from . import limits
from .accounts import App, Number, Waba
from .agenda import Agenda
from .errors import Json
from .updates import HOW, MERGED, Update, encoded, envelope, signed

FIRST_PAUSE = 15.0
LONGEST_PAUSE = 6 * 3600.0
KEPT = 20_000
Mailbox = tuple[str, str]
"""An app and a callback of it."""


@dataclass(kw_only=True)
class Habits:
    """How deliveries are done, to be changed while it runs."""

    hold: bool = False
    """Nothing leaves; what is told meanwhile waits."""
    batch: int = 1
    """Updates in one body, as long as there are so many; at most 1,000."""
    how: str = "messages"
    """entries, changes or messages: see `updates.envelope`."""
    shuffle: bool = False
    duplicates: int = 0
    """So many of the next bodies are posted twice."""
    parallel: int = 16


class Postman:
    """One task for each body in flight."""

    def __init__(self, agenda: Agenda, apps: dict[str, App], answer_seconds: float) -> None:
        self.habits = Habits()
        self.emitted: deque[Update] = deque(maxlen=KEPT)
        """What was told, or would have been had anybody listened."""
        self._agenda = agenda
        self._apps = apps
        self._answer_seconds = answer_seconds
        self._chance = random.Random(1)
        self._numbers = itertools.count(1)
        self._ready: dict[Mailbox, deque[Update]] = {}
        self._flights: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession | None = None
        self._delivered: deque[Update] = deque(maxlen=KEPT)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        timeout = aiohttp.ClientTimeout(total=self._answer_seconds)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as http:
            self._http = http
            self.look()
            try:
                yield
            finally:
                self._http = None
                self._agenda.clear()
                for flight in self._flights:
                    flight.cancel()
                await asyncio.gather(*self._flights, return_exceptions=True)

    @property
    def waiting(self) -> int:
        return sum(len(queue) for queue in self._ready.values())

    @property
    def busy(self) -> bool:
        """Something is on its way, or about to be."""
        return bool(self._flights or self._ready)

    def tell(
        self,
        waba: Waba,
        field: str,
        value: Json,
        number: Number | None = None,
        landed: Callable[[], None] = lambda: None,
    ) -> list[Update]:
        """Every app that wants to know; also remembered when there is none."""
        change = {"field": field, "value": value}
        told = []
        for app_id in waba.subscribed or [""]:
            app = self._apps.get(app_id) or App(id="", secret="")
            update = Update(
                number=next(self._numbers),
                app=app,
                url=callback(app, waba, field, number),
                waba=waba,
                change=change,
                at=self._agenda.now,
                landed=landed,
            )
            self.emitted.append(update)
            told.append(update)
            if update.url and field in app.fields:
                update.state = "pending"
                self._take(update)
        return told

    def _take(self, update: Update) -> None:
        self._ready.setdefault((update.app.id, update.url), deque()).append(update)
        self._soon()

    def _soon(self) -> None:
        """After everything that happens at this very moment."""
        if self._http is not None:
            asyncio.get_running_loop().call_soon(self.look)

    def change(self, **habits: Any) -> Habits:
        self.habits = replace(self.habits, **habits)
        self._soon()
        return self.habits

    def look(self) -> None:
        """Start what may fly."""
        if self._http is None or self.habits.hold:
            return
        for mailbox, queue in list(self._ready.items()):
            if self.habits.shuffle:
                self._chance.shuffle(queue)
            while queue and len(self._flights) < self.habits.parallel:
                task = asyncio.create_task(self._fly(mailbox, self._batch(queue)))
                self._flights.add(task)
                task.add_done_callback(self._ended)
            if not queue:
                del self._ready[mailbox]

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._flights.discard(task)
        self._soon()

    def _batch(self, queue: deque[Update]) -> list[Update]:
        """As many as one body may hold; of what failed before, all together, and then one by one."""
        tries = queue[0].tries
        many = self.habits.batch if not tries else limits.UPDATES if tries % 2 else 1
        found = [queue.popleft()]
        size = found[0].size
        while queue and len(found) < min(many, limits.UPDATES):
            size += queue[0].size
            if size > limits.BODY:
                break
            found.append(queue.popleft())
        return found

    async def _fly(self, mailbox: Mailbox, updates: list[Update]) -> None:
        app, url = updates[0].app, mailbox[1]
        how = HOW[(HOW.index(self.habits.how) + updates[0].tries) % len(HOW)]
        body = encoded(envelope(updates, how))
        status = await self.post(url, body, signed(body, app.secret))
        if status == 200 and self.habits.duplicates:
            self.habits.duplicates -= 1
            await self.post(url, body, signed(body, app.secret))
        for update in updates:
            if status == 200:
                update.state = "delivered"
                self._delivered.append(update)
                update.landed()
            else:
                self._postpone(update)

    def _postpone(self, update: Update) -> None:
        """WA39: at once, then 15 s, 30 s and so on to 6 h, and never after seven days."""
        update.tries += 1
        doubled = FIRST_PAUSE * 2.0 ** (update.tries - 2)
        pause = 0.0 if update.tries == 1 else min(doubled, LONGEST_PAUSE)
        if self._agenda.now + pause > update.at + limits.RETRIED:
            update.state = "dropped"
        else:
            self._agenda.after(pause, lambda: self._take(update))

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """One attempt: the status, 0 if nothing was answered. Only 200 is a yes."""
        if self._http is None:
            return 0
        try:
            async with self._http.post(
                url, data=io.BytesIO(body), headers=headers, allow_redirects=False
            ) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, OSError, TimeoutError):
            return 0

    async def ask(self, url: str, query: dict[str, str]) -> tuple[int, str]:
        """WA37: a GET to a callback, for its verification."""
        if self._http is None:
            return 0, ""
        try:
            async with self._http.get(url, params=query, allow_redirects=False) as answer:
                return answer.status, await answer.text(errors="replace")
        except (aiohttp.ClientError, OSError, TimeoutError):
            return 0, ""

    async def redeliver(self, number: int, times: int = 1, *, at_once: bool = False) -> list[int]:
        """An update that was accepted, again; what was answered each time."""
        found = next((one for one in self._delivered if one.number == number), None)
        if found is None:
            raise LookupError("There is no such delivered update")
        return await self.post_many([found], times, at_once=at_once)

    async def post_many(
        self, updates: Sequence[Update], times: int, *, at_once: bool = False
    ) -> list[int]:
        body = encoded(envelope(updates, self.habits.how))
        headers, url = signed(body, updates[0].app.secret), updates[0].url
        if at_once:
            return list(
                await asyncio.gather(*(self.post(url, body, headers) for _ in range(times)))
            )
        return [await self.post(url, body, headers) for _ in range(times)]

    def forget(self) -> None:
        self._ready.clear()
        self._delivered.clear()
        self.emitted.clear()


def callback(app: App, waba: Waba, field: str, number: Number | None) -> str:
    """The number's own, the account's own, or the app's; the first two are for messages only."""
    if field in MERGED or field in {"user_preferences", "calls", "history", "smb_app_state_sync"}:
        own, owner = number.override if number is not None else ("", "")
        if own and owner == app.id:
            return own
        if waba.subscribed.get(app.id):
            return waba.subscribed[app.id]
    return app.callback_url
