"""STATION. What portals follow: the feed after N, then as it grows; and, without numbers, who is here
and what is being written.

One reader for the process: each change is read once, encoded once and offered to every follower.
A follower never holds up another one: who cannot take a message at once falls behind, and reads on
by himself in the newest changes, which are kept here once for all.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import structlog

from runtime.observe import Metrics
from runtime.storage import changes, drafts, feed, presence
from runtime.storage.changes import Change
from runtime.storage.drafts import Draft
from runtime.storage.presence import Here
from runtime.storage.sql import Tx
from runtime.storage.work import Store

PAGE = 256
RECENT = 2_048
"""Changes that are kept for those who fall behind."""
RECENT_BYTES = 8 * 1024 * 1024
PACE = 0.01
"""Seconds from one reading to the next: under load, changes are read in groups."""
PRESENCE_PACE = 0.1
BREATH = 500
"""Messages after which others on this loop get their turn."""
TYPING = 6_000
"""Milliseconds that a sign of typing lasts."""
OVERLAP = 2_000
"""Milliseconds by which drafts are read again, for commits are not in the order of their times."""

_log = structlog.get_logger("live")

Numbered = tuple[int, bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Present:
    """Everybody who is here: operator, session or none, and whether he types."""

    operators: tuple[tuple[str, str | None, bool], ...]


PREPARED = {"agent", "channel"}
Encode = Callable[[Change | Present | Draft], bytes]


class Follower(Protocol):
    """A socket, as the station sees it. `live`: it has had everything, and is offered what comes."""

    id: str
    operator_id: str
    last: int
    live: bool
    looking: str | None
    typing_until: int

    async def offer(self, message: bytes, n: int = 0) -> None:
        """Send at once or fall behind; never wait. `n` is 0 for what has no number."""

    async def end(self, code: int, reason: str) -> None: ...


class Live:
    """One for the process."""

    def __init__(
        self,
        *,
        store: Store,
        encode: Encode,
        metrics: Metrics,
        beat: float,
        prepare: Callable[[], Awaitable[object]],
    ) -> None:
        """`beat`: seconds after which a follower must say again that he is here. `prepare`: called before
        a change of agents or channels is told, so that who asks at once is not answered by the old state.
        """
        self._store = store
        self._encode = encode
        self._metrics = metrics
        self._prepare = prepare
        self.beat = beat
        self.followers: set[Follower] = set()
        self.present = b""
        """Who is here, encoded; empty before it was read."""
        self._position: int | None = None
        """The last number that was offered; none while nobody follows."""
        self._recent: deque[Numbered] = deque()
        self._recent_bytes = 0
        self._floor = 0
        """Every change from here to the position is among the recent ones."""
        self._read_at = 0.0
        self._drafted: dict[str, Draft] = {}
        self._drafted_at = store.clock()

    async def enter(self, follower: Follower) -> tuple[int, int]:
        """From now on the feed is read for him. The oldest and the newest number there are."""
        self.followers.add(follower)
        self._metrics.live_sockets.set(len(self.followers))
        oldest, newest = await self._store.read(feed.bounds)
        if self._position is None:
            self._position = self._floor = newest
        return oldest, newest

    async def leave(self, follower: Follower) -> None:
        self.followers.discard(follower)
        self._metrics.live_sockets.set(len(self.followers))
        await self._store.write(lambda tx: presence.leave(tx, follower.id))

    def join(self, follower: Follower) -> bool:
        """Whether he has had everything; then he is offered what comes."""
        follower.live = self._position is None or follower.last >= self._position
        return follower.live

    def recent(self, after: int) -> list[Numbered] | None:
        """What followed, from memory; none if that does not reach back so far."""
        if after < self._floor:
            return None
        return [one for one in self._recent if one[0] > after][:PAGE]

    async def stored(self, after: int) -> list[Numbered]:
        """What followed, from the database."""
        page = await self._store.read(partial(changes.after, n=after, many=PAGE))
        if any(one.type in PREPARED for one in page):
            await self._prepare()
        return [(one.n, self._encoded(one)) for one in page]

    async def round(self) -> None:
        """Offer what is new."""
        if not self.followers:
            self._position, self._recent_bytes = None, 0
            self._recent.clear()
            return
        await self._pace()
        while self._position is not None:
            page = await self.stored(self._position)
            if page:
                self._remember(page)
                await self._offer(page)
            if len(page) < PAGE:
                return

    async def look(self, follower: Follower, session_id: str | None) -> bool:
        """He looks at another session, or at none, and sees what is being written there; whether that
        is new.
        """
        if follower.looking == session_id and not follower.typing_until:
            return False
        is_other = follower.looking != session_id
        follower.looking, follower.typing_until = session_id, 0
        await self._store.write(partial(self._say, follower=follower, ring=True))
        if session_id is not None and is_other:
            draft = await self._store.read(partial(drafts.of_session, session_id=session_id))
            if draft is not None:
                await follower.offer(self._encode(draft))
        return True

    async def type(self, follower: Follower, session_id: str) -> bool:
        """He types; whether others have to be told."""
        now = self._store.clock()
        if follower.looking == session_id and follower.typing_until > now + TYPING // 2:
            return False
        follower.looking, follower.typing_until = session_id, now + TYPING
        await self._store.write(partial(self._say, follower=follower, ring=True))
        return True

    async def stay(self, follower: Follower, *, ring: bool = False) -> None:
        """He is still here."""
        await self._store.write(partial(self._say, follower=follower, ring=ring))

    async def presence_round(self) -> float | None:
        """Tell everybody who is here, if that changed. Seconds until somebody's sign runs out."""
        if not self.followers:
            self.present = b""
            return None
        await asyncio.sleep(PRESENCE_PACE)
        now, here = await self._store.read(lambda tx: (tx.now, presence.here(tx)))
        message = self._encode(_present(here, now))
        if message != self.present:
            self.present = message
            for follower in tuple(self.followers):
                await follower.offer(message)
        ends = [end for one in here for end in (one.typing_until, one.seen_until) if end > now]
        return (min(ends) - now) / 1000 if ends else None

    async def drafts_round(self) -> None:
        """Show drafts to those who look at their sessions."""
        if not any(follower.looking for follower in self.followers):
            return
        since = self._drafted_at - OVERLAP
        found = await self._store.read(partial(drafts.changed_since, at=since))
        self._drafted_at = max((one.at for one in found), default=self._drafted_at)
        told, self._drafted = self._drafted, {one.session_id: one for one in found}
        for one in found:
            if told.get(one.session_id) == one:
                continue
            message = self._encode(one)
            for follower in tuple(self.followers):
                if follower.looking == one.session_id:
                    await follower.offer(message)

    def _encoded(self, change: Change) -> bytes:
        try:
            return self._encode(change)
        except Exception:
            # One row that cannot be shown must not silence the feed: portals fetch it and see.
            _log.exception("a change cannot be shown", action="live_broken", n=change.n)
            return self._encode(replace(change, session=None, parts=()))

    def _say(self, tx: Tx, follower: Follower, *, ring: bool) -> None:
        here = Here(
            operator_id=follower.operator_id,
            session_id=follower.looking,
            typing_until=follower.typing_until,
            seen_until=tx.now + int(3 * self.beat * 1000),
        )
        presence.put(tx, follower.id, here)
        if ring:
            tx.ring("presence")

    async def _pace(self) -> None:
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(max(0.0, self._read_at + PACE - clock()))
        self._read_at = clock()

    def _remember(self, page: Sequence[Numbered]) -> None:
        self._recent.extend(page)
        self._position = page[-1][0]
        self._recent_bytes += sum(len(message) for _, message in page)
        while len(self._recent) > RECENT or self._recent_bytes > RECENT_BYTES:
            self._floor, message = self._recent.popleft()
            self._recent_bytes -= len(message)

    async def _offer(self, page: Sequence[Numbered]) -> None:
        offered = 0
        for follower in tuple(self.followers):
            for n, message in page:
                await follower.offer(message, n)
            offered += len(page)
            if offered >= BREATH:
                offered = 0
                await asyncio.sleep(0)


def _present(here: Sequence[Here], now: int) -> Present:
    """One line for each operator and session; that he looks at nothing only if he has no other."""
    types: dict[tuple[str, str | None], bool] = {}
    for one in here:
        key = (one.operator_id, one.session_id)
        types[key] = types.get(key, False) or one.typing_until > now
    busy = {operator_id for operator_id, session_id in types if session_id is not None}
    lines = (
        (operator_id, session_id, typing)
        for (operator_id, session_id), typing in types.items()
        if session_id is not None or operator_id not in busy
    )
    return Present(operators=tuple(sorted(lines, key=lambda line: (line[0], line[1] or ""))))
