"""STATION. Due timers become events: idle sessions finish, what a disabled operator had waits for
another one, and what nobody will ever ask for again is forgotten.
"""

import structlog

from handoff import events as ev
from handoff.state import Mode
from runtime.clock import utc
from runtime.roster import Roster
from runtime.session import Change
from runtime.storage import (
    drafts,
    feed,
    happenings,
    inbound,
    logins,
    presence,
    sessions,
    workers,
)
from runtime.storage.sql import Tx
from runtime.storage.work import Store

DAY = 24 * 60 * 60 * 1000
KEEP_EVENTS = 8 * DAY
"""Meta repeats a webhook for seven days, Telegram for one."""
KEEP_FEED = 7 * DAY
KEEP_HAPPENINGS = 30 * DAY
MOST_FEED = 1_000_000
MANY = 100
MANY_OLD = 2_000

_log = structlog.get_logger("timers")


class Timers:
    """Safe on any number of replicas: an event that another one brought first is no longer due."""

    def __init__(self, *, store: Store, roster: Roster) -> None:
        self._store = store
        self._roster = roster

    async def round(self) -> float | None:
        """Finish what is idle. Seconds until the next timer, none if there is none."""
        next_idle = await self._store.write(self._finish_idle)
        if next_idle is None:
            return None
        return max(0.0, (next_idle - self._store.clock()) / 1000)

    async def sweep(self) -> None:
        """Take what operators who can no longer have it left behind; forget replicas that are gone,
        events that no platform repeats any more, logins that have run out, and changes that no portal
        will resume from.
        """
        await self._store.write(self._take_back)
        await self._store.write(self._forget)
        while await self._store.write(self._forget_feed) == MANY_OLD:
            pass

    def _finish_idle(self, tx: Tx) -> int | None:
        for session_id in sessions.idle(tx, MANY):
            session = sessions.lock(tx, session_id)
            if session is None or (session.idle_at or tx.now + 1) > tx.now:
                continue  # it was written to in the meantime
            if session.mode != Mode.AUTONOMOUS:
                continue
            rules = self._roster.rules(session.channel_id, session.agent_id)
            change = Change(tx, session, rules)
            change.happen(ev.TimedOut(at=utc(tx.now)))
            change.save()
            _log.info("idle for too long", action="timed_out", session=session_id)
        return sessions.next_idle(tx)

    def _take_back(self, tx: Tx) -> None:
        for session_id in sessions.left_behind(tx, MANY):
            session = sessions.lock(tx, session_id)
            if session is None:
                continue
            change = Change(tx, session, self._roster.rules(session.channel_id, session.agent_id))
            change.happen(ev.Assigned(at=utc(tx.now), operator_id=None))
            change.save()
            tx.ring("routing")

    def _forget(self, tx: Tx) -> None:
        inbound.forget(tx, tx.now - KEEP_EVENTS)
        workers.forget(tx, tx.now - DAY)
        logins.forget(tx)
        presence.forget(tx)
        drafts.forget(tx)
        happenings.forget(tx, tx.now - KEEP_HAPPENINGS)

    def _forget_feed(self, tx: Tx) -> int:
        return feed.forget(tx, tx.now - KEEP_FEED, MOST_FEED, MANY_OLD)
